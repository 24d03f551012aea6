"""An author of ledger histories: batches of every sort, made by looking at what has become of the last ones.

So posts find their pending transfers, repeats meet what they repeat, and about one event in six is spoilt somewhere.
"""

from collections.abc import Sequence
from random import Random
from typing import Any
from uuid import UUID

from tuppence.ledger import rules
from tuppence.ledger.filters import AccountFilter, QueryFilter
from tuppence.ledger.model import (
    AMOUNT_MAX,
    ID_MAX,
    NANOSECONDS,
    ZERO,
    Account,
    AccountFlags,
    PendingStatus,
    Transfer,
    TransferFlags,
)

START = 1_700_000_000 * NANOSECONDS
USD, EUR = 840, 978
ACCOUNTS = [UUID(int=n) for n in range(1, 31)]
OPENING = [
    Account(id_, ledger, 1, flags)
    for id_, ledger, flags in zip(ACCOUNTS, (USD,) * 6 + (EUR,) * 2, (0, 0, 8, 10, 4, 12, 0, 2), strict=False)
]
ODD: dict[str, list[Any]] = {
    "id": [ZERO, ID_MAX],
    "debit_account_id": [ZERO, ID_MAX, UUID(int=404), *ACCOUNTS],
    "credit_account_id": [ZERO, ID_MAX, UUID(int=404), *ACCOUNTS],
    "amount": [0, 1, AMOUNT_MAX, AMOUNT_MAX - 20],
    "ledger": [0, USD, EUR],
    "code": [0, 1, 2],
    "flags": [1, 4, 8, 12, 2 | 64, 2 | 128, 64, 16, 256, 512],
    "pending_id": [ZERO, ID_MAX, UUID(int=404)],
    "timeout": [0, 1, 2**32 - 1],
    "user_data_128": [ZERO, ID_MAX],
    "user_data_64": [0, 2**64 - 1],
    "user_data_32": [0, 2**32 - 1],
    "timestamp": [1],
    "reserved": [0, 1],
}

Batch = Sequence[Account] | Sequence[Transfer]


class Author:
    """Writes one history, looking at what has become of it so far."""

    def __init__(self, seed: int, state: rules.State, *, most: int = 12) -> None:
        """`most` transfers make a batch."""
        self.random = Random(seed)
        self.state = state
        self.most = most
        self.now = START
        self.next_id = 1000

    def batch(self) -> Batch:
        self.now += self.random.choice([0, 1, NANOSECONDS // 2, 3 * NANOSECONDS])
        kind = self.random.random()
        if kind < 0.1:
            return [self.account() for _ in range(self.random.randint(1, 4))]
        if kind < 0.2:
            return self.imported()
        if kind < 0.5:  # what can be decided from memory
            return [self.plain() for _ in range(self.random.randint(1, self.most))]
        return [self.transfer() for _ in range(self.random.randint(1, self.most))]

    def account(self) -> Account:
        known = list(self.state.accounts.values())
        if self.random.random() < 0.5:
            event = self.random.choice(known)._replace(
                debits_pending=0, debits_posted=0, credits_pending=0, credits_posted=0, timestamp=0
            )
        else:
            event = Account(self.random.choice(ACCOUNTS), USD, 1, self.random.choice([0, 1, 2, 4, 6, 8, 32, 64]))
        return self.spoilt(event) if self.random.random() < 0.3 else event

    def transfer(self) -> Transfer:
        kind = self.random.random()
        if kind < 0.1 and self.state.transfers:
            event = self.repeat()
        elif kind < 0.15 and self.state.failed:
            event = self.fresh()._replace(id=self.random.choice(sorted(self.state.failed)))
        elif kind < 0.5 and self.state.pending:
            event = self.settling()
        else:
            event = self.fresh()
        if self.random.random() < 0.25:
            event = event._replace(flags=event.flags | TransferFlags.LINKED)
        return self.spoilt(event) if self.random.random() < 0.15 else event

    def plain(self) -> Transfer:
        event = self.fresh()
        if self.random.random() < 0.1:
            event = event._replace(flags=event.flags | TransferFlags.LINKED)
        return self.spoilt(event) if self.random.random() < 0.05 else event

    def fresh(self) -> Transfer:
        usual = [account.id for account in self.state.accounts.values() if account.ledger == USD]
        debit, credit = self.random.sample(usual, 2)
        pending = self.random.random() < 0.5
        flags = TransferFlags.PENDING if pending else 0
        flags |= self.random.choice([0, 0, 0, 0, 16, 32, 48])
        flags |= self.random.choice([0, 0, 0, 0, 0, 0, 0, 64, 128, 192]) if pending else 0
        timeout = self.random.choice([0, 0, 1, 5]) if pending else 0
        amount = self.random.choice([self.random.randint(0, 50), self.random.randint(0, 50), AMOUNT_MAX - 10])
        return Transfer(self.new_id(), debit, credit, amount, USD, 1, flags, timeout=timeout, **self.user_data())

    def settling(self) -> Transfer:
        waiting = [id_ for id_, status in self.state.pending.items() if status is PendingStatus.PENDING]
        pool = waiting if waiting and self.random.random() < 0.8 else list(self.state.pending)
        pending = self.state.transfers[self.random.choice(pool)]
        flags = self.random.choice([TransferFlags.POST_PENDING_TRANSFER, TransferFlags.VOID_PENDING_TRANSFER])
        amounts = [AMOUNT_MAX, pending.amount, pending.amount // 2] if flags == 4 else [0, pending.amount]
        event = Transfer(
            self.new_id(), amount=self.random.choice(amounts), flags=flags, pending_id=pending.id, **self.user_data()
        )
        if self.random.random() < 0.3:
            event = event._replace(debit_account_id=pending.debit_account_id, ledger=pending.ledger)
        return event

    def repeat(self) -> Transfer:
        known = self.random.choice(list(self.state.transfers.values()))._replace(timestamp=0)
        if known.pending_id != ZERO and self.random.random() < 0.5:
            known = known._replace(debit_account_id=ZERO, credit_account_id=ZERO, ledger=0, code=0)
        return self.spoilt(known) if self.random.random() < 0.6 else known

    def imported(self) -> Batch:
        """Either kind, mostly from a past that nothing of the kind has reached yet."""
        newest = max(self.state.newest_account, self.state.newest_transfer)
        if self.random.random() < 0.3:
            accounts = [self.account() for _ in range(3)]
            return [self.in_the_past(one, newest + k, AccountFlags.IMPORTED) for k, one in enumerate(accounts, 1)]
        transfers = [self.transfer() for _ in range(self.random.randint(1, 5))]
        return [self.in_the_past(one, newest + k, TransferFlags.IMPORTED) for k, one in enumerate(transfers, 1)]

    def in_the_past(self, event: Any, usual: int, flag: int) -> Any:
        account, transfer = self.state.newest_account, self.state.newest_transfer
        time = self.random.choice([usual] * 8 + [account, transfer, transfer + 1, 0, self.now, self.now + 9, 5])
        if isinstance(event, Transfer) and self.random.random() < 0.2:  # perhaps before its account was opened
            event, time = event._replace(credit_account_id=list(self.state.accounts)[-1]), transfer + 1
        flags = event.flags | (flag if self.random.random() < 0.95 else 0)
        return event._replace(flags=flags, timestamp=time)

    def spoilt(self, event: Any) -> Any:
        """With another value in one field."""
        field = self.random.choice([name for name in event._fields if name in ODD])
        odd = [*ODD[field], event.id, *self.state.transfers] if field == "pending_id" else ODD[field]
        return event._replace(**{field: self.random.choice(odd)})

    def account_filter(self) -> AccountFilter:
        """A question about one account, sometimes an invalid one."""
        return AccountFilter(
            self.random.choice(ACCOUNTS), **self.predicates(), flags=self.random.choice([*range(8), 8])
        )

    def query_filter(self) -> QueryFilter:
        """A question about everything, sometimes an invalid one."""
        ledger, flags = self.random.choice([0, USD, EUR]), self.random.choice([0, 0, 1, 1, 2])
        return QueryFilter(**self.predicates(), ledger=ledger, flags=flags)

    def predicates(self) -> dict[str, Any]:
        times = [0, 0, 0, 1, START, self.now, 2**63 - 1, 2**63]
        usual = {"user_data_64": 2**63, "user_data_32": 3, "code": self.random.choice([1, 2])}
        given: dict[str, Any] = {name: value for name, value in usual.items() if self.random.random() < 0.2}
        ends = {"timestamp_min": self.random.choice(times), "timestamp_max": self.random.choice(times)}
        return given | ends | {"limit": self.random.choice([0, 1, 5, 100, 8189])}

    def user_data(self) -> dict[str, Any]:
        if self.random.random() < 0.7:
            return {}
        return {"user_data_128": UUID(int=7), "user_data_64": 2**63, "user_data_32": 3}

    def new_id(self) -> UUID:
        self.next_id += 1
        return UUID(int=self.next_id)

    @property
    def ids(self) -> list[UUID]:
        """Every transfer id that it has used."""
        return [UUID(int=n) for n in range(1000, self.next_id + 1)]
