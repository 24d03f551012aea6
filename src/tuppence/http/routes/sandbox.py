"""The sandbox's clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import Response

from tuppence import outbox
from tuppence.db import Tx
from tuppence.http.answers import answer
from tuppence.http.bank_schemas import BankStatement, SandboxBanks
from tuppence.http.deps import SIGNED_IN, Signed, TheHouse
from tuppence.http.errors import BanksAway, InvalidRequest, NoSandbox, exactly_one
from tuppence.http.fields import Id
from tuppence.http.house import House
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.http.schemas import ClockBody, Sandbox
from tuppence.payments.ach.entries import access_traces
from tuppence.payments.errors import BankAccountNotFound

router = room("sandbox", dependencies=[SIGNED_IN])


async def clock(tx: Tx) -> dict[str, Any]:
    """What time it is in the sandbox."""
    now = await outbox.now(tx)
    return {"sandbox": True, "now": now, "offset_seconds": round((now - datetime.now(UTC)).total_seconds())}


@router.get("/sandbox", response_model=Sandbox, responses=refuses(NoSandbox))
async def read_clock(house: TheHouse) -> Response:
    """The sandbox's time. 404 where money is real."""
    _insist(house)
    async with house.database.transaction(read_only=True) as tx:
        return answer(await clock(tx))


@router.post("/sandbox/clock", response_model=Sandbox, responses=refuses(NoSandbox, outbox.ClockGoesForward))
async def move_clock(body: ClockBody, house: TheHouse) -> Response:
    """Move the sandbox's time forward, for everybody. What falls due happens at once; the simulated banks follow."""
    return answer(await advance(house, body))


async def advance(house: House, body: ClockBody) -> dict[str, Any]:
    """Move it; how it stands then. Raises: NoSandbox, InvalidRequest, ClockGoesForward."""
    job = _insist(house)
    if (body.advance_seconds is None) == (body.to is None):
        raise InvalidRequest(errors=[exactly_one("advance_seconds", "to")])
    async with house.database.transaction() as tx:
        to = body.to or await outbox.now(tx) + timedelta(seconds=body.advance_seconds or 0)
        (moved,) = await outbox.move_clock(tx, [to])
        if isinstance(moved, outbox.ClockGoesForward):
            raise moved
        await outbox.enqueue(tx, [outbox.Job(job, "banks")])
        return await clock(tx)


@router.get(
    "/sandbox/bank-accounts/{bank_id}/statement",
    response_model=BankStatement,
    responses=refuses(NoSandbox, BankAccountNotFound, BanksAway),
)
async def read_bank_statement(bank_id: Id, caller: Signed, house: TheHouse) -> Response:
    """What the simulated bank shows of an account of yours: there you find the two amounts."""
    _insist(house)
    assert house.banks is not None
    async with house.database.transaction(read_only=True) as tx:
        traces = await access_traces(tx, caller.person_id, bank_id)
    try:
        lines = await house.banks.lines(traces)
    except OSError as error:
        raise BanksAway from error
    shown = ("on", "amount_minor", "description")
    return answer({"lines": [{name: line[name] for name in shown} for line in lines]})


@router.get("/sandbox/banks", response_model=SandboxBanks, responses=refuses(NoSandbox, BanksAway))
async def read_banks(house: TheHouse) -> Response:
    """Every simulated bank with its accounts and what moved on them: the other side of each payment."""
    _insist(house)
    assert house.banks is not None
    try:
        return answer({"banks": await house.banks.everything()})
    except OSError as error:
        raise BanksAway from error


def _insist(house: House) -> str:
    """The job that lets the simulated banks follow. Raises: NoSandbox."""
    if house.clock_job is None:
        raise NoSandbox
    return house.clock_job
