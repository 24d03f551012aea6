"""Typesets one document: facts as JSON on standard input, a tagged PDF on standard output.

A program of its own. What people wrote goes through a large native library here, so it happens in a process that has
no database, no key and no network to lose, little time, and memory that is given back at its end.
"""

import resource
import sys
from pathlib import Path

import manimgx_fonts
import manimgx_fonts_cjk
import typst

_CPU_SECONDS = 20
_MEMORY_BYTES = 2 * 1024**3


def main(template: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    here = Path(__file__).parent
    folders = [Path(str(package.__file__)).parent for package in (manimgx_fonts, manimgx_fonts_cjk)]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    pdf = typst.compile(
        here / f"{template}.typ",
        root=here,
        font_paths=fonts,
        ignore_system_fonts=True,
        package_path=here / "no-packages",
        package_cache_path=here / "no-packages",
        sys_inputs={"facts": sys.stdin.read()},
        format="pdf",
    )
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main(sys.argv[1])
