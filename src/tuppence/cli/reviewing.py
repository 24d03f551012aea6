"""What `tuppence review` does and prints."""

from datetime import timedelta

import typer

from tuppence import outbox
from tuppence.app import parts
from tuppence.cli.operate import database_of
from tuppence.core import Failure, Money
from tuppence.payments import reviews
from tuppence.payments.reviews import Decision
from tuppence.settings import Settings


async def listing(settings: Settings, *, decided: bool) -> None:
    """A line a review."""
    stop = timedelta(hours=parts.policy(settings).risk.hard_stop_hours)
    async with database_of(settings) as database, database.transaction(read_only=True) as tx:
        found, now = await reviews.list_reviews(tx, decided=decided), await outbox.now(tx)
    for one in found:
        hours = max(0, int((one.opened_at + stop - now).total_seconds()) // 3600)
        state = (
            f"{one.decision} by {one.decided_by}: {one.reason}" if one.decided_by else one.decision or f"{hours} h left"
        )
        amount = str(Money(one.amount_minor, one.currency))
        typer.echo(f"{one.payment_id}  {amount:>14}  {one.score:>3}  {one.reasons}  {state}")
    typer.echo(f"{len(found)} reviews, {sum(one.decision is None for one in found)} of them open.")


async def decide(settings: Settings, decision: Decision) -> None:
    """Decide one. Raises: PaymentNotFound, PaymentMovedOn."""
    policy = parts.policy(settings)
    async with database_of(settings) as database, database.transaction() as tx:
        (told,) = await reviews.decide(tx, [decision], policy=policy)
    if isinstance(told, Failure):
        raise told
    typer.echo(f"The payment is {told} now.")
