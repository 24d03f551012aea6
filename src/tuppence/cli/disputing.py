"""What `tuppence disputes` does and prints."""

from datetime import datetime
from uuid import UUID

import typer

from tuppence.app import parts
from tuppence.cli.operate import database_of
from tuppence.core import Failure, Money
from tuppence.payments import disputes
from tuppence.payments.disputes import Ask, Dispute, Event
from tuppence.payments.disputes.queries import disputes as by_id
from tuppence.payments.disputes.queries import moments
from tuppence.settings import Settings

MAY = (
    Event.TAKE,
    Event.ASK,
    Event.FOR_CLAIMANT,
    Event.FOR_RESPONDENT,
    Event.HALVE,
    Event.REPRESENT,
    Event.CONCEDE,
    Event.RECOVER,
    Event.WRITE_OFF,
)


async def listing(settings: Settings, *, decided: bool) -> None:
    """A line a dispute."""
    async with database_of(settings) as database, database.transaction(read_only=True) as tx:
        found = await disputes.queue(tx, decided=decided)
    for one in found:
        amount = str(Money(one.amount_minor, one.currency))
        typer.echo(f"{one.id}  {one.kind:<10}  {one.reason:<12}  {amount:>14}  {one.state:<23}  {_next(one)}")
    typer.echo(f"{len(found)} disputes.")


async def show(settings: Settings, dispute_id: UUID) -> None:
    """Everything that an operator decides by. Raises: DisputeNotFound."""
    async with database_of(settings) as database, database.transaction(read_only=True) as tx:
        found = (await by_id(tx, [dispute_id])).get(dispute_id)
        if found is None:
            raise disputes.errors.DisputeNotFound
        lines = (await moments(tx, [dispute_id]))[dispute_id]
    for name in Dispute.__dataclass_fields__:
        if (value := getattr(found, name)) not in (None, ""):
            typer.echo(f"{name:<14} {_plain(value)}")
    for line in lines:
        typer.echo(f"  {_plain(line.at)}  {line.event:<18} {line.state}")


async def act(settings: Settings, ask: Ask) -> None:
    """Raises: DisputeNotFound, DisputeMovedOn, AwardRefused."""
    async with database_of(settings) as database, database.transaction() as tx:
        (after,) = await disputes.move(tx, [ask], policy=parts.policy(settings))
    if isinstance(after, Failure):
        raise after
    typer.echo(f"The dispute is {after.state} now; borne: {after.recovery}.")


def _next(dispute: Dispute) -> str:
    by = min((at for at in (dispute.respond_by, dispute.credit_by, dispute.decide_by) if at), default=None)
    return f"until {_plain(by)}" if by else dispute.recovery


def _plain(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
