"""A whole house to be rough with: real processes on free ports, rules in a hurry, cards of the simulated crowd."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx2
from tests.quick import quick_folder

import tuppence.core
from tuppence.app.parts import embedded
from tuppence.cli.client import Refused
from tuppence.cli.house import RunningHouse, running_house, sandbox_settings

R = TypeVar("R")

PASSWORD = "a long enough password"
POLICY = {
    "undo_seconds = 5": "undo_seconds = 0",
    "limit_day_minor = 30_000": "limit_day_minor = 10_000_000",
    "limit_week_minor = 100_000": "limit_week_minor = 10_000_000",
    "new_payee = true": "new_payee = false",
    "new_device_days = 1 ": "new_device_days = 0 ",
}


def quick_policy(folder: Path, answer_seconds: int = 1) -> Path:
    """The shipped rules, in a hurry."""
    text = (Path(tuppence.core.__file__).parent / "policy.toml").read_text()
    for ours, quick in (POLICY | {"answer_seconds = 20 ": f"answer_seconds = {answer_seconds} "}).items():
        assert ours in text, ours
        text = text.replace(ours, quick)
    (folder / "policy.toml").write_text(text)
    return folder / "policy.toml"


@asynccontextmanager
async def quick_house(*, answer_seconds: int = 1, **given: Any) -> AsyncIterator[RunningHouse]:
    """A house on free ports in a folder of its own, with rules in a hurry; nothing of it is left afterwards.

    `answer_seconds` is how long an answer may take before it counts as lost.
    """
    with quick_folder() as name:
        folder = Path(name)
        settings = sandbox_settings(folder, free_ports=True, policy_file=quick_policy(folder, answer_seconds), **given)
        try:
            async with running_house(settings, lambda line: None) as house:
                yield house
        finally:
            server = embedded(settings)
            assert server is not None
            await asyncio.to_thread(server.remove)


def luhn(body: str) -> str:
    """The number with its check digit: ISO/IEC 7812-1, annex B."""
    digits = [int(digit) for digit in reversed(body)]
    total = sum(sum(divmod(digit * 2, 10)) if place % 2 == 0 else digit for place, digit in enumerate(digits))
    return f"{body}{-total % 10}"


def crowd_card(n: int, bin_digits: str = "400011") -> dict[str, Any]:
    """An ordinary card of the simulated crowd, by bank and number."""
    number = luhn(f"{bin_digits}9{n:08}")
    return {"number": number, "exp_month": 12, "exp_year": 2035, "cvv": "123", "zip": "10001"}


async def insist(attempt: Callable[[], Awaitable[R]]) -> R:
    """Repeat a call with the same ids until somebody answers it; that is all a client has to do."""
    while True:
        try:
            return await attempt()
        except Refused as refused:
            if refused.status < 500 and refused.status != 429:
                raise
        except (httpx2.HTTPError, OSError):
            pass
        await asyncio.sleep(0.1)
