"""Batches: time and chains. What one event means is decided in accounts.py, transfers.py and settling.py."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from tuppence.ledger.model import (
    TIMESTAMP_MAX,
    Account,
    AccountFlags,
    AccountResult,
    PendingStatus,
    Transfer,
    TransferFlags,
    TransferResult,
)
from tuppence.ledger.rules.accounts import create_account
from tuppence.ledger.rules.state import State
from tuppence.ledger.rules.transfers import create_transfer
from tuppence.ledger.statuses import CreateAccountStatus, CreateTransferStatus

_LINKED = TransferFlags.LINKED  # an account's is the same bit
EXPIRED_AT_ONCE_MOST = 8189  # Source: TigerBeetle 0.17, a pulse lets as many go as a batch may hold.
_U16, _U32, _U64 = 2**16, 2**32, 2**64

E = TypeVar("E", Account, Transfer)
S = TypeVar("S", CreateAccountStatus, CreateTransferStatus)


def create_accounts(state: State, events: Sequence[Account], now: int) -> list[AccountResult]:
    """Evaluate a batch of accounts; `now` is real time in nanoseconds. Order in, order out."""
    assert all(map(_account_fits, events))
    flag = AccountFlags.IMPORTED
    batch = _Batch(state, events, now, flag, create_account, state.accounts, CreateAccountStatus)
    return [AccountResult(status, timestamp) for status, timestamp in batch.answers(len(events))]


def create_transfers(state: State, events: Sequence[Transfer], now: int) -> list[TransferResult]:
    """Evaluate a batch of transfers; `now` is real time in nanoseconds. Order in, order out."""
    return [TransferResult(status, timestamp) for status, timestamp in _batch(state, events, now).answers(len(events))]


def create_transfers_in_pieces(
    state: State, events: Sequence[Transfer], now: int, size: int
) -> Iterator[list[TransferResult]]:
    """The same batch, about so many events at a time: between two pieces what was decided may be taken and written."""
    batch = _batch(state, events, now)
    while answers := batch.answers(size):
        yield [TransferResult(status, timestamp) for status, timestamp in answers]


def _batch(state: State, events: Sequence[Transfer], now: int) -> "_Batch[Transfer, CreateTransferStatus]":
    assert all(map(_transfer_fits, events))
    flag = TransferFlags.IMPORTED
    return _Batch(state, events, now, flag, create_transfer, state.transfers, CreateTransferStatus)


def expire(state: State, now: int) -> None:
    """Let go of pending transfers whose time is over, the first to lapse first, at most EXPIRED_AT_ONCE_MOST."""
    now = max(now, state.last + 1)
    for k, transfer in enumerate(_due(state, now)):
        state.expire(transfer, now + k)
        state.last = now + k


def _due(state: State, now: int) -> list[Transfer]:
    waiting = [state.transfers[id_] for id_, status in state.pending.items() if status is PendingStatus.PENDING]
    lapsed = [(one.expires_at, one.timestamp, one) for one in waiting if one.timeout and one.expires_at <= now]
    return [transfer for _, _, transfer in sorted(lapsed)[:EXPIRED_AT_ONCE_MOST]]


@dataclass(slots=True)
class _Batch(Generic[E, S]):
    """One batch of either kind on its way through the rules."""

    state: State
    events: Sequence[E]
    now: int
    imported_flag: int
    create: Callable[[State, E, int], S]
    rows: Mapping[UUID, E]
    statuses: type[S]
    ends_at: int = 0
    answered: int = 0

    def __post_init__(self) -> None:
        """Event k of n is stamped `batch timestamp - n + k + 1`, whether or not it succeeds; an imported one brings its
        own time, and one that exists already answers with the first one's."""
        self.ends_at = max(self.now, self.state.last + len(self.events))
        self.state.last = self.ends_at

    def answers(self, size: int) -> list[tuple[S, int]]:
        """Each event's status and timestamp, of so many more events, or of a few beyond where a chain is under way."""
        answers: list[tuple[S, int]] = []
        start = self.answered
        stop = min(start + size, len(self.events))
        while (k := start + len(answers)) < stop:
            answers += self._linked(self._chain(k)) if self.events[k].flags & _LINKED else [self._one(k)]
        self.answered += len(answers)
        return answers

    def _chain(self, start: int) -> range:
        """A linked event, those linked to it, and the one that ends the chain, if the batch does not end first."""
        stop = start
        while stop < len(self.events) - 1 and self.events[stop].flags & _LINKED:
            stop += 1
        return range(start, stop + 1)

    def _linked(self, chain: range) -> list[tuple[S, int]]:
        """All of a chain or nothing of it: the first failure is named, the others say that it failed."""
        self.state.open_scope()
        answers: list[tuple[S, int]] = []
        broken = False
        for k in chain:
            if k == chain[-1] and self._is_open(chain):
                answer = self.statuses.LINKED_EVENT_CHAIN_OPEN, self._time(k)
            elif broken:
                answer = self.statuses.LINKED_EVENT_FAILED, self._time(k)
            else:
                answer = self._one(k)
            if not broken and answer[0] is not self.statuses.CREATED:
                broken = True
                answers = [(self.statuses.LINKED_EVENT_FAILED, timestamp) for _, timestamp in answers]
            answers.append(answer)
        self.state.close_scope(keep=not broken)
        return answers

    def _one(self, k: int) -> tuple[S, int]:
        event = self.events[k]
        refused = self._refuse_time(event)
        if refused:
            return refused, self._time(k)
        at = self._time(k)
        status = self.create(self.state, event, at)
        if status is self.statuses.CREATED:
            return status, event.timestamp or at
        return status, self.rows[event.id].timestamp if status is self.statuses.EXISTS else at

    def _refuse_time(self, event: E) -> S | None:
        """A batch is imported or it is not, as its first event says; only imported events bring their own time."""
        imported = event.flags & self.imported_flag
        if imported != self.events[0].flags & self.imported_flag:
            return self.statuses.IMPORTED_EVENT_NOT_EXPECTED if imported else self.statuses.IMPORTED_EVENT_EXPECTED
        if not imported:
            return self.statuses.TIMESTAMP_MUST_BE_ZERO if event.timestamp else None
        if not 0 < event.timestamp <= TIMESTAMP_MAX:
            return self.statuses.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE
        return self.statuses.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE if event.timestamp >= self.ends_at else None

    def _time(self, k: int) -> int:
        return self.ends_at - len(self.events) + k + 1

    def _is_open(self, chain: range) -> bool:
        """Whether a chain ends only because the batch does."""
        return bool(self.events[chain[-1]].flags & _LINKED)


def _account_fits(account: Account) -> bool:
    """Whether every number is one that its field can hold; if not, the caller is defect."""
    balances_fit = all(balance >= 0 for balance in account[4:8])
    return balances_fit and 0 <= account.reserved < _U32 and _common_fits(account)


def _transfer_fits(transfer: Transfer) -> bool:
    return transfer.amount >= 0 and 0 <= transfer.timeout < _U32 and _common_fits(transfer)


def _common_fits(event: Account | Transfer) -> bool:
    return (
        0 <= event.ledger < _U32
        and 0 <= event.code < _U16
        and 0 <= event.flags < _U16
        and 0 <= event.user_data_64 < _U64
        and 0 <= event.user_data_32 < _U32
        and 0 <= event.timestamp < _U64
    )
