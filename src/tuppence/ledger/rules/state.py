"""The rows that a batch can touch, and what the batch has done to them."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from tuppence.ledger.model import (
    Account,
    AccountBalance,
    AccountFlags,
    Expiry,
    PendingStatus,
    Refusal,
    Transfer,
    TransferFlags,
)

_HISTORY = AccountFlags.HISTORY
_CLOSED = AccountFlags.CLOSED
_CLOSING_DEBIT = TransferFlags.CLOSING_DEBIT
_CLOSING_CREDIT = TransferFlags.CLOSING_CREDIT


class Decided(NamedTuple):
    """What is to be written. Balances follow from it, so they are not in it."""

    accounts: list[Account]
    transfers: list[Transfer]
    failed: list[Refusal]
    expired: list[Expiry]


class State:
    """Rows in memory: all of them, or those that a batch names. Either way the rules see no difference.

    A scope takes back what was done in it when its chain breaks: each change notes how to undo itself.
    """

    def __init__(
        self,
        accounts: Iterable[Account] = (),
        transfers: Iterable[Transfer] = (),
        pending: Mapping[UUID, PendingStatus] | None = None,
        failed: Iterable[UUID] = (),
        *,
        last: int = 0,
        account_times: Iterable[int] = (),
        transfer_times: Iterable[int] = (),
        expiry_times: Iterable[int] = (),
    ) -> None:
        """`last` is the newest timestamp given; the `_times` are those of rows that are not here, as far as an
        imported event has to know them."""
        self.accounts = {account.id: account for account in accounts}
        self.transfers = {transfer.id: transfer for transfer in transfers}
        self.pending = dict(pending or {})
        self.failed = set(failed)
        self.balances: list[AccountBalance] = []
        self.last = self._seen = last
        self.account_times = {account.timestamp for account in self.accounts.values()}.union(account_times)
        self.transfer_times = {transfer.timestamp for transfer in self.transfers.values()}.union(transfer_times)
        self.expiry_times = set(expiry_times)
        self.newest_account = max(self.account_times, default=0)
        self.newest_transfer = max(self.transfer_times, default=0)
        self._decided = Decided([], [], [], [])
        self._undo: list[Callable[[], object]] | None = None

    @property
    def decided_count(self) -> int:
        """How many transfers wait to be taken."""
        return len(self._decided.transfers)

    def next_expiry(self) -> int | None:
        """When the first of the pending transfers here lapses, if any does."""
        waiting = (self.transfers[id_] for id_, status in self.pending.items() if status is PendingStatus.PENDING)
        return min((one.expires_at for one in waiting if one.timeout), default=None)

    def take(self, *, more: bool = False) -> Decided:
        """What was decided since the last time. Time that stamped nothing is given again, if the batch is over."""
        decided, self._decided = self._decided, Decided([], [], [], [])
        if any(decided):
            self._seen = self.last
        elif not more:
            self.last = self._seen
        return decided

    def regresses(self, timestamp: int) -> bool:
        """Whether a transfer of this time may not be imported any more: one is newer, or the time is taken."""
        return timestamp <= self.newest_transfer or timestamp in self.account_times or timestamp in self.expiry_times

    # - scopes -------------------------------------------------------------------------------------------------------

    def open_scope(self) -> None:
        assert self._undo is None
        self._undo = []

    def close_scope(self, *, keep: bool) -> None:
        """End a scope; unless it is kept, undo it, last change first. Poisoned ids stay poisoned."""
        assert self._undo is not None
        undo, self._undo = self._undo, None
        if not keep:
            for back in reversed(undo):
                back()

    # - changes ------------------------------------------------------------------------------------------------------

    def add_account(self, account: Account) -> None:
        if self._undo is not None:
            before = self.newest_account
            self._undo.append(lambda: self._drop_account(account, before))
        self.accounts[account.id] = account
        self.account_times.add(account.timestamp)
        self.newest_account = max(self.newest_account, account.timestamp)
        self._decided.accounts.append(account)

    def add_transfer(self, transfer: Transfer) -> None:
        if self._undo is not None:
            before = self.newest_transfer
            self._undo.append(lambda: self._drop_transfer(transfer, before))
        self.transfers[transfer.id] = transfer
        self.transfer_times.add(transfer.timestamp)
        self.newest_transfer = max(self.newest_transfer, transfer.timestamp)
        self._decided.transfers.append(transfer)

    def mark(self, transfer_id: UUID, status: PendingStatus) -> None:
        """Say what has become of a pending transfer."""
        if self._undo is not None:
            before = self.pending.get(transfer_id)
            self._undo.append(lambda: self._unmark(transfer_id, before))
        self.pending[transfer_id] = status

    def poison(self, transfer_id: UUID, at: int) -> None:
        """Use up an id. No scope takes this back."""
        if transfer_id not in self.failed:
            self.failed.add(transfer_id)
            self._decided.failed.append(Refusal(transfer_id, at))

    def expire(self, transfer: Transfer, timestamp: int) -> None:
        """Let go of a pending transfer whose time is over."""
        assert self._undo is None
        self.mark(transfer.id, PendingStatus.EXPIRED)
        self.expiry_times.add(timestamp)
        self._decided.expired.append(Expiry(transfer.id, timestamp))
        self.release(transfer, timestamp, reopen=True)

    def reserve(self, transfer: Transfer, debit: Account, credit: Account) -> None:
        """Move a pending transfer's amount; close what it closes."""
        self._stand(
            transfer.timestamp,
            _with_debits(debit, transfer.amount, 0, _closing(debit.flags, transfer.flags & _CLOSING_DEBIT)),
            _with_credits(credit, transfer.amount, 0, _closing(credit.flags, transfer.flags & _CLOSING_CREDIT)),
        )

    def post(self, transfer: Transfer, debit: Account, credit: Account) -> None:
        """Move a transfer's amount for good."""
        self._stand(
            transfer.timestamp,
            _with_debits(debit, 0, transfer.amount, debit.flags),
            _with_credits(credit, 0, transfer.amount, credit.flags),
        )

    def release(self, pending: Transfer, timestamp: int, *, post: int = 0, reopen: bool = False) -> None:
        """End a pending transfer: all of its amount is let go, and `post` of it moves for good."""
        debit, credit = self.accounts[pending.debit_account_id], self.accounts[pending.credit_account_id]
        debit_flags, credit_flags = debit.flags, credit.flags
        if reopen:
            debit_flags = _opening(debit_flags, pending.flags & _CLOSING_DEBIT)
            credit_flags = _opening(credit_flags, pending.flags & _CLOSING_CREDIT)
        self._stand(
            timestamp,
            _with_debits(debit, -pending.amount, post, debit_flags),
            _with_credits(credit, -pending.amount, post, credit_flags),
        )

    # - inside -------------------------------------------------------------------------------------------------------

    def _stand(self, timestamp: int, debit: Account, credit: Account) -> None:
        """Put both accounts' new rows in place of the old."""
        if self._undo is not None:
            before, known = (self.accounts[debit.id], self.accounts[credit.id]), len(self.balances)
            self._undo.append(lambda: self._stood(before, known))
        self.accounts[debit.id] = debit
        self.accounts[credit.id] = credit
        if (debit.flags | credit.flags) & _HISTORY:
            self.balances += [
                AccountBalance(account.id, *account[4:8], timestamp)
                for account in (debit, credit)
                if account.flags & _HISTORY
            ]

    def _stood(self, before: tuple[Account, Account], known: int) -> None:
        self.accounts.update((account.id, account) for account in before)
        del self.balances[known:]

    def _drop_account(self, account: Account, newest: int) -> None:
        del self.accounts[account.id]
        self.account_times.discard(account.timestamp)
        self.newest_account = newest
        self._decided.accounts.pop()

    def _drop_transfer(self, transfer: Transfer, newest: int) -> None:
        del self.transfers[transfer.id]
        self.transfer_times.discard(transfer.timestamp)
        self.newest_transfer = newest
        self._decided.transfers.pop()

    def _unmark(self, transfer_id: UUID, before: PendingStatus | None) -> None:
        if before is None:
            del self.pending[transfer_id]
        else:
            self.pending[transfer_id] = before


def _with_debits(account: Account, pending: int, posted: int, flags: int) -> Account:
    """The account after a debit. Field by field, since `_replace` would cost more than all the checks together."""
    id_, ledger, code, _, dp, dr, cp, cr, data_128, data_64, data_32, at, zero = account
    return Account._make(
        (id_, ledger, code, flags, dp + pending, dr + posted, cp, cr, data_128, data_64, data_32, at, zero)
    )


def _with_credits(account: Account, pending: int, posted: int, flags: int) -> Account:
    id_, ledger, code, _, dp, dr, cp, cr, data_128, data_64, data_32, at, zero = account
    return Account._make(
        (id_, ledger, code, flags, dp, dr, cp + pending, cr + posted, data_128, data_64, data_32, at, zero)
    )


def _closing(flags: int, closing: int) -> int:
    return flags | _CLOSED if closing else flags


def _opening(flags: int, closed_by_it: int) -> int:
    return flags & ~_CLOSED if closed_by_it else flags
