"""Rules worth saying twice, as a check: sizes, promises, links, ADR headings. Prints what breaks one and exits 1."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILE_LINES_MOST = 500
FUNCTION_LINES_MOST = 70
FRONT_DOOR_MOST = 24
ADR_HEADINGS = ("Context", "Decision", "Consequences", "Alternatives", "References")
PROMISE = re.compile(r"NotImplementedError|\b(TODO|FIXME|XXX)\b")
SKIPPED = re.compile(r"pytest\.(mark\.)?(skip|skipif|xfail)|\b(it|test|describe)\.(skip|todo|only)\(")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def main() -> int:
    broken = [line for path in tracked() for line in look_at(path)]
    print("\n".join(broken), end="\n" if broken else "")
    return 1 if broken else 0


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def look_at(path: Path) -> Iterator[str]:
    name = path.relative_to(ROOT)
    if path.suffix in {".py", ".ts", ".tsx", ".sql", ".sh"} and name != Path("scripts/house_rules.py"):
        yield from look_at_code(name, path.read_text())
    if path.suffix == ".md":
        yield from look_at_page(name, path.read_text())


def look_at_code(name: Path, text: str) -> Iterator[str]:
    lines = text.splitlines()
    if len(lines) > FILE_LINES_MOST and name.suffix != ".json" and "schema.d.ts" not in name.name:
        yield f"{name}: {len(lines)} lines; a file has at most {FILE_LINES_MOST}"
    for n, line in enumerate(lines, 1):
        if PROMISE.search(line):
            yield f"{name}:{n}: a promise instead of the thing"
        if SKIPPED.search(line):
            yield f"{name}:{n}: a skipped test hides a hole"
    if name.suffix == ".py":
        yield from look_at_python(name, ast.parse(text))
    if "migrations" in name.parts and name.suffix == ".sql" and not text.startswith("-- "):
        yield f"{name}: a migration begins with why, whether it is safe, and how to undo it"


def look_at_python(name: Path, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno
            if length > FUNCTION_LINES_MOST:
                yield f"{name}:{node.lineno}: {node.name} has {length} lines; at most {FUNCTION_LINES_MOST}"
            if node.name.startswith("test_") and not ast.get_docstring(node) and "tests" in name.parts:
                yield f"{name}:{node.lineno}: {node.name} does not say what it proves"
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names = len(node.value.elts) if isinstance(node.value, ast.List | ast.Tuple) else 0
            if names > FRONT_DOOR_MOST:
                yield f"{name}: {names} names at the front door; at most {FRONT_DOOR_MOST}"


def look_at_page(name: Path, text: str) -> Iterator[str]:
    for target in LINK.findall(text):
        if not (ROOT / name.parent / target).exists():
            yield f"{name}: links to {target}, which is not there"
    if name.parent == Path("docs/decisions") and name.name[:4].isdigit():
        missing = [heading for heading in ADR_HEADINGS if f"## {heading}" not in text]
        if missing:
            yield f"{name}: lacks {', '.join(missing)}"


if __name__ == "__main__":
    sys.exit(main())
