"""The process around the keys: no core, no tracer, no exception that says what it saw. In a process of its own."""

import subprocess
import sys

import pytest

NUMBER = "4000110000000017"
BEGIN = "from tuppence.vault.harden import harden, scrub; harden();"


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", BEGIN + code], capture_output=True, text=True, timeout=60, check=False)


def test_the_process_leaves_no_core_and_lets_nobody_look() -> None:
    """The kernel says that the process is not dumpable, and that its core files have no size."""
    done = run(
        "import ctypes, resource;"
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))"
    )

    assert "0 (0, 0)" == done.stdout.strip()


@pytest.mark.parametrize(
    "code",
    [
        f"number = '{NUMBER}'; raise ValueError(number)",
        f"import threading; t = threading.Thread(target=lambda: int('x{NUMBER}')); t.start(); t.join()",
        "import asyncio\n"
        f"async def broken(): raise ValueError('{NUMBER}')\n"
        "async def main():\n"
        "    scrub(asyncio.get_running_loop())\n"
        "    task = asyncio.create_task(broken()); await asyncio.sleep(0); await asyncio.sleep(0); del task\n"
        "asyncio.run(main())",
    ],
)
def test_an_uncaught_exception_is_told_without_its_words(code: str) -> None:
    """In the main thread, in another or in a task: where it happened is told, what it said is not."""
    done = run(code)

    assert "ValueError" in done.stdout + done.stderr
    assert "<string>" in done.stdout + done.stderr
    assert NUMBER not in done.stdout + done.stderr
