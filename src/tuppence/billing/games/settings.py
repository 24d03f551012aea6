"""The verbs of a game's developer: make a game, change it, rotate its secret, name testers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tuppence import ledger, outbox, people
from tuppence.billing.businesses import businesses
from tuppence.billing.games import money, periods, queries
from tuppence.billing.games.addresses import is_address
from tuppence.billing.games.errors import GameInvalid, GameNotFound
from tuppence.billing.games.model import Game, Outcome, SetGame, Tester
from tuppence.billing.games.queries import SQL
from tuppence.billing.games.statements import CLOSE
from tuppence.core import Failure, Policy
from tuppence.db import Tx, columns
from tuppence.outbox import Job

_ADDRESSES = ("catalogue_url", "callback_url", "return_url")


async def set_games(tx: Tx, asks: Sequence[SetGame], *, policy: Policy, plain: bool) -> list[Game | Failure]:
    """Make games or change them. The first one opens the business's accounts and its first half-month.

    Args:
        plain: whether addresses may be http, as in a sandbox.
    Refuses: GameInvalid, GameNotFound (an id of another business's). Locks: the games, in id order.
    """
    await tx.execute(SQL.lock_games, ids=sorted({ask.id for ask in asks}))
    known = await queries.games(tx, [ask.id for ask in asks])
    refused = [_refuse(ask, known.get(ask.id), plain) for ask in asks]
    fine = [ask for ask, no in zip(asks, refused, strict=True) if no is None]
    now = await outbox.now(tx)
    await tx.execute(
        SQL.write_games, share_percent=policy.games.share_percent, now=now, **columns(fine, *SetGame.__slots__)
    )
    await _open(tx, sorted({ask.business_id for ask in fine}), policy)
    there = await queries.games(tx, [ask.id for ask in asks])
    return [no or there[ask.id] for ask, no in zip(asks, refused, strict=True)]


def _refuse(ask: SetGame, known: Game | None, plain: bool) -> Failure | None:
    if known is not None and known.business_id != ask.business_id:
        return GameNotFound()
    schemes = {"https", "http"} if plain else {"https"}
    for name in _ADDRESSES:
        url = getattr(ask, name)
        if url is not None and not is_address(url, schemes):
            return GameInvalid(param=name)
    return None


async def _open(tx: Tx, business_ids: Sequence[UUID], policy: Policy) -> None:
    """What a business needs to be paid for games: its accounts, its open half-month, and the timer that closes it."""
    known = await queries.developers(tx, business_ids)
    found = await businesses(tx, [one for one in business_ids if one not in known])
    now = await outbox.now(tx)
    new = [(one, periods.Period.of(periods.day_of(now, one.zone))) for one in found.values()]
    await tx.execute(
        SQL.write_developers,
        business_id=[one.id for one, _ in new],
        currency=[one.currency for one, _ in new],
        zone=[one.zone for one, _ in new],
        open_from=[period.first for _, period in new],
    )
    await outbox.enqueue(tx, [Job(CLOSE, str(one.id), due_at=period.ends_at(one.zone)) for one, period in new])
    for currency in sorted({one.currency for one, _ in new} | {policy.currency} if new else ()):
        await ledger.open_house(tx, currency)
    await ledger.create_accounts(tx, [account for one, _ in new for account in money.accounts(one.id, one.currency)])


async def rotate(tx: Tx, game_id: UUID, *, overlap: timedelta) -> int:
    """The next secret of a game; those before it, three at most, sign beside it for so long. Locks: the game."""
    (version,) = await tx.scalars(SQL.rotate, id=game_id, until=datetime.now(UTC) + overlap)
    return int(version)


@dataclass(frozen=True, slots=True)
class SetTester:
    """Name somebody as a tester, with how their purchases end unless they say otherwise; None: no longer."""

    game_id: UUID
    handle: str
    outcome: Outcome | None


async def set_tester(tx: Tx, by: UUID, ask: SetTester) -> list[Tester]:
    """The testers, as they are then. Raises: PersonNotFound, HandleRefused."""
    tie = await people.find_by_handle(tx, by, ask.handle)
    if ask.outcome is None:
        await tx.execute(SQL.remove_tester, game_id=ask.game_id, person_id=tie.person.id)
    else:
        await tx.execute(
            SQL.write_tester,
            game_id=ask.game_id,
            person_id=tie.person.id,
            outcome=ask.outcome,
            now=await outbox.now(tx),
        )
    return list((await queries.testers(tx, [ask.game_id])).values())
