"""Books with something in them: payments that went all ways, some in transit still."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tuppence import ledger
from tuppence.core import uuid7
from tuppence.db import Database
from tuppence.db.embedded import Server, Urls
from tuppence.ledger import Transfer, TransferFlags, chart
from tuppence.ledger.books import state_now
from tuppence.ledger.model import AMOUNT_MAX
from tuppence.ledger.proof.statement import Signed, public_text

CLEARING, TRANSIT, PAYOUT = (chart.house(name, "USD") for name in ("card_clearing", "in_transit", "payout_clearing"))


@dataclass
class Kept:
    """A ledger, its signing key, and payments by how they ended."""

    database: Database
    key: Ed25519PrivateKey
    person: UUID
    payments: dict[str, UUID]

    @property
    def public(self) -> str:
        return public_text(self.key)

    async def move(self, *transfers: Transfer) -> None:
        async with self.database.transaction() as tx:
            results = await ledger.create_transfers(tx, transfers)
        assert {"created"} == {one.status.name.lower() for one in results}, results

    async def pay(self, amount_minor: int, payment: UUID | None = None) -> UUID:
        """Money comes in and stays in transit."""
        payment = payment or uuid7()
        await self.move(Transfer(uuid7(), CLEARING, TRANSIT, amount_minor, 840, 1, user_data_128=payment))
        return payment

    async def hold(self, payment: UUID, amount_minor: int, lapses_after_seconds: int = 0) -> UUID:
        """Reserve it for the payout."""
        held = Transfer(uuid7(), TRANSIT, PAYOUT, amount_minor, 840, 2, user_data_128=payment)
        await self.move(held._replace(flags=TransferFlags.PENDING, timeout=lapses_after_seconds))
        return held.id

    async def settle(self, held: UUID, payment: UUID, flag: int) -> None:
        amount = AMOUNT_MAX if flag == TransferFlags.POST_PENDING_TRANSFER else 0
        await self.move(Transfer(uuid7(), amount=amount, flags=flag, pending_id=held, user_data_128=payment))

    async def state(self, now: datetime | None = None) -> Signed:
        return (await state_now(self.database, self.key, now or datetime.now(UTC))).signed


@pytest.fixture
async def kept(database: Database) -> Kept:
    """A payment delivered, one let go, one lapsed, one parked, one in transit, one refused; nothing sealed yet."""
    person = uuid7()
    kept = Kept(database, Ed25519PrivateKey.generate(), person, {})
    async with database.transaction() as tx:
        await ledger.open_house(tx, "USD")
        await ledger.create_accounts(tx, [chart.personal_account("parked", person, "USD")])
    for name, amount in (("delivered", 2000), ("let go", 1500), ("lapsed", 700), ("parked", 450), ("waiting", 99)):
        kept.payments[name] = await kept.pay(amount)
    payments, post, void = kept.payments, TransferFlags.POST_PENDING_TRANSFER, TransferFlags.VOID_PENDING_TRANSFER
    await kept.settle(await kept.hold(payments["delivered"], 2000), payments["delivered"], post)
    await kept.settle(await kept.hold(payments["let go"], 1500), payments["let go"], void)
    await kept.hold(payments["lapsed"], 700, lapses_after_seconds=1)
    parked = chart.personal("parked", person, "USD")
    await kept.move(Transfer(uuid7(), TRANSIT, parked, 450, 840, 4, user_data_128=payments["parked"]))
    await asyncio.sleep(1.1)
    async with database.transaction() as tx:
        await ledger.expire_transfers(tx)
        too_much = Transfer(uuid7(), parked, TRANSIT, 451, 840, 5)
        (refused,) = await ledger.create_transfers(tx, [too_much])
        assert "EXCEEDS_CREDITS" == refused.status.name
    return kept


@pytest.fixture
async def sealed(kept: Kept) -> Kept:
    """More entries than one kept subtree holds, and two statements over them."""
    await kept.move(*(Transfer(uuid7(), CLEARING, TRANSIT, 1, 840, 1) for _ in range(250)))
    await kept.state()
    await kept.pay(7)
    await kept.state()
    return kept


@pytest.fixture
async def superuser(server: Server, urls: Urls) -> AsyncIterator[Database]:
    name = urls.app.partition("?")[0].rpartition("/")[2]
    database = await Database.open(server.superuser_url.replace("/postgres?", f"/{name}?"), name="superuser")
    yield database
    await database.close()
