"""The ledger as a pure state machine: rows that a batch names, and the batch, give results and what to write.

Every event is checked in the order that docs/design/ledger.md gives, refusals first; then it is applied to the state,
so that the next event of the batch sees it. A chain that breaks is taken back whole.
Source: TigerBeetle 0.17, order of evaluation of create_accounts and create_transfers.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from tuppence.ledger.model import (
    AMOUNT_MAX,
    ID_MAX,
    TRANSIENT,
    ZERO,
    Account,
    AccountFlags,
    AccountResult,
    AccountStatus,
    PendingStatus,
    Transfer,
    TransferFlags,
    TransferResult,
    TransferStatus,
)

NANOSECONDS = 1_000_000_000

_LINKED = int(TransferFlags.LINKED)
_PENDING = int(TransferFlags.PENDING)
_POST = int(TransferFlags.POST_PENDING)
_VOID = int(TransferFlags.VOID_PENDING)
_TRANSFER_FLAGS = _LINKED | _PENDING | _POST | _VOID
_DEBITS_LIMITED = int(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)
_CREDITS_LIMITED = int(AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS)
_ACCOUNT_FLAGS = int(AccountFlags.LINKED) | _DEBITS_LIMITED | _CREDITS_LIMITED


class Book:
    """The rows that a batch can touch, and what the batch adds to them."""

    def __init__(
        self,
        accounts: Iterable[Account] = (),
        transfers: Iterable[Transfer] = (),
        pending: dict[UUID, PendingStatus] | None = None,
        failed: Iterable[UUID] = (),
    ) -> None:
        self.accounts = {account.id: account for account in accounts}
        self.transfers = {transfer.id: transfer for transfer in transfers}
        self.pending = dict(pending or {})
        self.failed = set(failed)
        self.new_accounts: list[Account] = []
        self.new_transfers: list[Transfer] = []
        self.new_failed: list[UUID] = []
        self._undo: list[Callable[[], object]] | None = None

    def create_accounts(self, events: Sequence[Account], batch_timestamp: int) -> list[AccountResult]:
        """Event k of n is stamped `batch_timestamp - n + k + 1`, whether or not it succeeds."""
        statuses = self._chains(events, batch_timestamp, self._account, AccountStatus)
        return [AccountResult(AccountStatus(status), at) for status, at in statuses]

    def create_transfers(self, events: Sequence[Transfer], batch_timestamp: int) -> list[TransferResult]:
        """Event k of n is stamped `batch_timestamp - n + k + 1`; an `exists` carries the first one's timestamp."""
        statuses = self._chains(events, batch_timestamp, self._transfer, TransferStatus)
        return [TransferResult(TransferStatus(status), at) for status, at in statuses]

    # - chains -------------------------------------------------------------------------------------------------------

    def _chains(
        self,
        events: Sequence["E"],
        batch_timestamp: int,
        evaluate: Callable[["E", int], tuple[int, int]],
        status: type[AccountStatus] | type[TransferStatus],
    ) -> list[tuple[int, int]]:
        results: list[tuple[int, int]] = []
        code: int
        chain_from: int | None = None
        broken = False
        for k, event in enumerate(events):
            at = batch_timestamp - len(events) + k + 1
            linked = bool(event.flags & _LINKED)
            if linked and chain_from is None:
                chain_from, broken, self._undo = k, False, []
            if linked and k == len(events) - 1:
                code, at = status.LINKED_EVENT_CHAIN_OPEN, at
            elif broken:
                code = status.LINKED_EVENT_FAILED
            elif event.timestamp:
                code = status.TIMESTAMP_MUST_BE_ZERO
            else:
                code, at = evaluate(event, at)
            results.append((code, at))
            if code != status.CREATED and chain_from is not None and not broken:
                broken = True
                self._take_back()
                results[chain_from:k] = [(status.LINKED_EVENT_FAILED, stamp) for _, stamp in results[chain_from:k]]
            if not linked:
                chain_from, broken, self._undo = None, False, None
        return results

    def _take_back(self) -> None:
        """Undo what the open chain did, last first. Poisoned ids stay poisoned."""
        for undo in reversed(self._undo or []):
            undo()
        self._undo = []

    def _remember(self, undo: Callable[[], object]) -> None:
        if self._undo is not None:
            self._undo.append(undo)

    # - accounts -----------------------------------------------------------------------------------------------------

    def _account(self, event: Account, at: int) -> tuple[int, int]:
        known = self.accounts.get(event.id)
        code = refuse_account(event, known)
        if code is AccountStatus.EXISTS and known is not None:
            return code, known.timestamp
        if code is not None:
            return code, at
        account = event._replace(timestamp=at)
        self.accounts[account.id] = account
        self.new_accounts.append(account)
        self._remember(lambda: (self.accounts.pop(account.id), self.new_accounts.pop()))
        return AccountStatus.CREATED, at

    # - transfers ----------------------------------------------------------------------------------------------------

    def _transfer(self, event: Transfer, at: int) -> tuple[int, int]:
        code = self._refuse_before(event)
        if code is TransferStatus.EXISTS:
            return code, self.transfers[event.id].timestamp
        if code is None:
            code = self._settle(event, at) if event.flags & (_POST | _VOID) else self._move(event, at)
        if code in TRANSIENT and event.id not in self.failed:
            self.failed.add(event.id)
            self.new_failed.append(event.id)
        return code, at

    def _refuse_before(self, event: Transfer) -> TransferStatus | None:
        """What an event's own id and flags decide, before any account is looked at."""
        if event.flags & ~_TRANSFER_FLAGS:
            return TransferStatus.RESERVED_FLAG
        if event.id == ZERO:
            return TransferStatus.ID_MUST_NOT_BE_ZERO
        if event.id == ID_MAX:
            return TransferStatus.ID_MUST_NOT_BE_INT_MAX
        if event.id in self.transfers:
            known = self.transfers[event.id]
            return compare(event, known, self.transfers.get(known.pending_id))
        if event.id in self.failed:
            return TransferStatus.ID_ALREADY_FAILED
        return None

    def _move(self, event: Transfer, at: int) -> TransferStatus:
        """A plain or a pending transfer."""
        code = refuse_shape(event)
        if code is not None:
            return code
        debit, credit = self.accounts.get(event.debit_account_id), self.accounts.get(event.credit_account_id)
        if debit is None:
            return TransferStatus.DEBIT_ACCOUNT_NOT_FOUND
        if credit is None:
            return TransferStatus.CREDIT_ACCOUNT_NOT_FOUND
        code = refuse_between(event, debit, credit, at)
        if code is not None:
            return code
        pending = bool(event.flags & _PENDING)
        self._keep(event._replace(timestamp=at))
        if pending:
            self._mark(event.id, PendingStatus.PENDING)
        amount = event.amount
        self._shift(debit.id, credit.id, pending=amount if pending else 0, posted=0 if pending else amount)
        return TransferStatus.CREATED

    def _settle(self, event: Transfer, at: int) -> TransferStatus:
        """Post or void a pending transfer."""
        code = refuse_settling_shape(event)
        if code is not None:
            return code
        pending = self.transfers.get(event.pending_id)
        if pending is None:
            return TransferStatus.PENDING_TRANSFER_NOT_FOUND
        code = refuse_settling(event, pending, self.pending.get(pending.id), at)
        if code is not None:
            return code
        settled = inherit(event, pending)._replace(timestamp=at)
        void = bool(event.flags & _VOID)
        self._keep(settled)
        self._mark(pending.id, PendingStatus.VOIDED if void else PendingStatus.POSTED)
        self._shift(
            pending.debit_account_id,
            pending.credit_account_id,
            pending=-pending.amount,
            posted=0 if void else settled.amount,
        )
        return TransferStatus.CREATED

    # - applying -----------------------------------------------------------------------------------------------------

    def _keep(self, transfer: Transfer) -> None:
        self.transfers[transfer.id] = transfer
        self.new_transfers.append(transfer)
        self._remember(lambda: (self.transfers.pop(transfer.id), self.new_transfers.pop()))

    def _mark(self, transfer: UUID, status: PendingStatus) -> None:
        before = self.pending.get(transfer)
        self.pending[transfer] = status
        self._remember(
            lambda: self.pending.pop(transfer) if before is None else self.pending.update({transfer: before})
        )

    def _shift(self, debit_id: UUID, credit_id: UUID, *, pending: int, posted: int) -> None:
        debit, credit = self.accounts[debit_id], self.accounts[credit_id]
        self._remember(lambda: self.accounts.update({debit_id: debit, credit_id: credit}))
        self.accounts[debit_id] = debit._replace(
            debits_pending=debit.debits_pending + pending, debits_posted=debit.debits_posted + posted
        )
        self.accounts[credit_id] = credit._replace(
            credits_pending=credit.credits_pending + pending, credits_posted=credit.credits_posted + posted
        )


E = TypeVar("E", Account, Transfer)


def refuse_account(event: Account, known: Account | None) -> AccountStatus | None:
    """Why an account may not be made, or None."""
    if event.flags & ~_ACCOUNT_FLAGS:
        return AccountStatus.RESERVED_FLAG
    if event.id == ZERO:
        return AccountStatus.ID_MUST_NOT_BE_ZERO
    if event.id == ID_MAX:
        return AccountStatus.ID_MUST_NOT_BE_INT_MAX
    if known is not None:
        return _first_difference(event, known, _ACCOUNT_DIFFERENCES) or AccountStatus.EXISTS
    if event.flags & _DEBITS_LIMITED and event.flags & _CREDITS_LIMITED:
        return AccountStatus.FLAGS_ARE_MUTUALLY_EXCLUSIVE
    for name, status in _ACCOUNT_ZEROES:
        if getattr(event, name):
            return status
    if not event.ledger:
        return AccountStatus.LEDGER_MUST_NOT_BE_ZERO
    if not event.code:
        return AccountStatus.CODE_MUST_NOT_BE_ZERO
    return None


def refuse_shape(event: Transfer) -> TransferStatus | None:
    """What a plain or pending transfer's own fields decide."""
    if event.debit_account_id == ZERO:
        return TransferStatus.DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO
    if event.debit_account_id == ID_MAX:
        return TransferStatus.DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX
    if event.credit_account_id == ZERO:
        return TransferStatus.CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO
    if event.credit_account_id == ID_MAX:
        return TransferStatus.CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX
    if event.debit_account_id == event.credit_account_id:
        return TransferStatus.ACCOUNTS_MUST_BE_DIFFERENT
    if event.pending_id != ZERO:
        return TransferStatus.PENDING_ID_MUST_BE_ZERO
    if event.timeout and not event.flags & _PENDING:
        return TransferStatus.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER
    if not event.ledger:
        return TransferStatus.LEDGER_MUST_NOT_BE_ZERO
    if not event.code:
        return TransferStatus.CODE_MUST_NOT_BE_ZERO
    return None


def refuse_between(event: Transfer, debit: Account, credit: Account, at: int) -> TransferStatus | None:
    """What the two accounts decide: currency, overflow, limits. Pending amounts count against a limit, never for it."""
    if debit.ledger != credit.ledger:
        return TransferStatus.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER
    if event.ledger != debit.ledger:
        return TransferStatus.TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS
    amount = event.amount
    debits, credits = debit.debits_pending + debit.debits_posted, credit.credits_pending + credit.credits_posted
    if event.flags & _PENDING:
        if debit.debits_pending + amount > AMOUNT_MAX:
            return TransferStatus.OVERFLOWS_DEBITS_PENDING
        if credit.credits_pending + amount > AMOUNT_MAX:
            return TransferStatus.OVERFLOWS_CREDITS_PENDING
    if debit.debits_posted + amount > AMOUNT_MAX:
        return TransferStatus.OVERFLOWS_DEBITS_POSTED
    if credit.credits_posted + amount > AMOUNT_MAX:
        return TransferStatus.OVERFLOWS_CREDITS_POSTED
    if debits + amount > AMOUNT_MAX:
        return TransferStatus.OVERFLOWS_DEBITS
    if credits + amount > AMOUNT_MAX:
        return TransferStatus.OVERFLOWS_CREDITS
    if at + event.timeout * NANOSECONDS > AMOUNT_MAX:
        return TransferStatus.OVERFLOWS_TIMEOUT
    if debit.flags & _DEBITS_LIMITED and debits + amount > debit.credits_posted:
        return TransferStatus.EXCEEDS_CREDITS
    if credit.flags & _CREDITS_LIMITED and credits + amount > credit.debits_posted:
        return TransferStatus.EXCEEDS_DEBITS
    return None


def refuse_settling_shape(event: Transfer) -> TransferStatus | None:
    """What a post's or a void's own fields decide."""
    if event.flags & _PENDING or event.flags & (_POST | _VOID) == _POST | _VOID:
        return TransferStatus.FLAGS_ARE_MUTUALLY_EXCLUSIVE
    if event.pending_id == ZERO:
        return TransferStatus.PENDING_ID_MUST_NOT_BE_ZERO
    if event.pending_id == ID_MAX:
        return TransferStatus.PENDING_ID_MUST_NOT_BE_INT_MAX
    if event.pending_id == event.id:
        return TransferStatus.PENDING_ID_MUST_BE_DIFFERENT
    if event.timeout:
        return TransferStatus.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER
    return None


def refuse_settling(event: Transfer, pending: Transfer, status: PendingStatus | None, at: int) -> TransferStatus | None:
    """What the pending transfer decides."""
    if not pending.flags & _PENDING:
        return TransferStatus.PENDING_TRANSFER_NOT_PENDING
    for name, difference in _SETTLING_DIFFERENCES:
        given = getattr(event, name)
        if given and given != ZERO and given != getattr(pending, name):
            return difference
    amount = inherit(event, pending).amount
    if amount > pending.amount:
        return TransferStatus.EXCEEDS_PENDING_TRANSFER_AMOUNT
    if event.flags & _VOID and amount < pending.amount:
        return TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT
    if status is PendingStatus.POSTED:
        return TransferStatus.PENDING_TRANSFER_ALREADY_POSTED
    if status is PendingStatus.VOIDED:
        return TransferStatus.PENDING_TRANSFER_ALREADY_VOIDED
    if status is PendingStatus.EXPIRED or (pending.timeout and at >= pending.timestamp + pending.timeout * NANOSECONDS):
        return TransferStatus.PENDING_TRANSFER_EXPIRED
    return None


def inherit(event: Transfer, pending: Transfer) -> Transfer:
    """A post or void as it is stored: what it left empty is the pending transfer's."""
    everything = AMOUNT_MAX if event.flags & _POST else 0
    return event._replace(
        debit_account_id=pending.debit_account_id,
        credit_account_id=pending.credit_account_id,
        amount=pending.amount if event.amount == everything else event.amount,
        ledger=pending.ledger,
        code=pending.code,
        user_data_128=pending.user_data_128 if event.user_data_128 == ZERO else event.user_data_128,
        user_data_64=event.user_data_64 or pending.user_data_64,
        user_data_32=event.user_data_32 or pending.user_data_32,
    )


def compare(event: Transfer, known: Transfer, pending: Transfer | None) -> TransferStatus:
    """`exists`, or the first difference between a repeat and what is stored."""
    if event.flags != known.flags:
        return TransferStatus.EXISTS_WITH_DIFFERENT_FLAGS
    if event.pending_id != known.pending_id:
        return TransferStatus.EXISTS_WITH_DIFFERENT_PENDING_ID
    if event.flags & (_POST | _VOID):
        assert pending is not None
        filled = inherit(event, pending)
        event = filled._replace(
            debit_account_id=event.debit_account_id if event.debit_account_id != ZERO else known.debit_account_id,
            credit_account_id=event.credit_account_id if event.credit_account_id != ZERO else known.credit_account_id,
            ledger=event.ledger or known.ledger,
            code=event.code or known.code,
        )
    return _first_difference(event, known, _TRANSFER_DIFFERENCES) or TransferStatus.EXISTS


_S = TypeVar("_S", AccountStatus, TransferStatus)


def _first_difference(
    one: Account | Transfer, other: Account | Transfer, ordered: tuple[tuple[str, _S], ...]
) -> _S | None:
    return next((status for name, status in ordered if getattr(one, name) != getattr(other, name)), None)


_ACCOUNT_DIFFERENCES = tuple(
    (name, AccountStatus[f"EXISTS_WITH_DIFFERENT_{name.upper()}"])
    for name in ("flags", "user_data_128", "user_data_64", "user_data_32", "ledger", "code")
)
_ACCOUNT_ZEROES = tuple(
    (name, AccountStatus[f"{name.upper()}_MUST_BE_ZERO"])
    for name in ("debits_pending", "debits_posted", "credits_pending", "credits_posted")
)
_TRANSFER_DIFFERENCES = tuple(
    (name, TransferStatus[f"EXISTS_WITH_DIFFERENT_{name.upper()}"])
    for name in (
        "timeout",
        "debit_account_id",
        "credit_account_id",
        "amount",
        "user_data_128",
        "user_data_64",
        "user_data_32",
        "ledger",
        "code",
    )
)
_SETTLING_DIFFERENCES = tuple(
    (name, TransferStatus[f"PENDING_TRANSFER_HAS_DIFFERENT_{name.upper()}"])
    for name in ("debit_account_id", "credit_account_id", "ledger", "code")
)
