"""How long a large ACH file takes to check, and how much memory: a hundred times the entries, as ratios.

Each file is read by a process of its own, since what a process once held stays counted. The yardstick beside it splits
the same bytes into lines and nothing else.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.rails.bank.nacha.large import Large

_SMALL, _LARGE = 5_000, 500_000
_READ = """
import sys
from tuppence.rails.bank import nacha
with open(sys.argv[1], "rb") as stream:
    print(nacha.totals(stream).items)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def main() -> None:
    """Print seconds, memory and their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = (_file(Path(folder), entries) for entries in (_SMALL, _LARGE))
        (small_s, small_kib), (large_s, large_kib) = (_read(path) for path in (small, large))
        lines_s = _lines(large)
        print(f"ACH file of {_LARGE:,} entries, {large.stat().st_size >> 20} MiB")
        print(f"  checked in {large_s:.1f} s, {large_s / lines_s:.0f} times what splitting it into lines takes")
        print(f"  in {large_kib >> 10} MiB, {large_kib / small_kib:.2f} times the memory for {_SMALL:,} entries")
        print(f"  {large_s / small_s:.0f} times the time for {_LARGE // _SMALL} times the entries")


def _file(folder: Path, entries: int) -> Path:
    path = folder / f"{entries}.ach"
    stream = Large(entries)
    with path.open("wb") as out:
        while line := stream.readline(1024):
            out.write(line)
    return path


def _read(path: Path) -> tuple[float, int]:
    """Seconds and peak KiB of a process that checks a file."""
    started = time.perf_counter()
    command = [sys.executable, "-c", _READ, str(path)]
    items, peak_kib = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert items == path.stem
    return time.perf_counter() - started, int(peak_kib)


def _lines(path: Path) -> float:
    started = time.perf_counter()
    with path.open("rb") as stream:
        for _ in stream:
            pass
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
