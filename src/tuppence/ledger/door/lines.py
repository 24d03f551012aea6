"""The door for other languages: a JSON object a line in, a JSON object a line out, in order.

What has 64 bits or more is text of decimal digits on the way out, since most JSON readers round such numbers; on the
way in it may be a number or text. Flags are a number, or a list of names.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from tuppence.core import Failure
from tuppence.db import violated
from tuppence.ledger.door.model import Door
from tuppence.ledger.filters import LIMIT_MOST, AccountFilter, QueryFilter
from tuppence.ledger.model import (
    AMOUNT_MAX,
    TIMESTAMP_MAX,
    Account,
    AccountFlags,
    PendingStatus,
    Transfer,
    TransferFlags,
)

Told = dict[str, Any]

_U128 = 2**128
_BITS = {"user_data_64": 64, "timestamp": 64, "timestamp_min": 64, "timestamp_max": 64, "code": 16, "flags": 16}
_WIDE = {"amount", "debits_pending", "debits_posted", "credits_pending", "credits_posted"}
_BY_NAME = {
    kind: {name.lower(): bit for name, bit in vars(flags).items() if name.isupper()}
    for kind, flags in ((Account, AccountFlags), (Transfer, TransferFlags))
}


class NotUnderstood(ValueError):
    """A line that is no command of ours, or names a value that its field can't hold."""


async def answer(door: Door, line: str) -> str:
    """Do what a line asks; the line that says what came of it. A mistake is answered too, and nothing is done."""
    try:
        asked = json.loads(line)
        if not isinstance(asked, dict) or asked.get("op") not in _OPS:
            raise NotUnderstood(f"op: one of {', '.join(_OPS)}")
        told = {"ok": True, **await _OPS[asked["op"]](door, asked)}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        told = {"ok": False, "error": "not_understood", "detail": f"{type(error).__name__}: {error}"}
    except Failure as failure:
        told = {"ok": False, "error": failure.code, "detail": failure.sentence()}
    except Exception as error:  # PostgreSQL refuses a world that could never be; the door stays open
        told = {"ok": False, "error": "refused", "detail": violated(error) or type(error).__name__}
    return json.dumps(told, separators=(",", ":"))


async def _about(door: Door, _: Told) -> Told:
    return {
        "engine": door.engine,
        "amount_max": str(AMOUNT_MAX),
        "timestamp_max": str(TIMESTAMP_MAX),
        "batch_max": LIMIT_MOST,
    }


async def _load(door: Door, asked: Told) -> Told:
    """Accounts that are there change only in what is said of them."""
    told = asked.get("accounts", [])
    known = {one.id: one for one in await door.lookup_accounts([_id(one["id"]) for one in told])}
    accounts = [_event(Account, one, known.get(_id(one["id"]))) for one in told]
    if any(balance > AMOUNT_MAX for account in accounts for balance in account[4:8]):
        raise NotUnderstood("a balance is more than amount_max")
    transfers = [_loaded(one) for one in asked.get("transfers", [])]
    await door.load(accounts, transfers, [_id(one) for one in asked.get("failed", [])])
    return {}


def _loaded(told: Told) -> tuple[Transfer, PendingStatus | None]:
    """A pending transfer is pending unless its status is given."""
    transfer = _event(Transfer, {name: value for name, value in told.items() if name != "status"})
    if not transfer.flags & TransferFlags.PENDING:
        return transfer, None
    return transfer, PendingStatus[told.get("status", "pending").upper()]


async def _clock(door: Door, asked: Told) -> Told:
    door.now_ns = _whole(asked.get("now", door.now_ns), 64, "now") + _whole(asked.get("advance", 0), 64, "advance")
    return {"now": str(door.now_ns)}


async def _create_accounts(door: Door, asked: Told) -> Told:
    results = await door.create_accounts([_event(Account, one) for one in asked["events"]])
    return {"results": [_result(one) for one in results]}


async def _create_transfers(door: Door, asked: Told) -> Told:
    results = await door.create_transfers([_event(Transfer, one) for one in asked["events"]])
    return {"results": [_result(one) for one in results]}


async def _expire(door: Door, _: Told) -> Told:
    await door.expire()
    return {}


async def _restart(door: Door, _: Told) -> Told:
    await door.restart()
    return {}


async def _reset(door: Door, _: Told) -> Told:
    await door.reset()
    return {}


def _looking(verb: str) -> Callable[[Door, Told], Awaitable[Told]]:
    async def look(door: Door, asked: Told) -> Told:
        found = await getattr(door, verb)([_id(one) for one in asked["ids"]])
        return {"rows": [_row(one) for one in found]}

    return look


def _asking(verb: str, kind: Any) -> Callable[[Door, Told], Awaitable[Told]]:
    async def ask(door: Door, asked: Told) -> Told:
        found = await getattr(door, verb)(_event(kind, asked["filter"]))
        return {"rows": [_row(one) for one in found]}

    return ask


_OPS: Mapping[str, Callable[[Door, Told], Awaitable[Told]]] = {
    "about": _about,
    "load": _load,
    "clock": _clock,
    "create_accounts": _create_accounts,
    "create_transfers": _create_transfers,
    "expire": _expire,
    "lookup_accounts": _looking("lookup_accounts"),
    "lookup_transfers": _looking("lookup_transfers"),
    "get_account_transfers": _asking("get_account_transfers", AccountFilter),
    "get_account_balances": _asking("get_account_balances", AccountFilter),
    "query_accounts": _asking("query_accounts", QueryFilter),
    "query_transfers": _asking("query_transfers", QueryFilter),
    "restart": _restart,
    "reset": _reset,
}


# - values -----------------------------------------------------------------------------------------------------------


def _event(kind: Any, told: Told, known: Any = None) -> Any:
    """An event, a row or a filter from its members; what is not said is as it is known, or empty."""
    if strangers := told.keys() - set(kind._fields):
        raise NotUnderstood(f"{', '.join(sorted(strangers))}: no such member")
    empty = {name: kind._field_defaults.get(name, 0) for name in kind._fields}
    start = known._asdict() if known else empty
    return kind(**start | {name: _value(kind, name, value) for name, value in told.items()})


def _value(kind: Any, name: str, value: Any) -> Any:
    if name == "id" or name.endswith("_id") or name == "user_data_128":
        return _id(value)
    if name == "flags" and isinstance(value, list):
        return sum(_BY_NAME[kind][one] for one in value)
    if name in _WIDE:
        return _amount(value)
    return _whole(value, _BITS.get(name, 32), name)


def _whole(value: Any, bits: int, name: str) -> int:
    """A whole number that a field of so many bits can hold."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise NotUnderstood(f"{name}: a whole number, or its digits as text")
    number = int(value, 0) if isinstance(value, str) else value
    if not 0 <= number < 2**bits:
        raise NotUnderstood(f"{name}: does not fit into {bits} bits")
    return number


def _amount(value: Any) -> int:
    """An amount. The upper half of 128 bits stands for ours: 2^128 - 1 is the greatest amount, 2^128 - 2 one less.

    So tables written for 128 bits, whose great amounts are all near the end, mean the same here.
    """
    number = AMOUNT_MAX if value == "max" else _whole(value, 128, "amount")
    return number if number < _U128 // 2 else AMOUNT_MAX - (_U128 - 1 - number)


def _id(value: Any) -> UUID:
    """A number, its digits as text (decimal, or hexadecimal after 0x), or a UUID."""
    if isinstance(value, str) and len(value) == 36 and value.count("-") == 4:
        return UUID(value)
    return UUID(int=_whole(value, 128, "id"))


def _result(result: Any) -> Told:
    return {"status": result.status.name.lower(), "number": int(result.status), "timestamp": str(result.timestamp)}


def _row(row: Any) -> Told:
    return {name: _shown(name, value) for name, value in row._asdict().items()}


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value.int)
    return str(value) if name in _WIDE or _BITS.get(name) == 64 else value
