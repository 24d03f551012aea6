"""Reading bank accounts. `access_banks` is the only way to obtain somebody's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tuppence.db import Statements, Tx
from tuppence.outbox import Event
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.banks.states import State
from tuppence.payments.cards.rules import Wallet

SQL = Statements(__package__)

BankView = dict[str, Any]


async def by_id(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, BankAccount]:
    return {one.id: one for one in await tx.fetch(SQL.by_id, BankAccount, ids=sorted(set(ids)))}


async def all_of(tx: Tx, people: Sequence[UUID]) -> dict[UUID, list[BankAccount]]:
    """Every account that these people ever added, removed ones too, oldest first."""
    found: dict[UUID, list[BankAccount]] = defaultdict(list)
    for one in await tx.fetch(SQL.all_of, BankAccount, people=list(people)):
        found[one.person_id].append(one)
    return found


async def access_banks(tx: Tx, person_id: UUID, wallet: Wallet) -> list[BankView]:
    """Somebody's own bank accounts, as they see them."""
    mine = (await all_of(tx, [person_id]))[person_id]
    return [view(one, wallet) for one in mine if one.state != State.REMOVED]


async def access_all(tx: Tx, wallets: Mapping[UUID, Wallet]) -> list[Event]:
    """What to tell these people of their bank accounts, when what they receive on has changed."""
    held = await all_of(tx, sorted(wallets))
    return [event(one, wallets[one.person_id]) for mine in held.values() for one in mine if one.state != State.REMOVED]


def event(account: BankAccount, wallet: Wallet) -> Event:
    """The whole account, as its owner sees it."""
    return Event(account.person_id, "bank", view(account, wallet))


def view(account: BankAccount, wallet: Wallet) -> BankView:
    """A bank account on the wire. Neither its number nor the deposits' amounts are in it."""
    verifying = account.state == State.VERIFYING
    return {
        "id": str(account.id),
        "bank": account.bank,
        "kind": account.kind,
        "holder": account.holder,
        "last4": account.last4,
        "state": account.state,
        "reason": account.reason,
        "tries_left": account.tries_left if verifying else None,
        "deposits_by": _instant(account.deposits_by) if verifying else None,
        "expires_at": _instant(account.expires_at) if verifying else None,
        "debits_from": _instant(account.debits_from) if account.debits_from else None,
        "receives": wallet.receives_bank_id == account.id,
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
