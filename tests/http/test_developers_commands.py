"""`tuppence listen`, `trigger`, `logs` and `clock` against a served house, with a business's key."""

import asyncio
import os
import sys
from typing import Any

import pytest
from tests.outbox.receiver import receiving, verified

from tuppence.core import uuid7


@pytest.fixture
async def environment(world: Any) -> dict[str, str]:
    """As a developer sets it: where the server is, and the key."""
    world.served.house.limits.forget()
    path = f"/v1/businesses/{world.business_ids[world.ann.id]}/keys/{uuid7()}"
    scopes = ["webhooks:write", "events:read", "logs:read", "clocks:write"]
    made = await world.ann.call("PUT", path, {"name": "Laptop", "scopes": scopes})
    return {**os.environ, "TUPPENCE_PUBLIC_URL": world.served.url, "TUPPENCE_API_KEY": made["key"]}


async def _run(environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Its exit code, and what it said."""
    program = await _start(environment, *arguments)
    said, complained = await program.communicate()
    return program.returncode or 0, (said + complained).decode()


async def _start(environment: dict[str, str], *arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tuppence.cli", *arguments, env=environment, stdout=pipe, stderr=pipe
    )


async def test_what_is_triggered_is_heard_signed_as_in_production(environment: dict[str, str]) -> None:
    """One terminal listens, another triggers; the receiver verifies with the secret that was printed."""
    async with receiving() as receiver:
        listening = await _start({**environment, "PYTHONUNBUFFERED": "1"}, "listen", "--forward-to", receiver.url)
        assert listening.stdout
        assert listening.stderr
        secret = (await listening.stdout.readline()).decode().split()[-1]
        assert b"Listening." in await listening.stderr.readline()
        done, said = await _run(environment, "trigger", "charge.succeeded", "--data", '{"amount_minor": 500}')
        async with asyncio.timeout(20):
            line = (await listening.stdout.readline()).decode()
        listening.terminate()
        await listening.communicate()
        (heard,) = receiver.heard

    assert (0, "Published charge.succeeded.\n") == (done, said)
    assert line.startswith("charge.succeeded")
    assert "  204  " in line
    assert verified(heard, secret)
    assert 500 == heard.event["data"]["amount_minor"]


async def test_logs_show_what_was_asked(environment: dict[str, str]) -> None:
    """A refusal with its code, found again by its id; a type that there is not is told as the API tells it."""
    done, refused = await _run(environment, "trigger", "charge.misspelt")
    await asyncio.sleep(1)
    _, logged = await _run(environment, "logs", "--failed", "--limit", "1")
    _, one = await _run(environment, "logs", next(word for word in logged.split() if len(word) == 36))

    assert (1, True) == (done, refused.startswith("type_refused: "))
    assert "422  POST   /v1/test/events" in logged
    assert logged == one


async def test_the_clock_advances(environment: dict[str, str]) -> None:
    """It says how far it is ahead; a length that is none is refused before anything is asked."""
    _, before = await _run(environment, "clock")
    _, after = await _run(environment, "clock", "advance", "2m")
    wrong, _ = await _run(environment, "clock", "advance", "soon")

    assert 119 <= _ahead(after) - _ahead(before) <= 121
    assert 2 == wrong


def _ahead(said: str) -> int:
    return int(said.split()[1])
