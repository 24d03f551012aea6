"""What `tuppence ads` does and prints."""

from typing import Any

import typer

from tuppence.app import parts
from tuppence.billing.ads import coupons, operating
from tuppence.cli.operate import database_of
from tuppence.settings import Settings


async def operate(settings: Settings, verb: str, *given: Any) -> None:
    """One of the verbs of `billing.ads.operating`, by its name. Raises what that raises."""
    policy = parts.policy(settings)
    async with database_of(settings) as database, database.transaction() as tx:
        account = await getattr(operating, verb)(tx, *given, policy=policy)
    typer.echo(f"{account.name}: {account.state}, delivery {account.delivery}.")


async def make_coupons(settings: Settings, *, count: int, minor: int, valid_days: int, lasts_days: int) -> None:
    """Print a code a line."""
    policy = parts.policy(settings)
    async with database_of(settings) as database, database.transaction() as tx:
        made = await coupons.make_coupons(
            tx,
            count=count,
            amount_minor=minor,
            currency=policy.currency,
            valid_days=valid_days,
            lasts_days=lasts_days,
        )
    for coupon in made:
        typer.echo(coupon.code)
