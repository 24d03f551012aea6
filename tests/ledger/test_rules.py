"""The pure state machine: what events do, batches, chains, used-up ids and imported history."""

from typing import Any

import pytest
from tests.ledger.worlds import (
    LINKED,
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
    NANOSECONDS,
    TIMESTAMP_MAX,
    Account,
    AccountBalance,
    AccountFlags,
    Expiry,
    PendingStatus,
    Refusal,
    Transfer,
)
from tuppence.ledger.statuses import TRANSIENT
from tuppence.ledger.statuses import CreateAccountStatus as A
from tuppence.ledger.statuses import CreateTransferStatus as T


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


def test_a_crowd_lapses_a_batch_at_a_time() -> None:
    """As many go at once as a batch may hold, the first to lapse first; the rest with the next."""
    held = [
        transfer(100 + n, amount=1, flags=PENDING, timeout=1 + n % 2) for n in range(rules.EXPIRED_AT_ONCE_MOST + 2)
    ]
    state = rules.State([account(1), account(2)], last=1000)
    assert {T.CREATED} == {status for one in held for status in post(state, one)}
    at = NOW + 9 * NANOSECONDS
    rules.expire(state, at)

    assert 2 == balances(state, 1)[0]
    assert [held[-4].id, held[-2].id] == [id_ for id_, one in state.pending.items() if one is PendingStatus.PENDING]
    rules.expire(state, at)
    assert 0 == balances(state, 1)[0]


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
    assert ([], [], [Refusal(u(55), state.last)], []) == state.take()


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
    assert [u(50)] == [one.id for one in state.take().failed]


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


def test_an_imported_transfer_may_not_have_the_time_of_an_expiry() -> None:
    """What lapsed is an entry of history too, and no two entries share a time."""
    state = world(transfer(50, flags=PENDING, timeout=2))
    at = NOW + 2 * NANOSECONDS
    rules.expire(state, at)
    events = [transfer(n, flags=F.IMPORTED, timestamp=time) for n, time in ((51, at), (52, at + 1))]

    assert [T.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS, T.CREATED] == post(state, *events, now=at + 9)


def test_an_imported_post_asks_the_batchs_time_whether_the_reservation_lapsed() -> None:
    """A post that says it was done in time is still refused if the ledger has passed that time."""
    held = transfer(50, flags=PENDING, timeout=2)
    event = settle(51, POST | F.IMPORTED, pending_id=u(50), amount=AMOUNT_MAX, timestamp=NOW + NANOSECONDS)

    assert [T.PENDING_TRANSFER_EXPIRED] == post(world(held), event, now=NOW + 2 * NANOSECONDS)
    assert [T.CREATED] == post(world(held), event, now=NOW + 2 * NANOSECONDS - 1)


@pytest.mark.parametrize(
    "wrong", [{"amount": -1}, {"code": 2**16}, {"ledger": -1}, {"timeout": 2**32}, {"user_data_64": 2**64}]
)
def test_a_number_that_no_field_holds_is_a_defect(wrong: dict[str, Any]) -> None:
    """The rules are given what the types allow; anything else stops the batch before it starts."""
    with pytest.raises(AssertionError):
        post(world(), transfer(50, **wrong))
