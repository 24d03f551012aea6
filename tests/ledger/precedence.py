"""The contract's order of evaluation as one table: each way to break a rule, in the order in which rules are asked.

A fault is what breaks one rule (`spoil`) and, if need be, what else lets the evaluation get that far (`reach`). Keys
are flags by name, fields of the event, or facts of the world around it; see `Case`. Further spoils (`also`) break the
same rule in a way that alone an earlier rule would answer: a debit account zero is also a debit account not found.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any

from tests.ledger.worlds import EUR, NOW, USD, account, u

from tuppence.ledger import rules
from tuppence.ledger.model import (
    AMOUNT_MAX,
    ID_MAX,
    NANOSECONDS,
    TIMESTAMP_MAX,
    ZERO,
    Account,
    AccountFlags,
    PendingStatus,
    Transfer,
    TransferFlags,
)
from tuppence.ledger.statuses import CreateAccountStatus as A
from tuppence.ledger.statuses import CreateTransferStatus as T

Facts = dict[str, Any]

LATE = TIMESTAMP_MAX - 5 * NANOSECONDS
LONG = 2**32 - 1  # seconds
OTHER, MISSING = u(99), u(404)
HELD = u(40)  # the pending transfer that a post or a void names
SINCE = 100  # the world's accounts are this old; the first event of an imported batch is of 500
FLAGS = {
    "pending": 2,
    "post": 4,
    "void": 8,
    "balancing_debit": 16,
    "balancing_credit": 32,
    "closing_debit": 64,
    "closing_credit": 128,
    "imported": 256,
    "linked": 1,
    "padding": 512,
}
ACCOUNT_FLAGS = {"debits_limited": 2, "credits_limited": 4, "imported": 16, "linked": 1, "padding": 64}
EXISTING = {"debit": u(1), "credit": u(2)}


@dataclass(frozen=True)
class Fault:
    """One rule, broken."""

    status: Any
    spoil: Facts
    also: tuple[Facts, ...] = ()
    reach: Facts = field(default_factory=dict)

    @property
    def ways(self) -> tuple[Facts, ...]:
        return (self.spoil, *self.also)


def faults(kind: Any, *told: tuple[Any, ...]) -> list[Fault]:
    """Faults from rows: a status's name, its spoil, and further ones."""
    return [Fault(kind[name], spoil, tuple(also)) for name, spoil, *also in told]


def around(kind: Any) -> list[Fault]:
    """What is asked of every event before itself. Without a time of its own an imported event here is of 900."""
    imported = {"first_imported": True}
    return [
        Fault(kind.LINKED_EVENT_CHAIN_OPEN, {"linked": True}),
        Fault(kind.LINKED_EVENT_FAILED, {"after_broken": True}),
        Fault(kind.IMPORTED_EVENT_EXPECTED, {"first_imported": True, "imported": False}),
        Fault(kind.IMPORTED_EVENT_NOT_EXPECTED, {"first_imported": False, "imported": True}),
        Fault(kind.TIMESTAMP_MUST_BE_ZERO, {"imported": False, "timestamp": 1}),
        Fault(
            kind.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE,
            {"imported": True, "timestamp": 2**63},
            ({"imported": True, "timestamp": 0},),
            reach=imported,
        ),
        Fault(
            kind.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE,
            {"imported": True, "timestamp": NOW + 1},
            ({"imported": True, "timestamp": 2**63},),
            reach=imported,
        ),
    ]


def repeated(kind: Any, *fields: str, known: Facts | None = None) -> list[Fault]:
    """A known row of the same id that differs in a field, in the order of comparison; and one that does not."""
    also = known or {}
    names = {f"EXISTS_WITH_DIFFERENT_{name.upper()}": {f"differs.{name}": True, **also} for name in fields}
    return [Fault(kind[name], spoil) for name, spoil in {**names, "EXISTS": {"known": True, **also}}.items()]


def regressing(kind: Any) -> Fault:
    return Fault(
        kind.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS,
        {"imported": True, "timestamp": 400},
        ({"imported": True, "timestamp": 0},),
        reach={"first_imported": True},
    )


def imported(status: Any, spoil: Facts, *also: Facts) -> Fault:
    """A fault of an imported event."""
    return Fault(
        status, {"imported": True, **spoil}, tuple({"imported": True, **one} for one in also), {"first_imported": True}
    )


DEBIT, CREDIT = {"debit": u(1)}, {"credit": u(2)}
MOST, NEARLY = {"amount": AMOUNT_MAX}, {"amount": AMOUNT_MAX - 1}
IN_THE_END = {"first_imported": True, "now": LATE, "timestamp": LATE - 1}
EXISTS: tuple[str, ...] = ("flags", "pending_id", "timeout", "debit_account_id", "credit_account_id", "amount")
EXISTS += ("user_data_128", "user_data_64", "user_data_32", "ledger", "code")

TRANSFER = [
    *around(T),
    *faults(T, ("RESERVED_FLAG", {"padding": True})),
    *faults(T, ("ID_MUST_NOT_BE_ZERO", {"id": ZERO}), ("ID_MUST_NOT_BE_INT_MAX", {"id": ID_MAX})),
    *repeated(T, *EXISTS),
    *faults(
        T,
        ("ID_ALREADY_FAILED", {"failed": True}),
        ("DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO", {"debit": ZERO}),
        ("DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX", {"debit": ID_MAX}),
        ("CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO", {"credit": ZERO}),
        ("CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX", {"credit": ID_MAX}),
        (
            "ACCOUNTS_MUST_BE_DIFFERENT",
            {"debit": u(1), "credit": u(1)},
            {"debit": u(2), "credit": u(2)},
            {"debit": MISSING, "credit": MISSING},
            {"debit": OTHER, "credit": OTHER},
            {"debit": ZERO, "credit": ZERO},
            {"debit": ID_MAX, "credit": ID_MAX},
        ),
        ("PENDING_ID_MUST_BE_ZERO", {"pending_id": MISSING}),
        (
            "TIMEOUT_RESERVED_FOR_PENDING_TRANSFER",
            {"pending": False, "timeout": 1},
            {"pending": False, "timeout": LONG},
        ),
        ("CLOSING_TRANSFER_MUST_BE_PENDING", {"pending": False, "closing_debit": True}),
        ("LEDGER_MUST_NOT_BE_ZERO", {"ledger": 0}),
        ("CODE_MUST_NOT_BE_ZERO", {"code": 0}),
        ("DEBIT_ACCOUNT_NOT_FOUND", {"debit": MISSING}, {"debit": ZERO}, {"debit": ID_MAX}),
        ("CREDIT_ACCOUNT_NOT_FOUND", {"credit": OTHER}, {"credit": ZERO}, {"credit": ID_MAX}),
        ("ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER", {**EXISTING, "credit_ledger": EUR}),
        ("TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS", {"ledger": EUR, **DEBIT}, {"ledger": 0, **DEBIT}),
    ),
    regressing(T),
    imported(
        T.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT,
        {**DEBIT, "timestamp": 900, "debit_since": 901},
        {**DEBIT, "timestamp": 400, "debit_since": 600},
        {**DEBIT, "timestamp": 0, "debit_since": 600},
        {**DEBIT, **IN_THE_END, "debit_since": LATE},
        {**DEBIT, "timestamp": NOW + 1, "debit_since": NOW + 2},
        {**DEBIT, "timestamp": 2**63, "debit_since": 2**63 + 1},
    ),
    imported(
        T.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT,
        {**CREDIT, "timestamp": 900, "credit_since": 902},
        {**CREDIT, "timestamp": 400, "credit_since": 601},
        {**CREDIT, "timestamp": 0, "credit_since": 601},
        {**CREDIT, **IN_THE_END, "credit_since": LATE + 1},
        {**CREDIT, "timestamp": NOW + 1, "credit_since": NOW + 3},
        {**CREDIT, "timestamp": 2**63, "credit_since": 2**63 + 2},
    ),
    imported(
        T.IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO,
        {"pending": True, "timeout": 1},
        {"pending": True, "timeout": LONG},
        {"pending": False, "timeout": 1},
    ),
    *faults(
        T,
        ("DEBIT_ACCOUNT_ALREADY_CLOSED", {**DEBIT, "debit_closed": True}),
        ("CREDIT_ACCOUNT_ALREADY_CLOSED", {**CREDIT, "credit_closed": True}),
        ("OVERFLOWS_DEBITS_PENDING", {**DEBIT, **MOST, "pending": True, "debits_pending": 1}),
        ("OVERFLOWS_CREDITS_PENDING", {**CREDIT, **MOST, "pending": True, "credits_pending": 1}),
        ("OVERFLOWS_DEBITS_POSTED", {**DEBIT, **MOST, "debits_posted": 1}),
        ("OVERFLOWS_CREDITS_POSTED", {**CREDIT, **MOST, "credits_posted": 1}),
        (
            "OVERFLOWS_DEBITS",
            {**DEBIT, **NEARLY, "debits_pending": 1, "debits_posted": 1},
            {**DEBIT, **MOST, "pending": False, "debits_pending": 1},
            {**DEBIT, **MOST, "pending": True, "debits_pending": 1},
            {**DEBIT, **MOST, "debits_posted": 1},
        ),
        (
            "OVERFLOWS_CREDITS",
            {**CREDIT, **NEARLY, "credits_pending": 1, "credits_posted": 1},
            {**CREDIT, **MOST, "pending": False, "credits_pending": 1},
            {**CREDIT, **MOST, "pending": True, "credits_pending": 1},
            {**CREDIT, **MOST, "credits_posted": 1},
        ),
        (
            "OVERFLOWS_TIMEOUT",
            {"now": LATE, "timeout": LONG, "pending": True, "imported": False},
            {"now": LATE, "timeout": LONG, "pending": False, "imported": False},
            {"now": LATE, "timeout": LONG, "pending": True, "imported": True, **IN_THE_END},
        ),
        ("EXCEEDS_CREDITS", {**DEBIT, "debit_limited": True}),
        ("EXCEEDS_DEBITS", {**CREDIT, "credit_limited": True}),
    ),
]

NAMED, MIXED = {"pending_id": HELD}, {"mixed": True}
HELD_BACK = {**NAMED, "held_pending": True}

SETTLING = [
    *around(T),
    *faults(T, ("RESERVED_FLAG", {"padding": True})),
    *faults(T, ("ID_MUST_NOT_BE_ZERO", {"id": ZERO}), ("ID_MUST_NOT_BE_INT_MAX", {"id": ID_MAX})),
    *repeated(T, *EXISTS[:2])[:2],
    *repeated(T, *EXISTS[2:], known={**NAMED, "mixed": False}),  # a stored post names what is there, and is no void
    *faults(
        T,
        ("ID_ALREADY_FAILED", {"failed": True}),
        (
            "FLAGS_ARE_MUTUALLY_EXCLUSIVE",
            *({**MIXED, name: True} for name in ("pending", "balancing_debit", "balancing_credit")),
            *({**MIXED, name: True} for name in ("closing_debit", "closing_credit")),
            {**MIXED, "post": True, "void": True},
        ),
        ("PENDING_ID_MUST_NOT_BE_ZERO", {"pending_id": ZERO}),
        ("PENDING_ID_MUST_NOT_BE_INT_MAX", {"pending_id": ID_MAX}),
        (
            "PENDING_ID_MUST_BE_DIFFERENT",
            {"id": u(50), "pending_id": u(50)},
            {"id": ZERO, "pending_id": ZERO},
            {"id": ID_MAX, "pending_id": ID_MAX},
        ),
        ("TIMEOUT_RESERVED_FOR_PENDING_TRANSFER", {"timeout": 1}),
        (
            "PENDING_TRANSFER_NOT_FOUND",
            {"pending_id": MISSING},
            {"pending_id": ZERO},
            {"pending_id": ID_MAX},
            {"id": u(50), "pending_id": u(50)},
        ),
        ("PENDING_TRANSFER_NOT_PENDING", {**NAMED, "held_pending": False}),
        ("PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID", {**NAMED, "debit": OTHER}),
        ("PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID", {**NAMED, "credit": OTHER}),
        ("PENDING_TRANSFER_HAS_DIFFERENT_LEDGER", {**NAMED, "ledger": EUR}),
        ("PENDING_TRANSFER_HAS_DIFFERENT_CODE", {**NAMED, "code": 9}),
        ("EXCEEDS_PENDING_TRANSFER_AMOUNT", {**NAMED, "amount": 11}),
        ("PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT", {**NAMED, "void": True, "post": False, "amount": 9}),
        ("PENDING_TRANSFER_ALREADY_POSTED", {**HELD_BACK, "held_status": PendingStatus.POSTED}),
        ("PENDING_TRANSFER_ALREADY_VOIDED", {**HELD_BACK, "held_status": PendingStatus.VOIDED}),
        (
            "PENDING_TRANSFER_EXPIRED",
            {**HELD_BACK, "held_status": PendingStatus.EXPIRED, "held_timeout": 1},
            {**HELD_BACK, "held_timeout": 1},  # its time is over, and nobody has let it go yet
        ),
    ),
    regressing(T),
    *faults(
        T,
        ("DEBIT_ACCOUNT_ALREADY_CLOSED", {**NAMED, "post": True, "void": False, "debit_closed": True}),
        ("CREDIT_ACCOUNT_ALREADY_CLOSED", {**NAMED, "post": True, "void": False, "credit_closed": True}),
    ),
]

ACCOUNT = [
    *around(A),
    *faults(
        A,
        ("RESERVED_FIELD", {"reserved": 1}),
        ("RESERVED_FLAG", {"padding": True}),
        ("ID_MUST_NOT_BE_ZERO", {"id": ZERO}),
        ("ID_MUST_NOT_BE_INT_MAX", {"id": ID_MAX}),
    ),
    *repeated(A, "flags", "user_data_128", "user_data_64", "user_data_32", "ledger", "code"),
    *faults(
        A,
        ("FLAGS_ARE_MUTUALLY_EXCLUSIVE", {"debits_limited": True, "credits_limited": True}),
        ("DEBITS_PENDING_MUST_BE_ZERO", {"debits_pending": 1}),
        ("DEBITS_POSTED_MUST_BE_ZERO", {"debits_posted": 1}),
        ("CREDITS_PENDING_MUST_BE_ZERO", {"credits_pending": 1}),
        ("CREDITS_POSTED_MUST_BE_ZERO", {"credits_posted": 1}),
        ("LEDGER_MUST_NOT_BE_ZERO", {"ledger": 0}),
        ("CODE_MUST_NOT_BE_ZERO", {"code": 0}),
    ),
    regressing(A),
]

TABLES = {"transfer": TRANSFER, "settling": SETTLING, "account": ACCOUNT}


# - cases ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A world, and a batch whose last event is the one in question."""

    state: rules.State
    batch: list[Any]
    now: int

    def answer(self) -> Any:
        create: Any = rules.create_accounts if isinstance(self.batch[0], Account) else rules.create_transfers
        return create(self.state, self.batch, self.now)[-1].status


def case(kind: str, facts: Facts) -> Case:
    """Everything is in order but what the facts say."""
    event = _account(facts) if kind == "account" else _transfer(facts, kind)
    state = _world(facts, kind)
    if any(name == "known" or name.startswith("differs.") for name in facts):
        rows: Any = state.accounts if kind == "account" else state.transfers
        rows[event.id] = _known(event, facts)
    return Case(state, [_first(facts, kind), event], facts.get("now", NOW))


def _flags(facts: Facts, bits: dict[str, int]) -> int:
    return sum(bit for name, bit in bits.items() if facts.get(name))


def _time(facts: Facts) -> int:
    return int(facts.get("timestamp", 900 if facts.get("imported") else 0))


def _transfer(facts: Facts, kind: str) -> Transfer:
    usual: Facts = {"debit": u(1), "credit": u(2), "ledger": USD, "code": 1, "pending_id": ZERO}
    if kind == "settling":
        usual = {"debit": ZERO, "credit": ZERO, "ledger": 0, "code": 0, "pending_id": HELD, "post": True}
        usual |= {"post": not facts.get("void", False)}
    told = usual | facts
    return Transfer(
        told.get("id", u(50)),
        told["debit"],
        told["credit"],
        told.get("amount", 10),
        told["ledger"],
        told["code"],
        _flags(told, FLAGS),
        told["pending_id"],
        told.get("timeout", 0),
        timestamp=_time(told),
    )


def _account(facts: Facts) -> Account:
    told: Facts = {"id": u(50), "ledger": USD, "code": 1} | facts
    given = {name: told[name] for name in (*Account._fields[4:8], "reserved") if name in told}
    return Account(
        told["id"], told["ledger"], told["code"], _flags(told, ACCOUNT_FLAGS), timestamp=_time(told), **given
    )


def _known(event: Any, facts: Facts) -> Any:
    """A stored row of the same id that differs from the event where the facts say so. Fields left empty are filled."""
    differing = {name: _another(getattr(event, name)) for name in event._fields if facts.get(f"differs.{name}")}
    if isinstance(event, Transfer) and event.flags & (FLAGS["post"] | FLAGS["void"]):
        filled: Facts = {"debit_account_id": u(1), "credit_account_id": u(2), "ledger": USD, "code": 1}
        event = event._replace(**{name: value for name, value in filled.items() if getattr(event, name) in (0, ZERO)})
        differing = {name: _another(getattr(event, name)) for name in differing}
    return event._replace(**differing, timestamp=300)


def _another(value: Any) -> Any:
    return u(value.int ^ 7) if hasattr(value, "int") else value ^ 2


def _first(facts: Facts, kind: str) -> Any:
    """The event before the one in question: it says whether the batch is imported, and may be a chain's broken head."""
    imported, broken = facts.get("first_imported", False), facts.get("after_broken", False)
    flag = (AccountFlags.IMPORTED if kind == "account" else TransferFlags.IMPORTED) * imported
    code, time = 0 if broken else 1, facts.get("first_time", 500 if imported else 0)
    if kind == "account":
        return Account(u(60), USD, code, flag | broken, timestamp=time)
    return Transfer(u(60), u(8), u(9), 1, USD, code, flag | broken, timestamp=time)


def _world(facts: Facts, kind: str) -> rules.State:
    """Accounts 1 and 2 as the facts have them, 8 and 9 for the first event, perhaps a pending transfer."""
    debit = account(
        1,
        timestamp=facts.get("debit_since", SINCE),
        flags=AccountFlags.CLOSED * facts.get("debit_closed", 0) | 2 * facts.get("debit_limited", 0),
        debits_pending=facts.get("debits_pending", 0),
        debits_posted=facts.get("debits_posted", 0),
    )
    credit = account(
        2,
        timestamp=facts.get("credit_since", SINCE + 1),
        ledger=facts.get("credit_ledger", USD),
        flags=AccountFlags.CLOSED * facts.get("credit_closed", 0) | 4 * facts.get("credit_limited", 0),
        credits_pending=facts.get("credits_pending", 0),
        credits_posted=facts.get("credits_posted", 0),
    )
    failed = [facts.get("id", u(50))] if facts.get("failed") else []
    if kind == "account":
        moved = Transfer(u(70), u(8), u(9), 0, USD, 1, timestamp=400)
        return rules.State([account(8), account(9)], [moved], last=1000)
    state = rules.State([debit, credit, account(8), account(9)], failed=failed, last=1000)
    return _holding(state, facts) if kind == "settling" else state


def _holding(state: rules.State, facts: Facts) -> rules.State:
    """A pending transfer of 10, from an hour before now if it has a timeout that is over."""
    pending = facts.get("held_pending", True)
    flags, timeout = FLAGS["pending"] * pending, facts.get("held_timeout", 0)
    held = Transfer(HELD, u(1), u(2), 10, USD, 1, flags, timeout=timeout, timestamp=200)
    state.transfers[HELD] = held
    state.transfer_times.add(held.timestamp)
    state.newest_transfer = held.timestamp
    if pending:
        state.pending[HELD] = facts.get("held_status", PendingStatus.PENDING)
    return state


# - pairs ------------------------------------------------------------------------------------------------------------


def alone(kind: str, fault: Fault) -> list[Any]:
    """What each way to break a rule is answered by itself."""
    return [case(kind, {**fault.reach, **spoil}).answer() for spoil in fault.ways]


def pairs(kind: str) -> Iterator[tuple[Fault, Fault, list[Facts]]]:
    """Each rule with each later one, and the facts in which both are broken; none if nothing can be so.

    A way that by itself breaks a rule before the earlier of the two says nothing of these two, and is left out.
    """
    table = TABLES[kind]
    place = {fault.status: n for n, fault in enumerate(table)}
    answered = [[place[status] for status in alone(kind, fault)] for fault in table]
    for (n, earlier), (m, later) in combinations(enumerate(table), 2):
        own = [way for way, answer in zip(earlier.ways, answered[n], strict=True) if answer == n]
        after = [way for way, answer in zip(later.ways, answered[m], strict=True) if answer >= n]
        met = [_both(earlier, later, *ways) for ways in product(own, after)]
        yield earlier, later, [both for both in met if both is not None]


def _both(earlier: Fault, later: Fault, one: Facts, other: Facts) -> Facts | None:
    """The facts of two spoils at once. What the later rule needs to be reached does not matter: it is not."""
    if any(name in other and other[name] != value for name, value in {**earlier.reach, **one}.items()):
        return None
    return {**later.reach, **earlier.reach, **other, **one}
