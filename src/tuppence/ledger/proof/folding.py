"""Balances from entries alone, one entry after another. Pure.

The second computation of what the ledger keeps: whoever has the entries can add them up, and must get the same.
"""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from tuppence.ledger.model import ZERO, Account, AccountFlags, Expiry, Refusal, Transfer, TransferFlags
from tuppence.ledger.proof.entries import Entry
from tuppence.ledger.proof.statement import Total

_OWED = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
_PENDING, _POST = TransferFlags.PENDING, TransferFlags.POST_PENDING_TRANSFER
_ENDS = TransferFlags.POST_PENDING_TRANSFER | TransferFlags.VOID_PENDING_TRANSFER


class Impossible(ValueError):
    """This entry cannot follow those before it; the message says why."""


@dataclass(slots=True)
class Balance:
    """An account as it stands."""

    account: Account
    debits_pending: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    credits_posted: int = 0

    @property
    def figures(self) -> tuple[int, int, int, int]:
        return self.debits_pending, self.debits_posted, self.credits_pending, self.credits_posted


class Fold:
    """Every account's balance so far, what is reserved, and what is owed. Its size is that of the accounts, and of what
    is reserved and owed, however many transfers there were."""

    def __init__(self) -> None:
        self.accounts: dict[UUID, Balance] = {}
        self._reserved: dict[UUID, Transfer] = {}
        self._owed: dict[tuple[UUID, UUID], int] = {}

    def add(self, entry: Entry) -> None:
        """Raises: Impossible."""
        if isinstance(entry, Account):
            if entry.id in self.accounts:
                raise Impossible("an account is opened once")
            self.accounts[entry.id] = Balance(entry)
        elif isinstance(entry, Expiry):
            self._release(entry.id)
        elif isinstance(entry, Refusal):
            pass  # an id is used up, no money moves
        elif entry.flags & _ENDS:
            self._settle(entry)
        else:
            self._move(entry)

    def _move(self, entry: Transfer) -> None:
        debit, credit = self._sides(entry)
        if entry.flags & _PENDING:
            self._reserved[entry.id] = entry
            debit.debits_pending += entry.amount
            credit.credits_pending += entry.amount
        else:
            self._post(debit, credit, entry)

    def _settle(self, entry: Transfer) -> None:
        reserved = self._release(entry.pending_id)
        sides = (reserved.debit_account_id, reserved.credit_account_id)
        if (entry.debit_account_id, entry.credit_account_id) != sides or entry.amount > reserved.amount:
            raise Impossible("it settles otherwise than was reserved")
        if entry.flags & _POST:
            self._post(*self._sides(entry), entry)

    def _release(self, reserved_id: UUID) -> Transfer:
        reserved = self._reserved.pop(reserved_id, None)
        if reserved is None:
            raise Impossible("it ends a reservation that is not there")
        debit, credit = self._sides(reserved)
        debit.debits_pending -= reserved.amount
        credit.credits_pending -= reserved.amount
        return reserved

    def _post(self, debit: Balance, credit: Balance, entry: Transfer) -> None:
        debit.debits_posted += entry.amount
        credit.credits_posted += entry.amount
        self._owe(debit.account, entry.user_data_128, -entry.amount)
        self._owe(credit.account, entry.user_data_128, entry.amount)

    def _owe(self, account: Account, subject: UUID, amount: int) -> None:
        """As `ledger.owed_move` says it: by account where that names somebody, else by what it is about."""
        if not account.flags & _OWED:
            return
        place = (account.id, subject if account.user_data_128 == ZERO else ZERO)
        left = self._owed.pop(place, 0) + amount
        if left:
            self._owed[place] = left

    def _sides(self, entry: Transfer) -> tuple[Balance, Balance]:
        debit, credit = self.accounts.get(entry.debit_account_id), self.accounts.get(entry.credit_account_id)
        if debit is None or credit is None:
            raise Impossible("it names an account that was not opened")
        if not debit.account.ledger == credit.account.ledger == entry.ledger:
            raise Impossible("its accounts are of another ledger")
        return debit, credit

    def totals(self) -> list[Total]:
        """The trial balance by code of the chart; what stands at zero is left out."""
        sums: dict[tuple[int, int, bool], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for one in self.accounts.values():
            held = sums[one.account.ledger, one.account.code, bool(one.account.flags & _OWED)]
            held[:] = [a + b for a, b in zip(held, one.figures, strict=True)]
        return sorted(Total(*key, *figures) for key, figures in sums.items() if any(figures))

    def owed(self) -> dict[int, int]:
        """What is owed to people, by ledger. What is below zero lowers nothing."""
        sums: dict[int, int] = defaultdict(int)
        for (account_id, _), amount in self._owed.items():
            if amount > 0:
                sums[self.accounts[account_id].account.ledger] += amount
        return dict(sums)
