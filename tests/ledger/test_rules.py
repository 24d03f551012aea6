"""The pure state machine: every status, the order in which they are found, and what each event does.

A ladder starts with an event that breaks every rule at once and mends one at a time; each step must name the first
rule still broken. So a ladder proves an order, not only that each status exists.
"""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tuppence.ledger import rules
from tuppence.ledger.model import (
    AMOUNT_MAX,
    ID_MAX,
    NANOSECONDS,
    TIMESTAMP_MAX,
    ZERO,
    Account,
    AccountBalance,
    AccountFlags,
    Expiry,
    PendingStatus,
    Transfer,
    TransferFlags,
)
from tuppence.ledger.statuses import TRANSIENT
from tuppence.ledger.statuses import CreateAccountStatus as A
from tuppence.ledger.statuses import CreateTransferStatus as T

NOW = 1_000_000 * NANOSECONDS
USD, EUR = 840, 978
LINKED, PENDING, POST, VOID = 1, 2, 4, 8
F = TransferFlags

Ladder = list[tuple[dict[str, Any], Any]]  # what is mended at this step, and what is found then


def u(n: int) -> UUID:
    return UUID(int=n)


def account(n: int, **given: Any) -> Account:
    """A stored account; its time is its number, long before everything else."""
    return Account(**{"id": u(n), "ledger": USD, "code": 1, "timestamp": n, **given})


def transfer(n: int, **given: Any) -> Transfer:
    """From account 1 to account 2."""
    usual: dict[str, Any] = {
        "debit_account_id": u(1),
        "credit_account_id": u(2),
        "amount": 10,
        "ledger": USD,
        "code": 1,
    }
    return Transfer(u(n), **usual | given)


def settle(n: int, flags: int, **given: Any) -> Transfer:
    """A post or a void that leaves empty what may be empty."""
    return Transfer(u(n), flags=flags, **given)


def world(*transfers: Transfer, **changed: Any) -> rules.State:
    """Accounts: 1 and 2 plain, 3 in EUR, 4 may not owe more than it has, 5 the other way round, 6 and 7 closed."""
    state = rules.State(
        [
            account(1),
            account(2),
            account(3, ledger=EUR),
            account(4, flags=AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, credits_posted=100),
            account(5, flags=AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS, debits_posted=100),
            account(6, flags=AccountFlags.CLOSED),
            account(7, flags=AccountFlags.CLOSED),
            account(8, debits_pending=AMOUNT_MAX - 1),
            account(9, credits_pending=AMOUNT_MAX - 1),
        ],
        last=1000,
        **changed,
    )
    for one in transfers:
        assert [T.CREATED] == post(state, one)
    return state


def post(state: rules.State, *events: Transfer, now: int = NOW) -> list[T]:
    return [result.status for result in rules.create_transfers(state, events, now)]


def open_accounts(state: rules.State, *events: Account, now: int = NOW) -> list[A]:
    return [result.status for result in rules.create_accounts(state, events, now)]


# - ladders ----------------------------------------------------------------------------------------------------------

PLAIN: Ladder = [
    ({}, T.RESERVED_FLAG),
    ({"flags": F.CLOSING_DEBIT}, T.ID_MUST_NOT_BE_ZERO),
    ({"id": ID_MAX}, T.ID_MUST_NOT_BE_INT_MAX),
    ({"id": u(99)}, T.ID_ALREADY_FAILED),
    ({"id": u(50)}, T.DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO),
    ({"debit_account_id": ID_MAX}, T.DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX),
    ({"debit_account_id": u(404)}, T.CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO),
    ({"credit_account_id": ID_MAX}, T.CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX),
    ({"credit_account_id": u(404)}, T.ACCOUNTS_MUST_BE_DIFFERENT),
    ({"credit_account_id": u(405)}, T.PENDING_ID_MUST_BE_ZERO),
    ({"pending_id": ZERO}, T.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER),
    ({"timeout": 0}, T.CLOSING_TRANSFER_MUST_BE_PENDING),
    ({"flags": F.CLOSING_DEBIT | F.PENDING, "timeout": 2**32 - 1}, T.LEDGER_MUST_NOT_BE_ZERO),
    ({"ledger": EUR}, T.CODE_MUST_NOT_BE_ZERO),
    ({"code": 1}, T.DEBIT_ACCOUNT_NOT_FOUND),
    ({"debit_account_id": u(6)}, T.CREDIT_ACCOUNT_NOT_FOUND),
    ({"credit_account_id": u(3)}, T.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER),
    ({"credit_account_id": u(7)}, T.TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS),
    ({"ledger": USD}, T.DEBIT_ACCOUNT_ALREADY_CLOSED),
    ({"debit_account_id": u(1)}, T.CREDIT_ACCOUNT_ALREADY_CLOSED),
    ({"credit_account_id": u(2)}, T.CREATED),
]
SETTLING: Ladder = [
    ({}, T.RESERVED_FLAG),
    ({"flags": POST | VOID}, T.ID_MUST_NOT_BE_ZERO),
    ({"id": ID_MAX}, T.ID_MUST_NOT_BE_INT_MAX),
    ({"id": u(99)}, T.ID_ALREADY_FAILED),
    ({"id": u(50)}, T.FLAGS_ARE_MUTUALLY_EXCLUSIVE),
    ({"flags": VOID | PENDING}, T.FLAGS_ARE_MUTUALLY_EXCLUSIVE),
    ({"flags": VOID | F.BALANCING_DEBIT}, T.FLAGS_ARE_MUTUALLY_EXCLUSIVE),
    ({"flags": VOID | F.BALANCING_CREDIT}, T.FLAGS_ARE_MUTUALLY_EXCLUSIVE),
    ({"flags": VOID | F.CLOSING_DEBIT}, T.FLAGS_ARE_MUTUALLY_EXCLUSIVE),
    ({"flags": VOID | F.CLOSING_CREDIT}, T.FLAGS_ARE_MUTUALLY_EXCLUSIVE),
    ({"flags": VOID}, T.PENDING_ID_MUST_NOT_BE_ZERO),
    ({"pending_id": ID_MAX}, T.PENDING_ID_MUST_NOT_BE_INT_MAX),
    ({"pending_id": u(50)}, T.PENDING_ID_MUST_BE_DIFFERENT),
    ({"pending_id": u(404)}, T.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER),
    ({"timeout": 0}, T.PENDING_TRANSFER_NOT_FOUND),
    ({"pending_id": u(20)}, T.PENDING_TRANSFER_NOT_PENDING),
    ({"pending_id": u(21)}, T.PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID),
    ({"debit_account_id": u(1)}, T.PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID),
    ({"credit_account_id": ZERO}, T.PENDING_TRANSFER_HAS_DIFFERENT_LEDGER),
    ({"ledger": USD}, T.PENDING_TRANSFER_HAS_DIFFERENT_CODE),
    ({"code": 0}, T.EXCEEDS_PENDING_TRANSFER_AMOUNT),
    ({"amount": 9}, T.PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT),
    ({"amount": 0}, T.PENDING_TRANSFER_ALREADY_VOIDED),
    ({"pending_id": u(22)}, T.PENDING_TRANSFER_ALREADY_POSTED),
    ({"pending_id": u(23)}, T.PENDING_TRANSFER_EXPIRED),
    ({"pending_id": u(24)}, T.CREATED),
]
REPEATED: Ladder = [
    ({}, T.EXISTS_WITH_DIFFERENT_FLAGS),
    ({"flags": PENDING}, T.EXISTS_WITH_DIFFERENT_PENDING_ID),
    ({"pending_id": ZERO}, T.EXISTS_WITH_DIFFERENT_TIMEOUT),
    ({"timeout": 60}, T.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID),
    ({"debit_account_id": u(1)}, T.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID),
    ({"credit_account_id": u(2)}, T.EXISTS_WITH_DIFFERENT_AMOUNT),
    ({"amount": 10}, T.EXISTS_WITH_DIFFERENT_USER_DATA_128),
    ({"user_data_128": u(128)}, T.EXISTS_WITH_DIFFERENT_USER_DATA_64),
    ({"user_data_64": 64}, T.EXISTS_WITH_DIFFERENT_USER_DATA_32),
    ({"user_data_32": 32}, T.EXISTS_WITH_DIFFERENT_LEDGER),
    ({"ledger": USD}, T.EXISTS_WITH_DIFFERENT_CODE),
    ({"code": 1}, T.EXISTS),
]
REPEATED_POST: Ladder = [
    ({}, T.EXISTS_WITH_DIFFERENT_FLAGS),
    ({"flags": POST}, T.EXISTS_WITH_DIFFERENT_PENDING_ID),
    ({"pending_id": u(40)}, T.EXISTS_WITH_DIFFERENT_TIMEOUT),
    ({"timeout": 0}, T.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID),
    ({"debit_account_id": ZERO}, T.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID),
    ({"credit_account_id": ZERO}, T.EXISTS_WITH_DIFFERENT_AMOUNT),
    ({"amount": AMOUNT_MAX}, T.EXISTS_WITH_DIFFERENT_AMOUNT),  # the first one did not take all
    ({"amount": 7}, T.EXISTS_WITH_DIFFERENT_USER_DATA_128),
    ({"user_data_128": ZERO}, T.EXISTS_WITH_DIFFERENT_USER_DATA_128),  # the first one did not inherit it
    ({"user_data_128": u(129)}, T.EXISTS_WITH_DIFFERENT_USER_DATA_64),
    ({"user_data_64": 0}, T.EXISTS_WITH_DIFFERENT_USER_DATA_32),
    ({"user_data_32": 0}, T.EXISTS_WITH_DIFFERENT_LEDGER),
    ({"ledger": 0}, T.EXISTS_WITH_DIFFERENT_CODE),
    ({"code": 0}, T.EXISTS),
]
IMPORTED: Ladder = [
    ({}, T.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER),
    ({"credit_account_id": u(70)}, T.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS),
    ({"timestamp": 3}, T.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS),  # an account's time, though no transfer's
    ({"timestamp": 10}, T.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT),
    ({"timestamp": 65}, T.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT),
    ({"timestamp": 75}, T.IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO),
    ({"timeout": 0}, T.DEBIT_ACCOUNT_ALREADY_CLOSED),
    ({"debit_account_id": u(1)}, T.CREDIT_ACCOUNT_ALREADY_CLOSED),
    ({"credit_account_id": u(2)}, T.CREATED),
]
ACCOUNT: Ladder = [
    ({}, A.RESERVED_FLAG),
    ({"flags": 6}, A.ID_MUST_NOT_BE_ZERO),
    ({"id": ID_MAX}, A.ID_MUST_NOT_BE_INT_MAX),
    ({"id": u(1)}, A.EXISTS_WITH_DIFFERENT_FLAGS),
    ({"id": u(50)}, A.FLAGS_ARE_MUTUALLY_EXCLUSIVE),
    ({"flags": 0}, A.DEBITS_PENDING_MUST_BE_ZERO),
    ({"debits_pending": 0}, A.DEBITS_POSTED_MUST_BE_ZERO),
    ({"debits_posted": 0}, A.CREDITS_PENDING_MUST_BE_ZERO),
    ({"credits_pending": 0}, A.CREDITS_POSTED_MUST_BE_ZERO),
    ({"credits_posted": 0}, A.LEDGER_MUST_NOT_BE_ZERO),
    ({"ledger": USD}, A.CODE_MUST_NOT_BE_ZERO),
    ({"code": 1}, A.CREATED),
]
REPEATED_ACCOUNT: Ladder = [
    ({}, A.EXISTS_WITH_DIFFERENT_FLAGS),
    ({"flags": AccountFlags.CLOSED}, A.EXISTS_WITH_DIFFERENT_USER_DATA_128),
    ({"user_data_128": ZERO}, A.EXISTS_WITH_DIFFERENT_USER_DATA_64),
    ({"user_data_64": 0}, A.EXISTS_WITH_DIFFERENT_USER_DATA_32),
    ({"user_data_32": 0}, A.EXISTS_WITH_DIFFERENT_LEDGER),
    ({"ledger": USD}, A.EXISTS_WITH_DIFFERENT_CODE),
    ({"code": 1}, A.EXISTS),
]


def climb(broken: dict[str, Any], steps: Ladder) -> list[Any]:
    """The event of each step: what was mended stays mended."""
    events = []
    for mended, _ in steps:
        broken = {**broken, **mended}
        events.append(broken)
    return events


def expected(steps: Ladder) -> list[Any]:
    return [status for _, status in steps]


def test_refusals_of_a_plain_transfer_come_in_order() -> None:
    """Each of a plain or pending transfer's refusals is found before all those after it."""
    broken = {"id": ZERO, "flags": 512, "amount": 1, "pending_id": u(404), "timeout": 9}
    found = [post(world(failed=[u(99)]), Transfer(**event))[0] for event in climb(broken, PLAIN)]

    assert expected(PLAIN) == found


def test_refusals_of_a_post_or_void_come_in_order() -> None:
    """Each of a post's or void's refusals is found before all those after it."""
    broken = {"id": ZERO, "flags": 512 | POST, "debit_account_id": u(8), "credit_account_id": u(8), "amount": 11}
    broken |= {"ledger": EUR, "code": 9, "timeout": 9}
    found = []
    for event in climb(broken, SETTLING):
        state = world(transfer(20), *(transfer(n, flags=PENDING) for n in (21, 22, 24)), failed=[u(99)])
        assert [T.CREATED] == post(state, transfer(23, flags=PENDING, timeout=1), now=NOW - 5 * NANOSECONDS)
        assert [T.CREATED] * 2 == post(state, settle(30, VOID, pending_id=u(21)), settle(31, POST, pending_id=u(22)))
        found += post(state, Transfer(**event), now=NOW + 5 * NANOSECONDS)

    assert expected(SETTLING) == found


def test_a_repeated_transfer_is_compared_in_order() -> None:
    """A repeat with another body is told the first difference; the same one exists, with the first one's time."""
    first = transfer(30, flags=PENDING, timeout=60, user_data_128=u(128), user_data_64=64, user_data_32=32)
    state = world(first)
    broken = {"id": u(30), "flags": 0, "pending_id": u(1), "ledger": EUR, "code": 2}
    found = [post(state, Transfer(**event))[0] for event in climb(broken, REPEATED)]
    again = rules.create_transfers(state, [first], NOW + 5)

    assert expected(REPEATED) == found
    assert [(T.EXISTS, NOW)] == again


def test_a_repeated_post_is_compared_in_order() -> None:
    """What a post left empty is compared with the pending transfer's; AMOUNT_MAX means all of it."""
    state = world(transfer(40, flags=PENDING, user_data_64=64, user_data_32=32))
    first = settle(41, POST, pending_id=u(40), amount=7, user_data_128=u(129))
    assert [T.CREATED] == post(state, first)
    broken = {"id": u(41), "flags": VOID, "pending_id": u(20), "timeout": 1, "amount": 6}
    broken |= {"debit_account_id": u(9), "credit_account_id": u(9), "ledger": EUR, "code": 9}
    broken |= {"user_data_128": u(1), "user_data_64": 1, "user_data_32": 1}
    found = [post(state, Transfer(**event))[0] for event in climb(broken, REPEATED_POST)]

    assert expected(REPEATED_POST) == found


@pytest.mark.parametrize(
    ("first", "again", "status"),
    [
        (settle(51, POST, pending_id=u(50), amount=AMOUNT_MAX), {"amount": 10}, T.EXISTS),
        (settle(51, POST, pending_id=u(50), amount=10), {"amount": AMOUNT_MAX}, T.EXISTS),
        (settle(51, POST, pending_id=u(50), amount=0), {"amount": 0}, T.EXISTS),
        (settle(51, VOID, pending_id=u(50), amount=0), {"amount": 10}, T.EXISTS),
        (settle(51, VOID, pending_id=u(50), amount=10), {"amount": 0}, T.EXISTS),
        (settle(51, VOID, pending_id=u(50), amount=10), {"amount": 9}, T.EXISTS_WITH_DIFFERENT_AMOUNT),
    ],
)
def test_all_of_a_pending_amount_can_be_said_in_two_ways(first: Transfer, again: dict[str, Any], status: T) -> None:
    """A repeat that says "all" in the other way is the same question."""
    state = world(transfer(50, flags=PENDING))

    assert [T.CREATED] == post(state, first)
    assert [status] == post(state, first._replace(**again))


def test_refusals_of_an_imported_transfer_come_in_order() -> None:
    """History comes in order, after its accounts, without timeouts; only then the accounts' own state counts."""
    broken = {"id": u(50), "flags": F.IMPORTED | PENDING, "debit_account_id": u(60), "credit_account_id": u(3)}
    broken |= {"ledger": USD, "code": 1, "timeout": 9, "timestamp": 2}
    late = [account(60, flags=AccountFlags.CLOSED), account(70, flags=AccountFlags.CLOSED)]
    found = []
    for event in climb(broken, IMPORTED):
        state = rules.State([*world().accounts.values(), *late], last=1000, transfer_times=[2])
        found += post(state, Transfer(**event))

    assert expected(IMPORTED) == found


def test_refusals_of_an_account_come_in_order() -> None:
    """Each of an account's refusals is found before all those after it."""
    broken = {"id": ZERO, "ledger": 0, "code": 0, "flags": 64}
    broken |= {"debits_pending": 1, "debits_posted": 1, "credits_pending": 1, "credits_posted": 1}
    found = [open_accounts(world(), Account(**event))[0] for event in climb(broken, ACCOUNT)]

    assert expected(ACCOUNT) == found


def test_a_repeated_account_is_compared_in_order() -> None:
    """Flags are compared as they are today, CLOSED included; balances are not compared."""
    broken = {"id": u(6), "ledger": EUR, "code": 2, "user_data_128": u(1), "user_data_64": 1, "user_data_32": 1}
    found = [open_accounts(world(), Account(**event))[0] for event in climb(broken, REPEATED_ACCOUNT)]

    assert expected(REPEATED_ACCOUNT) == found


@pytest.mark.parametrize(
    ("changed", "event", "status"),
    [
        ({1: {"debits_pending": AMOUNT_MAX}, 2: {"credits_pending": AMOUNT_MAX}}, PENDING, T.OVERFLOWS_DEBITS_PENDING),
        ({1: {"debits_posted": AMOUNT_MAX}, 2: {"credits_pending": AMOUNT_MAX}}, PENDING, T.OVERFLOWS_CREDITS_PENDING),
        ({1: {"debits_posted": AMOUNT_MAX}, 2: {"credits_posted": AMOUNT_MAX}}, PENDING, T.OVERFLOWS_DEBITS_POSTED),
        ({1: {"debits_pending": AMOUNT_MAX}, 2: {"credits_posted": AMOUNT_MAX}}, 0, T.OVERFLOWS_CREDITS_POSTED),
        ({1: {"debits_pending": AMOUNT_MAX}, 2: {"credits_pending": AMOUNT_MAX}}, 0, T.OVERFLOWS_DEBITS),
        ({2: {"credits_pending": AMOUNT_MAX}}, 0, T.OVERFLOWS_CREDITS),
        ({}, 0, T.CREATED),
    ],
)
def test_overflows_come_in_order(changed: dict[int, dict[str, Any]], event: int, status: T) -> None:
    """No balance, and no sum of two, ever passes the greatest amount; which one would is found in order."""
    accounts = [account(n, **changed.get(n, {})) for n in (1, 2)]

    assert [status] == post(rules.State(accounts, last=1000), transfer(50, flags=event, amount=1))


def test_a_timeout_past_the_end_of_time_overflows() -> None:
    """A pending transfer must be able to lapse; this is found before any limit."""
    late = TIMESTAMP_MAX - 5 * NANOSECONDS
    event = transfer(50, debit_account_id=u(4), amount=101, flags=PENDING)

    assert [T.OVERFLOWS_TIMEOUT] == post(world(), event._replace(timeout=6), now=late)
    assert [T.EXCEEDS_CREDITS] == post(world(), event._replace(timeout=4), now=late)


@pytest.mark.parametrize(
    ("debit", "credit", "amount", "status"),
    [
        (4, 2, 100, T.CREATED),
        (4, 2, 101, T.EXCEEDS_CREDITS),
        (1, 5, 100, T.CREATED),
        (1, 5, 101, T.EXCEEDS_DEBITS),
        (4, 5, 101, T.EXCEEDS_CREDITS),
        (5, 4, 10**6, T.CREATED),
    ],
)
@pytest.mark.parametrize("flags", [0, PENDING])
def test_limits(debit: int, credit: int, amount: int, status: T, flags: int) -> None:
    """A limited account goes to its limit and not one minor unit further; the other side is free."""
    event = transfer(50, debit_account_id=u(debit), credit_account_id=u(credit), amount=amount, flags=flags)

    assert [status] == post(world(), event)


def test_pending_counts_against_a_limit_and_never_for_it() -> None:
    """What is reserved can't be spent again, and what is only promised can't be spent at all."""
    reserved = transfer(50, debit_account_id=u(4), amount=60, flags=PENDING)
    promised = transfer(51, credit_account_id=u(4), amount=60, flags=PENDING)

    assert [T.EXCEEDS_CREDITS] == post(world(reserved), transfer(52, debit_account_id=u(4), amount=41))
    assert [T.EXCEEDS_CREDITS] == post(world(promised), transfer(52, debit_account_id=u(4), amount=101))


# - what events do ---------------------------------------------------------------------------------------------------


def balances(state: rules.State, n: int) -> tuple[int, ...]:
    """Debits pending and posted, credits pending and posted."""
    return tuple(state.accounts[u(n)][4:8])


def test_plain_moves_and_pending_reserves() -> None:
    """A plain transfer moves what is posted, a pending one what is pending; each the same on both sides."""
    state = world(transfer(50, amount=3), transfer(51, amount=5, flags=PENDING))

    assert (5, 3, 0, 0) == balances(state, 1)
    assert (0, 0, 5, 3) == balances(state, 2)


@pytest.mark.parametrize(
    ("event", "posted", "amount"),
    [
        (settle(51, POST, pending_id=u(50), amount=AMOUNT_MAX), 10, 10),
        (settle(51, POST, pending_id=u(50), amount=4), 4, 4),
        (settle(51, POST, pending_id=u(50)), 0, 0),
        (settle(51, VOID, pending_id=u(50)), 0, 10),
    ],
)
def test_settling_lets_all_go_and_moves_what_is_posted(event: Transfer, posted: int, amount: int) -> None:
    """A post moves its amount and releases the whole reservation; a void releases it and moves nothing."""
    state = world(transfer(50, flags=PENDING, user_data_128=u(7), user_data_64=8, user_data_32=9), event)
    stored = state.transfers[u(51)]

    assert (0, posted, 0, 0) == balances(state, 1)
    assert (0, 0, 0, posted) == balances(state, 2)
    assert transfer(51, amount=amount, flags=event.flags, pending_id=u(50))[:9] == stored[:9]
    assert (u(7), 8, 9) == stored[9:12]


def test_a_lapsed_transfer_is_expired_before_anybody_let_it_go() -> None:
    """At its last nanosecond a pending transfer can be posted; from then on it answers expired, and is let go."""
    held = transfer(50, debit_account_id=u(4), amount=100, flags=PENDING, timeout=2)
    ends = NOW + 2 * NANOSECONDS
    on_time, late = settle(51, POST, pending_id=u(50), amount=AMOUNT_MAX), settle(52, VOID, pending_id=u(50))

    assert [T.CREATED] == post(world(held), on_time, now=ends - 1)
    state = world(held)
    assert [T.PENDING_TRANSFER_EXPIRED] == post(state, late, now=ends)
    assert [T.EXCEEDS_CREDITS] == post(state, transfer(53, debit_account_id=u(4), amount=1), now=ends)
    rules.expire(state, ends)
    assert (0, 0, 0, 100) == balances(state, 4)
    assert [T.CREATED] == post(state, transfer(54, debit_account_id=u(4), amount=1), now=ends)
    assert [T.PENDING_TRANSFER_EXPIRED] == post(state, late, now=ends)


def test_expiry_goes_in_order_of_lapsing_and_stamps_each() -> None:
    """The first to lapse is let go first; each expiry has a time of its own; what is not due stays."""
    state = world(*(transfer(50 + n, flags=PENDING, timeout=n) for n in (3, 1, 9, 0)))
    state.take()
    at = NOW + 5 * NANOSECONDS
    rules.expire(state, at)

    assert [Expiry(u(51), at), Expiry(u(53), at + 1)] == state.take().expired
    assert [PendingStatus.PENDING] * 2 == [state.pending[u(n)] for n in (59, 50)]


@pytest.mark.parametrize(
    ("flags", "asked", "status", "moved"),
    [
        (F.BALANCING_DEBIT, AMOUNT_MAX, T.CREATED, 100),
        (F.BALANCING_DEBIT, 30, T.CREATED, 30),
        (F.BALANCING_CREDIT, AMOUNT_MAX, T.CREATED, 100),
        (F.BALANCING_DEBIT | F.BALANCING_CREDIT | PENDING, 10**6, T.CREATED, 100),
        (F.BALANCING_DEBIT, 0, T.CREATED, 0),
    ],
)
def test_balancing_moves_what_there_is_room_for(flags: int, asked: int, status: T, moved: int) -> None:
    """A balancing transfer moves at most what the account has left, perhaps nothing; asking for more is a repeat."""
    event = transfer(50, debit_account_id=u(4), credit_account_id=u(5), amount=asked, flags=flags)
    state = world()

    assert [status] == post(state, event)
    assert moved == state.transfers[u(50)].amount
    assert [T.EXISTS] == post(state, event._replace(amount=AMOUNT_MAX))
    assert [T.CREATED] == post(state, event._replace(id=u(51)))
    if moved:
        assert [T.EXISTS_WITH_DIFFERENT_AMOUNT] == post(state, event._replace(amount=moved - 1))


def test_a_closing_transfer_closes_until_it_is_voided() -> None:
    """A closed account takes nothing but a void; voiding what closed it opens it again; so does its expiry."""
    closing = transfer(50, amount=0, flags=PENDING | F.CLOSING_DEBIT | F.CLOSING_CREDIT, timeout=5)
    state = world(transfer(49, flags=PENDING), closing)

    assert [T.DEBIT_ACCOUNT_ALREADY_CLOSED] == post(state, transfer(51))
    assert [T.DEBIT_ACCOUNT_ALREADY_CLOSED] == post(state, settle(52, POST, pending_id=u(50), amount=AMOUNT_MAX))
    assert [T.CREDIT_ACCOUNT_ALREADY_CLOSED] == post(state, transfer(53, debit_account_id=u(4)))
    assert [T.CREATED] == post(state, settle(54, VOID, pending_id=u(49)))
    assert [T.CREATED] == post(state, settle(55, VOID, pending_id=u(50)))
    assert [T.CREATED] == post(state, transfer(56))

    lapsing = world(closing)
    rules.expire(lapsing, NOW + 5 * NANOSECONDS)
    assert [T.CREATED] == post(lapsing, transfer(57), now=NOW + 6 * NANOSECONDS)


def test_post_of_a_closing_credit_is_refused_for_the_credit_side() -> None:
    """Only the side that is closed refuses."""
    state = world(transfer(50, flags=PENDING | F.CLOSING_CREDIT))

    assert [T.CREDIT_ACCOUNT_ALREADY_CLOSED] == post(state, settle(51, POST, pending_id=u(50), amount=AMOUNT_MAX))


def test_history_notes_balances_after_each_event() -> None:
    """Only accounts with HISTORY are noted, at each event's time."""
    state = rules.State([account(1, flags=AccountFlags.HISTORY), account(2)], last=1000)
    assert [T.CREATED] * 3 == post(
        state, transfer(50, amount=3), transfer(51, flags=PENDING), settle(52, POST, pending_id=u(51), amount=4)
    )

    assert [
        AccountBalance(u(1), 0, 3, 0, 0, NOW - 2),
        AccountBalance(u(1), 10, 3, 0, 0, NOW - 1),
        AccountBalance(u(1), 0, 7, 0, 0, NOW),
    ] == state.balances


# - batches and chains -----------------------------------------------------------------------------------------------


def test_each_event_has_its_time_whether_or_not_it_succeeds() -> None:
    """Event k of n is stamped batch time - n + k + 1; the next batch comes after, even if the clock went back."""
    state = world()
    first = rules.create_transfers(state, [transfer(50), transfer(0), transfer(51)], NOW)
    second = rules.create_transfers(state, [transfer(52)], NOW - 10**9)

    assert [(T.CREATED, NOW - 2), (T.ID_MUST_NOT_BE_ZERO, NOW - 1), (T.CREATED, NOW)] == first
    assert [(T.CREATED, NOW + 1)] == second


def test_time_that_stamped_nothing_is_given_again() -> None:
    """A batch in which nothing was decided leaves no trace, not even in the clock."""
    state = world()
    rules.create_transfers(state, [transfer(0)], NOW)
    state.take()

    assert [(T.CREATED, NOW)] == rules.create_transfers(state, [transfer(50)], NOW)


def test_a_chain_stands_or_falls_together() -> None:
    """The first failure of a chain is named, the others say that it failed, and nothing of it stays."""
    state = world()
    before = dict(state.accounts)
    chain = [transfer(50, flags=LINKED), transfer(51, flags=LINKED, code=0), transfer(52)]

    assert [T.LINKED_EVENT_FAILED, T.CODE_MUST_NOT_BE_ZERO, T.LINKED_EVENT_FAILED, T.CREATED] == post(
        state, *chain, transfer(53)
    )
    assert {u(53)} == state.transfers.keys()
    assert [u(53)] == [one.id for one in state.take().transfers]
    assert {u(1), u(2)} == {id_ for id_ in before if before[id_] != state.accounts[id_]}


def test_a_chain_takes_back_everything() -> None:
    """Balances, statuses, history and closed flags are as before; a poisoned id stays poisoned."""
    state = rules.State([account(1, flags=AccountFlags.HISTORY), account(2)], last=1000)
    assert [T.CREATED] == post(state, transfer(40, flags=PENDING))
    accounts, pending, history = dict(state.accounts), dict(state.pending), list(state.balances)
    times, newest = set(state.transfer_times), state.newest_transfer
    state.take()
    chain = [
        transfer(50, flags=LINKED),
        transfer(51, flags=LINKED | PENDING),
        settle(52, LINKED | POST, pending_id=u(51), amount=AMOUNT_MAX),
        settle(53, LINKED | VOID, pending_id=u(40)),
        transfer(54, flags=LINKED | PENDING | F.CLOSING_DEBIT),
        transfer(55, debit_account_id=u(404)),
    ]
    found = post(state, *chain)

    assert [T.LINKED_EVENT_FAILED] * 3 == found[:3]
    assert T.DEBIT_ACCOUNT_NOT_FOUND not in found[:4]
    assert (accounts, pending, history) == (state.accounts, state.pending, state.balances)
    assert (times, newest) == (state.transfer_times, state.newest_transfer)
    assert ([], [], [u(55)], []) == state.take()


def test_a_chain_sees_its_own_work() -> None:
    """Money that a chain brings can be spent in it."""
    state = world()
    come_and_go = [
        transfer(50, credit_account_id=u(4), amount=50, flags=LINKED),
        transfer(51, debit_account_id=u(4), amount=150),
    ]

    assert [T.CREATED, T.CREATED] == post(state, *come_and_go)


@pytest.mark.parametrize("broken", [False, True])
def test_a_chain_left_open_at_the_end_of_a_batch_fails(broken: bool) -> None:
    """The last event says that the chain is open, even if it was broken before."""
    first = T.CODE_MUST_NOT_BE_ZERO if broken else T.LINKED_EVENT_FAILED
    events = [transfer(50, flags=LINKED, code=0 if broken else 1), transfer(51, flags=LINKED)]

    assert [first, T.LINKED_EVENT_CHAIN_OPEN] == post(world(), *events)
    assert [T.LINKED_EVENT_CHAIN_OPEN] == post(world(), transfer(50, flags=LINKED))


def test_a_repeated_chain_exists_at_its_head_and_fails_behind() -> None:
    """`exists` is no success inside a chain, so a repeat of it answers so at the first and stops there."""
    chain = [transfer(50, flags=LINKED), transfer(51)]
    state = world()
    assert [T.CREATED, T.CREATED] == post(state, *chain)

    assert [T.EXISTS, T.LINKED_EVENT_FAILED] == post(state, *chain)


def test_chains_of_accounts() -> None:
    """Accounts are linked like transfers."""
    state = world()
    chain = [Account(u(50), USD, 1, LINKED), Account(u(51), USD, 0, LINKED), Account(u(52), USD, 1)]

    assert [A.LINKED_EVENT_FAILED, A.CODE_MUST_NOT_BE_ZERO, A.LINKED_EVENT_FAILED] == open_accounts(state, *chain)
    assert [A.LINKED_EVENT_CHAIN_OPEN] == open_accounts(state, Account(u(50), USD, 1, LINKED))
    assert [] == [id_ for id_ in state.accounts if id_.int >= 50]
    assert [A.CREATED] == open_accounts(state, Account(u(50), USD, 1))


FAILING_FOR_THE_MOMENT = {
    T.DEBIT_ACCOUNT_NOT_FOUND: transfer(50, debit_account_id=u(404)),
    T.CREDIT_ACCOUNT_NOT_FOUND: transfer(50, credit_account_id=u(404)),
    T.PENDING_TRANSFER_NOT_FOUND: settle(50, POST, pending_id=u(404)),
    T.EXCEEDS_CREDITS: transfer(50, debit_account_id=u(4), amount=101),
    T.EXCEEDS_DEBITS: transfer(50, credit_account_id=u(5), amount=101),
    T.DEBIT_ACCOUNT_ALREADY_CLOSED: transfer(50, debit_account_id=u(6)),
    T.CREDIT_ACCOUNT_ALREADY_CLOSED: transfer(50, credit_account_id=u(6)),
}


@pytest.mark.parametrize("status", sorted(TRANSIENT))
def test_a_refusal_of_the_moment_uses_up_the_id(status: T) -> None:
    """Asking again under that id never succeeds by surprise, in this batch or later, with any body."""
    event = FAILING_FOR_THE_MOMENT[status]
    state = world()

    assert [status, T.ID_ALREADY_FAILED] == post(state, event, transfer(50))
    assert [T.ID_ALREADY_FAILED] == post(state, event)
    assert [u(50)] == state.take().failed


def test_other_refusals_leave_the_id_free() -> None:
    """A malformed event may be mended and sent again under its id."""
    state = world()

    assert [T.CODE_MUST_NOT_BE_ZERO, T.CREATED] == post(state, transfer(50, code=0), transfer(50))


# - imported events --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        (0, F.IMPORTED, T.IMPORTED_EVENT_NOT_EXPECTED),
        (F.IMPORTED, 0, T.IMPORTED_EVENT_EXPECTED),
    ],
)
def test_a_batch_is_imported_or_it_is_not(first: int, second: int, status: T) -> None:
    """Every event of a batch must be as its first, and this is found before its time is looked at."""
    head = transfer(50, flags=first, timestamp=2000 if first else 0)

    assert [T.CREATED, status] == post(world(), head, transfer(51, flags=second, timestamp=TIMESTAMP_MAX + 1))


@pytest.mark.parametrize(
    ("flags", "timestamp", "status"),
    [
        (0, 1, T.TIMESTAMP_MUST_BE_ZERO),
        (F.IMPORTED, 0, T.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE),
        (F.IMPORTED, TIMESTAMP_MAX + 1, T.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE),
        (F.IMPORTED, NOW, T.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE),
        (F.IMPORTED, NOW - 1, T.CREATED),
    ],
)
def test_only_imported_events_bring_their_time(flags: int, timestamp: int, status: T) -> None:
    """An imported event lies in the past; any other has no time of its own. Found before the event itself."""
    event = transfer(50 if status is T.CREATED else 0, flags=flags, timestamp=timestamp)
    state = world()

    assert [(status, timestamp if status is T.CREATED else NOW)] == rules.create_transfers(state, [event], NOW)


@pytest.mark.parametrize(
    ("timestamp", "status"),
    [
        (9, A.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS),
        (20, A.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS),
        (21, A.CREATED),
        (0, A.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE),
        (NOW, A.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE),
    ],
)
def test_imported_accounts_come_in_order(timestamp: int, status: A) -> None:
    """An imported account is newer than every account, and no transfer has its time."""
    event = Account(u(50), USD, 1, AccountFlags.IMPORTED, timestamp=timestamp)

    assert [status] == open_accounts(world(transfer_times=[20]), event)


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        (0, AccountFlags.IMPORTED, A.IMPORTED_EVENT_NOT_EXPECTED),
        (AccountFlags.IMPORTED, 0, A.IMPORTED_EVENT_EXPECTED),
        (0, 0, A.TIMESTAMP_MUST_BE_ZERO),
    ],
)
def test_a_batch_of_accounts_is_imported_or_it_is_not(first: int, second: int, status: A) -> None:
    """The same rule for accounts."""
    head = Account(u(50), USD, 1, first, timestamp=2000 if first else 0)

    assert [A.CREATED, status] == open_accounts(world(), head, Account(u(51), USD, 1, second, timestamp=3000))


def test_an_imported_post_may_not_regress() -> None:
    """A post of imported history comes after every transfer."""
    state = world(transfer(50, flags=PENDING))
    event = settle(51, POST | F.IMPORTED, pending_id=u(50), amount=AMOUNT_MAX, timestamp=NOW)

    assert [T.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS] == post(state, event, now=NOW + 9)
    assert [T.CREATED] == post(state, event._replace(timestamp=NOW + 1), now=NOW + 9)


@pytest.mark.parametrize(
    "wrong", [{"amount": -1}, {"code": 2**16}, {"ledger": -1}, {"timeout": 2**32}, {"user_data_64": 2**64}]
)
def test_a_number_that_no_field_holds_is_a_defect(wrong: dict[str, Any]) -> None:
    """The rules are given what the types allow; anything else stops the batch before it starts."""
    with pytest.raises(AssertionError):
        post(world(), transfer(50, **wrong))


def test_every_status_is_asked_for_here() -> None:
    """No status of the contract is left without an example in this file."""
    text = Path(__file__).read_text()
    missing = [one for one in [*T, *A] if f"{'T' if isinstance(one, T) else 'A'}.{one.name}" not in text]

    assert [] == missing
