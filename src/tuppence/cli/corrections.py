"""What `tuppence books correct` does: requests to the API with the operator's key."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import typer

from tuppence.cli.client import Friend
from tuppence.core import Leg, step_id
from tuppence.settings import Settings

_PLACE = "/v1/ledger/corrections"


async def propose(why: str, reverse: Sequence[UUID], given: Sequence[Any], correction_id: UUID) -> None:
    """Ids of transfers that say none follow from the correction's, so that a repeat is one."""
    async with _program() as program:
        wanted = [*given, *[await _reversed(program, one) for one in reverse]]
        transfers = [{"id": str(step_id(correction_id, Leg.DEBIT, n)), **one} for n, one in enumerate(wanted, 1)]
        _say(await program.call("PUT", f"{_PLACE}/{correction_id}", {"reason": why, "transfers": transfers}))


async def _reversed(program: Friend, transfer_id: UUID) -> dict[str, Any]:
    """The same amount the other way."""
    first = await program.call("GET", f"/v1/ledger/transfers/{transfer_id}")
    return {
        "corrects": first["id"],
        "debit_account_id": first["credit_account_id"],
        "credit_account_id": first["debit_account_id"],
        "amount": first["amount"],
    }


async def decide(correction_id: UUID, verb: str) -> None:
    async with _program() as program:
        _say(await program.call("POST", f"{_PLACE}/{correction_id}/{verb}"))


async def listing(state: str) -> None:
    async with _program() as program:
        found = await program.call("GET", f"{_PLACE}?state={state}" if state else _PLACE)
    for one in found["data"]:
        _say(one)


def _say(correction: dict[str, Any]) -> None:
    decided = f" by {correction['decided_by']}" if correction["decided_by"] else ""
    typer.echo(f"{correction['id']}  {correction['state']}{decided}  {correction['reason']}")
    for one in correction["transfers"]:
        sides = f"from {one['debit_account_id']} to {one['credit_account_id']}"
        typer.echo(f"  {one['id']}  {one['amount']} minor units  {sides}  corrects {one['corrects']}")


@asynccontextmanager
async def _program() -> AsyncIterator[Friend]:
    """The API, called with the operator's key."""
    settings = Settings()
    if settings.api_key is None:
        raise typer.BadParameter("TUPPENCE_API_KEY is not set: it takes a key with the scope ledger:correct")
    key = settings.api_key.get_secret_value()
    program = Friend(settings.public_url, settings.vault_api_url, "operator", "operator", token=key)
    try:
        yield program
    finally:
        await program.close()
