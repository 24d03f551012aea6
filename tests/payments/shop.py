"""A business that sells to Ann, on the house of these tests; the bank does as it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from tests.payments.conftest import House

from tuppence import ledger
from tuppence.core import uuid7
from tuppence.ledger import chart
from tuppence.outbox import Handler
from tuppence.payments import charges
from tuppence.payments.charges import Charge, Charged, Refund, Refunded, Share
from tuppence.payments.charges.check import check
from tuppence.payments.sends.model import Answer, Recorded

NO_CARD = UUID(int=0)


@dataclass
class Shop:
    """Blue Fox Games: of each sale it is owed most, and the house keeps a fee."""

    house: House
    business: UUID = field(default_factory=uuid7)
    card: UUID = NO_CARD
    heard: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    async def open(self) -> "Shop":
        accounts = [chart.personal_account(name, self.business, "USD") for name in ("dev_payable", "dev_reserve")]
        await self.house.do(ledger.create_accounts, accounts)
        self.card = await self.house.add_card(self.house.ann, "ann's other")
        kinds = ("games.charge_changed", "games.refund_changed", "games.dispute_changed")
        self.house.handlers = {**self.house.handlers, **{kind: self._hear(kind) for kind in kinds}}
        self.charging = partial(charges.charge, policy=self.house.policy)
        self.refunding = partial(charges.refund, policy=self.house.policy)
        self.recording = partial(charges.record, policy=self.house.policy)
        return self

    def _hear(self, kind: str) -> Handler:
        async def hear(jobs: Any) -> list[None]:
            self.heard += [(kind, job.payload) for job in jobs]
            return [None for _ in jobs]

        return hear

    @property
    def payable(self) -> UUID:
        return chart.personal("dev_payable", self.business, "USD")

    @property
    def reserve(self) -> UUID:
        return chart.personal("dev_reserve", self.business, "USD")

    @property
    def income(self) -> UUID:
        return chart.house("fee_income", "USD")

    def ask(self, amount_minor: int = 999, **changes: Any) -> Charge:
        """A sale: a tenth of it is the house's."""
        fee = amount_minor // 10
        asked: dict[str, Any] = {
            "id": uuid7(),
            "owner": "games",
            "subject_id": uuid7(),
            "business_id": self.business,
            "payer_id": self.house.ann,
            "card_id": self.card,
            "bank_id": None,
            "amount_minor": amount_minor,
            "currency": "USD",
            "shares": [Share(self.payable, amount_minor - fee), Share(self.income, fee)],
            "says": "Blue Fox Games",
        }
        return Charge(**asked | changes)

    async def charge(self, amount_minor: int = 999, **changes: Any) -> UUID:
        """Sell, and let the worker see to it."""
        charged = await self.house.together(self.charging, self.ask(amount_minor, **changes))
        await self.house.work()
        return charged.id

    async def refund(self, charge_id: UUID, amount_minor: int, **changes: Any) -> Refunded:
        """Give some of it back, out of what the business is owed."""
        asked: dict[str, Any] = {
            "id": uuid7(),
            "charge_id": charge_id,
            "shares": [Share(self.payable, amount_minor)],
            "reason": "requested",
        }
        refunded: Refunded = await self.house.together(self.refunding, Refund(**asked | changes))
        await self.house.work()
        return refunded

    async def see(self, charge_id: UUID) -> Charged:
        async with self.house.database.transaction() as tx:
            return (await charges.charges(tx, [charge_id]))[charge_id]

    async def see_refund(self, refund_id: UUID) -> Refunded:
        async with self.house.database.transaction() as tx:
            return (await charges.refunds(tx, [refund_id]))[refund_id]

    async def tell(self, attempt_id: UUID, state: str, **more: Any) -> None:
        """A rail says something of an attempt."""
        await self.house.together(self.recording, Recorded(attempt_id, Answer(state, **more)))

    async def broken(self) -> list[Any]:
        async with self.house.database.transaction(read_only=True, isolation="repeatable read") as tx:
            return await check(tx)
