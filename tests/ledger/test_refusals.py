"""The pure state machine's refusals: every status, and the order in which they are found.

A ladder starts with an event that breaks every rule at once and mends one at a time; each step must name the first
rule still broken. So a ladder proves an order, not only that each status exists.
"""

from typing import Any

import pytest
from tests.ledger.worlds import (
    EUR,
    NOW,
    PENDING,
    POST,
    USD,
    VOID,
    F,
    account,
    open_accounts,
    post,
    settle,
    transfer,
    u,
    world,
)

from tuppence.ledger import rules
from tuppence.ledger.model import (
    AMOUNT_MAX,
    ID_MAX,
    NANOSECONDS,
    TIMESTAMP_MAX,
    ZERO,
    Account,
    AccountFlags,
    Transfer,
)
from tuppence.ledger.statuses import CreateAccountStatus as A
from tuppence.ledger.statuses import CreateTransferStatus as T

Ladder = list[tuple[dict[str, Any], Any]]  # what is mended at this step, and what is found then

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
