"""A house with friends, cards, a worker and a bank that does as it is told."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from tuppence import ledger, outbox, payments, people
from tuppence.core import Failure, Policy, uuid7
from tuppence.db import Database, GroupCommit, Tx, in_transaction
from tuppence.outbox import Worker
from tuppence.payments.cards import Adopt, Described
from tuppence.payments.sends.check import check
from tuppence.payments.sends.model import Verb
from tuppence.people.hashing import Pepper
from tuppence.rails.card import CardFacts, Told, Use

PASSWORD = "correct horse battery"
PEPPER = Pepper(b"p" * 32)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Bank:
    """The vault's client as sending sees it, with a fate for each token: accept, or a decline code, or `silent`."""

    fates: dict[str, str] = field(default_factory=dict)
    known: dict[UUID, Told] = field(default_factory=dict)
    asked: list[Use] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    refreshed: list[str] = field(default_factory=list)
    dated: dict[str, CardFacts] = field(default_factory=dict)  # what the account updater knows, by token
    before: Callable[[], Awaitable[None]] | None = None

    async def use(self, asks: Sequence[Use]) -> list[Told]:
        return [told async for told in self.use_each(asks)]

    async def use_each(self, asks: Sequence[Use]) -> AsyncIterator[Told]:
        for ask in asks:
            assert not in_transaction(), "a rail was called with a transaction open"
            if self.before:
                await self.before()
            yield self._use(ask)

    def _use(self, ask: Use) -> Told:
        if ask.id not in self.known:
            self.asked.append(ask)
            self.known[ask.id] = self._told(ask)
        return self.known[ask.id]

    def _told(self, ask: Use) -> Told:
        fate = self.fates.get(f"{ask.kind} {ask.token}", self.fates.get(ask.token, "accept"))
        if fate == "accept":
            return Told(ask.id, "accepted", approval="A12345", trace="T67890", fast_funds=False)
        states = {"silent": "unknown", "reversed": "reversed"}
        return Told(ask.id, states[fate]) if fate in states else Told(ask.id, "declined", decline_code=fate)

    async def inquire(self, ids: Sequence[UUID]) -> list[Told]:
        assert not in_transaction(), "a rail was called with a transaction open"
        return [self.known.get(one, Told(one, "refused")) for one in ids]

    async def delete(self, tokens: Sequence[str]) -> None:
        assert not in_transaction(), "a rail was called with a transaction open"
        self.deleted += tokens

    async def refresh(self, tokens: Sequence[str]) -> list[CardFacts | None]:
        assert not in_transaction(), "a rail was called with a transaction open"
        self.refreshed += tokens
        return [self.dated.get(token) for token in tokens]

    def moved(self, kind: str) -> list[UUID]:
        """The payments whose money really moved this way."""
        return [one.payment_id for one in self.asked if one.kind == kind and self.known[one.id].state == "accepted"]


@dataclass
class House:
    """Everything that a story needs."""

    database: Database
    together: GroupCommit
    bank: Bank
    policy: Policy
    ann: UUID
    bo: UUID

    async def send(self, **changes: Any) -> payments.View:
        """Ann sends Bo $20."""
        return await self.together(self.sending, self.ask(**changes))

    def __post_init__(self) -> None:
        self.sending = partial(payments.send, policy=self.policy)
        self.acting = partial(payments.act, policy=self.policy)
        handlers = payments.jobs.handlers(self.database, self.together, self.bank, self.policy)
        self.handlers = handlers

    def ask(self, **changes: Any) -> payments.Send:
        asked: dict[str, Any] = {
            "id": uuid7(),
            "payer": self.ann,
            "payee": self.bo,
            "amount_minor": 2_000,
            "currency": self.policy.currency,
            "note": "lunch",
            "card_id": None,
            "session_id": UUID(int=9),
            "device_since": LONG_AGO,
            "duplicate_ok": True,
        }
        return payments.Send(**asked | changes)

    async def act(self, payment: payments.View, person: UUID, verb: Verb) -> payments.View:
        return await self.together(self.acting, payments.Act(UUID(payment["id"]), person, verb))

    async def do(self, verb: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        """Run a verb in a transaction of its own; a batch of one gives its one result."""
        async with self.database.transaction() as tx:
            results = await verb(tx, *args, **kwargs)
        if isinstance(results, list) and len(results) == 1:
            if isinstance(results[0], Failure):
                raise results[0]
            return results[0]
        return results

    async def see(self, payment: payments.View, person: UUID) -> payments.View:
        async with self.database.transaction() as tx:
            return await payments.access_payment(tx, person, UUID(payment["id"]), policy=self.policy)

    async def work(self, *, after: timedelta = timedelta()) -> None:
        """Let business time pass, then let the worker do all that is due."""
        if after:
            now = await self.do(outbox.now)
            await self.do(outbox.move_clock, [now + after])
        await Worker(self.database, self.handlers).run(until_idle=True)

    async def work_off_undo(self) -> None:
        """Let undo windows end and what follows happen."""
        await self.work(after=timedelta(seconds=6))

    async def until(self, at: str) -> None:
        """Let business time pass to just after an instant, and the worker do what falls due on the way."""
        now = await self.do(outbox.now)
        await self.work(after=datetime.fromisoformat(at) - now + timedelta(seconds=2))

    async def send_to_cardless(self, **changes: Any) -> payments.View:
        """Bob has no card that receives; the payment waits for him."""
        for card in await self.cards(self.bo):
            await self.do(payments.cards.remove, [payments.cards.Remove(UUID(card["id"]), self.bo)])
        sent = await self.send(**changes)
        await self.work(after=timedelta(seconds=6))
        return sent

    async def prove(self, payment: payments.View) -> payments.View:
        """Ann signs in and types her PIN for this payment."""
        entrance = people.Entrance(self.database, PEPPER, self.policy.pin)
        async with self.database.transaction() as tx:
            (signed,) = await people.open_sessions(tx, [people.OpenSession(self.ann, people.Device("phone", "bearer"))])
        await entrance.set_pin(people.SetPin(self.ann, "270591", PASSWORD))
        proof = people.Proof(self.ann, signed.session.id, UUID(payment["id"]), payments.proof_digest(payment))
        await entrance.prove(proof, "270591")
        ask = payments.StepUp(UUID(payment["id"]), self.ann, signed.session.id)
        proven: payments.View = await self.do(payments.step_up, [ask], policy=self.policy)
        return proven

    async def prove_without_pin(self, payment: payments.View) -> None:
        await self.do(payments.step_up, [payments.StepUp(UUID(payment["id"]), self.ann, uuid7())], policy=self.policy)

    async def snapshot(self, person: UUID) -> dict[str, payments.View]:
        async with self.database.transaction() as tx:
            return {one["id"]: one for one in await payments.snapshot(tx, person, policy=self.policy)}

    async def page(self, person: UUID, **how: Any) -> payments.Page:
        async with self.database.transaction() as tx:
            return await payments.list_payments(tx, person, policy=self.policy, **how)

    async def balances(self) -> dict[str, int]:
        """Accounts that are not at zero: debits less credits, posted."""
        async with self.database.transaction() as tx:
            return {line.name: line.posted_minor for line in await ledger.trial_balance(tx) if line.posted_minor}

    async def used(self) -> dict[str, int]:
        """What of Ann's windows is used."""
        async with self.database.transaction() as tx:
            seen = await payments.access_limits(tx, self.ann, policy=self.policy)
        return {one["name"]: one["used_minor"] for one in seen["windows"]}

    async def quote(self, amount_minor: int) -> dict[str, Any]:
        ask = payments.Quote(self.ann, self.bo, amount_minor, self.policy.currency, LONG_AGO)
        async with self.database.transaction() as tx:
            return await payments.quote(tx, ask, policy=self.policy)

    async def cards(self, person: UUID) -> list[dict[str, Any]]:
        async with self.database.transaction() as tx:
            return await payments.cards.access_cards(tx, person)

    async def feed(self, person: UUID, kind: str) -> list[dict[str, Any]]:
        """What a person was told of a kind, oldest first."""
        found = await self.do(outbox.read_feed, person, 0, 10_000)
        return [entry.payload for entry in found.entries if entry.kind == kind]

    async def add_card(self, person: UUID, name: str, **changes: Any) -> UUID:
        """A card whose token is its name."""
        told: dict[str, Any] = {
            "token": name,
            "person_id": person,
            "brand": "visa",
            "funding": "debit",
            "last4": "4242",
            "exp_month": 12,
            "exp_year": 2040,
            "bank": "First Bank",
            "can_fund": True,
            "can_receive": True,
            "fast_funds": False,
            "fingerprint": name,
            "kept": True,
        }
        described = Described(**told | changes)
        adopt = Adopt(uuid7(), person, described)
        await self.do(payments.cards.adopt, [adopt], policy=self.policy)
        return adopt.id


@pytest.fixture
def policy() -> Policy:
    """The house's own, but nobody is asked for a PIN merely because they pay somebody for the first time."""
    policy = Policy.load()
    return replace(policy, step_up=replace(policy.step_up, new_payee=False))


def in_euros(policy: Policy) -> Policy:
    """The same house in Europe."""
    return replace(policy, currency="EUR", bank=replace(policy.bank, debits=False))


@pytest.fixture(scope="session")
async def password_hash() -> str:
    """PASSWORD, hashed once."""
    return await people.hash_password(PASSWORD)


@pytest.fixture
async def house(database: Database, policy: Policy, password_hash: str) -> AsyncIterator[House]:
    """Ann and Bo are friends; each has a card. After the test every payment's money is where its state says."""
    ann, bo = uuid7(), uuid7()
    async with database.transaction() as tx:
        await ledger.open_house(tx, policy.currency)
        await befriend(tx, {ann: "ann", bo: "bob"}, password_hash)
    house = House(database, GroupCommit(database), Bank(), policy, ann, bo)
    await house.add_card(ann, "ann's")
    await house.add_card(bo, "bob's")
    yield house
    async with database.transaction(read_only=True, isolation="repeatable read") as tx:
        assert await check(tx, policy=policy) == []


async def befriend(tx: Tx, names: dict[UUID, str], password_hash: str = "-") -> None:
    """Sign people up, and make each pair of neighbours friends."""
    asks = [people.SignUp(person, name, name.title(), "en", password_hash) for person, name in names.items()]
    signed = await people.sign_up(tx, asks)
    assert not any(isinstance(one, Failure) for one in signed), signed
    known = list(names)
    for one, other in zip(known[::2], known[1::2], strict=True):
        request = people.AskFriend(uuid7(), one, names[other])
        await people.ask_friend(tx, [request])
        await people.answer_friend(tx, [people.AnswerFriend(request.id, other, accept=True)])
