"""Rail requests: written and committed, then sent, then recorded. Never sent twice, whoever asks and however often."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from tuppence.core import Failure
from tuppence.db import Database, GroupCommit, Statements, Tx, columns
from tuppence.vault import network, records, rules, traces
from tuppence.vault.alone import Alone
from tuppence.vault.errors import AttemptVoid, CardUnreadable, KeksAway, TooManyUses, VaultLocked
from tuppence.vault.harden import told
from tuppence.vault.keks.keyring import Keyring
from tuppence.vault.limits import Limits
from tuppence.vault.model import Ask, Attempt, StoredCard
from tuppence.vault.network import Financial, Movement, Network, Outcome
from tuppence.vault.rules import Heard
from tuppence.vault.stand_ins import StandIns, standing_in
from tuppence.vault.states import Event, Kind, State
from tuppence.vault.traces import Access, Alarms

SQL = Statements(__package__)
log = structlog.get_logger()

_ASKED = (
    "id",
    "payment_id",
    "kind",
    "token",
    "amount_minor",
    "currency",
    "of_id",
    "stan",
    "sent_at",
    "category",
    "says",
)
_SAID = ("response_code", "decline_code", "approval", "rrn", "trace", "fast_funds", "network_at", "never_seen_since")


@dataclass(frozen=True, slots=True)
class _GivenBack:
    of_id: UUID
    minor: int


@dataclass(frozen=True, slots=True)
class _Held:
    """What requests are built from: cards, sealed, and the debits that refunds name."""

    cards: Mapping[str, StoredCard]
    attempts: Mapping[UUID, Attempt]
    stand_ins: Mapping[str, StoredCard]  # network tokens, by the cards that they stand for

    def sent_for(self, token: str) -> StoredCard:
        """Whose number goes into a request for this card."""
        return self.stand_ins.get(token) or self.cards[token]


Opened = Mapping[str, bytes | Failure]  # numbers by token, or why one is not to be had
Told = tuple[int, Attempt | Failure]  # the place of an ask, and what is known of it


class Attempts:
    """The verbs on attempts. One of these per database: it knows which attempts are under way in this process."""

    def __init__(
        self,
        database: Database,
        keys: Keyring,
        rail: Network,
        *,
        now: Callable[[], datetime],
        to_reverse: asyncio.Event,
        limits: Limits,
        stand_ins: StandIns | None = None,
    ) -> None:
        """`to_reverse` is set whenever a debit was left without answer; without `stand_ins` numbers alone are sent."""
        self._database = database
        self._together = GroupCommit(database)
        self._keys = keys
        self._rail = rail
        self._now = now
        self._alone = Alone()
        self._to_reverse = to_reverse
        self._limits = limits
        self._stand_ins = stand_ins
        self._alarms = Alarms(database, now=now)
        self._under_way: set[asyncio.Task[None]] = set()

    async def use(self, asks: Sequence[Ask], *, caller: str = "worker") -> list[Attempt | Failure]:
        """As `use_each`, to the last, in the order of the asks."""
        told = {place: result async for place, result in self.use_each(asks, caller=caller)}
        return [told[place] for place in range(len(asks))]

    async def use_each(self, asks: Sequence[Ask], *, caller: str = "worker") -> AsyncIterator[Told]:
        """Send what was never asked before, and tell of each ask, named by its place, as soon as its end is known.

        Safe to repeat: an ask with a known id sends nothing. A repeat that comes while the first is under way waits
        for it. A debit that was ever told as unknown is never told as accepted. Whoever stops listening stops nothing.
        """
        told: asyncio.Queue[Told | None] = asyncio.Queue()
        work = asyncio.create_task(self._use(asks, caller, told.put_nowait))
        self._under_way.add(work)
        work.add_done_callback(self._under_way.discard)
        work.add_done_callback(lambda _: told.put_nowait(None))
        while one := await told.get():
            yield one
        work.result()

    async def _use(self, asks: Sequence[Ask], caller: str, tell: Callable[[Told], None]) -> None:
        async with self._alone(ask.id for ask in asks):
            plans, fresh, held = await self._write(asks, caller)
            places: dict[UUID, list[int]] = defaultdict(list)  # of whom nothing was told yet
            for place, (ask, plan) in enumerate(zip(asks, plans, strict=True)):
                if isinstance(plan, Failure):
                    tell((place, plan))
                else:
                    places[ask.id].append(place)

            def tell_of(attempt: Attempt) -> None:
                for place in places.pop(attempt.id):
                    tell((place, attempt))

            async def send(attempt: Attempt) -> None:
                tell_of(await self._send(attempt, held, opened))

            async def look(ids: Sequence[UUID]) -> None:
                for attempt in (await self._settled(ids)).values():
                    tell_of(attempt)

            opened, sent = await self._open(fresh, held), {attempt.id for attempt in fresh}
            await _all([*map(send, fresh), look([one for one in places if one not in sent])])
            await look(list(places))

    async def inquire(self, ids: Sequence[UUID]) -> list[Attempt | Failure]:
        """What is known of each by now; the network is asked about credits that nobody knows the end of.

        An id that was never asked for becomes void: the caller is told that it will never be sent, so it never is.
        """
        async with self._alone(ids):
            known = await self._settled(ids)
            open_ones = [one for one in known.values() if one.state in (State.UNKNOWN, State.NEVER_SEEN)]
            await _all(self._ask_about(one) for one in open_ones)
            known |= await self._read([one.id for one in open_ones])
            await self._void([one for one in ids if one not in known])
        return [known.get(one, AttemptVoid()) for one in ids]

    async def adopt(self) -> None:
        """Attempts in `sent` that nobody here works on were left by a vault that died: nobody heard their answer."""
        async with self._database.transaction(read_only=True) as tx:
            left = await tx.scalars(SQL.unanswered)
        await self._give_up([one for one in left if not self._alone.busy(one)])

    async def acknowledged(self, attempt_id: UUID) -> None:
        """The network acknowledged a debit's reversal: it is dead."""
        await self._record(Heard(attempt_id, Event.ACKNOWLEDGED, self._now()))

    # - mark, call, record --------------------------------------------------------------------------------------------

    async def _write(self, asks: Sequence[Ask], caller: str) -> tuple[list[Ask | Failure | None], list[Attempt], _Held]:
        """Write what is new, committed before anything is sent; the plans in order, what is to be sent, and with what.

        Beside each lies its trace. Locks: the cards named, then the attempts named, each set in order.
        """
        now = self._now()
        ids = [one for ask in asks for one in (ask.id, ask.of_id) if one]
        tokens = [ask.token for ask in asks]
        async with self._database.transaction() as tx:
            await tx.execute(SQL.lock_cards, tokens=tokens)
            attempts = {one.id: one for one in await tx.fetch(SQL.lock_attempts, Attempt, ids=ids)}
            cards = {one.token: one for one in await tx.fetch(SQL.cards, StoredCard, tokens=tokens)}
            facts = rules.UseFacts(
                known=attempts,
                void=frozenset(await tx.scalars(SQL.void, ids=ids)),
                live_tokens=frozenset(token for token, card in cards.items() if card.is_live(now)),
                given_back={one.of_id: one.minor for one in await tx.fetch(SQL.given_back, _GivenBack, ids=ids)},
            )
            plans = [self._braked(plan, cards, caller) for plan in rules.plan_use(asks, facts)]
            fresh = [Attempt.written(plan, self._rail.stamp()) for plan in plans if isinstance(plan, Ask)]
            written = await _insert(tx, fresh, now)
            await traces.note(tx, [Access(now, caller, "use", one.token, one.kind, one.id) for one in written])
            never = [ask.id for ask, plan in zip(asks, plans, strict=True) if isinstance(plan, TooManyUses)]
            await tx.execute(SQL.make_void, ids=never, now=now)
            stand_ins = await standing_in(tx, tokens) if self._stand_ins else {}
            return plans, written, _Held(cards, attempts, stand_ins)

    def _braked(self, plan: Ask | Failure | None, cards: Mapping[str, StoredCard], caller: str) -> Ask | Failure | None:
        """The plan, unless this card, person or caller has had more than its share."""
        if not isinstance(plan, Ask) or plan.kind is Kind.REFUND:
            return plan
        person = str(cards[plan.token].person_id)
        full = self._limits.take(use_card=plan.token, use_person=person, use_caller=caller)
        if full is None:
            return plan
        log.error("too_many_uses", limit=full, caller=caller, attempt_id=str(plan.id))
        return TooManyUses(limit=full)

    async def _open(self, fresh: Sequence[Attempt], held: _Held) -> Opened:
        """The only place where stored numbers are opened to be used: they go into requests and nowhere else."""
        stored = list(dict.fromkeys(one.token for one in fresh if not one.of_id))
        try:
            numbers = await records.unseal(self._keys.keks, [held.sent_for(token).record for token in stored])
        except (KeksAway, VaultLocked) as away:
            return dict.fromkeys(stored, away)
        opened = dict(zip(stored, numbers, strict=True))
        for token, number in opened.items():
            if isinstance(number, CardUnreadable):
                await self._alarms.ring(number.code, number.facts["reason"], token)
        return opened

    async def _send(self, attempt: Attempt, held: _Held, opened: Opened) -> Attempt:
        """Send one and record its answer, or its silence, as soon as that is there; what it is by then."""
        outcome = await self._answer(attempt, held, opened)
        recorded = await self._record(Heard.said(attempt.id, outcome, self._now()))
        if outcome.stand_in_gone and self._stand_ins:  # what was answered is kept, whatever becomes of this
            await self._stand_ins.end(attempt.token)
        return recorded

    async def _answer(self, attempt: Attempt, held: _Held, opened: Opened) -> Outcome:
        number = None if attempt.of_id else opened[attempt.token]
        if isinstance(number, CardUnreadable):
            return Outcome(network.State.DECLINED, decline_code="malfunction")
        if isinstance(number, Failure):
            return Outcome(network.State.NOT_SENT)
        return await self._rail.financial(self._request(attempt, held, number))

    def _request(self, attempt: Attempt, held: _Held, number: bytes | None) -> Financial:
        of = held.attempts[attempt.of_id] if attempt.of_id else None
        card = held.sent_for(attempt.token).opened(number) if number is not None else None
        return Financial(
            attempt_id=attempt.id,
            movement=Movement(attempt.kind),
            amount_minor=attempt.amount_minor,
            currency=attempt.currency,
            stamp=attempt.original.stamp,
            payment_id=attempt.payment_id,
            card=card,
            of=of.original if of else None,
            merchant=(of or attempt).merchant,
        )

    async def _ask_about(self, attempt: Attempt) -> None:
        outcome = await self._rail.inquire(attempt.original)
        await self._record(Heard.said(attempt.id, outcome, self._now()))

    async def _record(self, heard: Heard) -> Attempt:
        attempt = await self._together(record, heard)
        if attempt.state == State.REVERSING:
            self._to_reverse.set()
        return attempt

    # - what is known -------------------------------------------------------------------------------------------------

    async def _settled(self, ids: Sequence[UUID]) -> dict[UUID, Attempt]:
        """Attempts by id, none of them `sent`: the caller holds them, so nobody awaits the answer of one in `sent`.

        Telling such a debit as unknown begins its reversal first, for a later answer could otherwise prove us wrong.
        """
        known = await self._read(ids)
        left = [one.id for one in known.values() if one.state == State.SENT]
        await self._give_up(left)
        return known | await self._read(left)

    async def _give_up(self, ids: Sequence[UUID]) -> None:
        await asyncio.gather(*(self._record(Heard(one, Event.NO_ANSWER, self._now())) for one in ids))

    async def _void(self, ids: Sequence[UUID]) -> None:
        if ids:
            async with self._database.transaction() as tx:
                await tx.execute(SQL.make_void, ids=list(ids), now=self._now())

    async def _read(self, ids: Sequence[UUID]) -> dict[UUID, Attempt]:
        if not ids:
            return {}
        async with self._database.transaction(read_only=True) as tx:
            return {one.id: one for one in await tx.fetch(SQL.attempts, Attempt, ids=list(ids))}


async def record(tx: Tx, heard: Sequence[Heard]) -> list[Attempt]:
    """Write what happened to attempts; what each is afterwards. An event that changes nothing is dropped.

    Locks: the attempts, in id order.
    """
    rows = await tx.fetch(SQL.lock_attempts, Attempt, ids=[one.attempt_id for one in heard])
    known = {row.id: row for row in rows}
    moved = []
    for one in heard:
        known[one.attempt_id] = rules.moved(known[one.attempt_id], one) or known[one.attempt_id]
        moved.append(known[one.attempt_id])
    changed = [known[row.id] for row in rows if known[row.id] != row]
    await tx.execute(SQL.record_attempts, **columns(changed, "id", "state", *_SAID))
    at = heard[0].at
    await tx.execute(SQL.begin_reversals, ids=[one.id for one in changed if one.state == State.REVERSING], now=at)
    await tx.execute(SQL.end_reversals, ids=[one.id for one in changed if one.state == State.REVERSED], now=at)
    return moved


async def _insert(tx: Tx, fresh: Sequence[Attempt], now: datetime) -> list[Attempt]:
    """Write attempts; those that were written, which leaves out what another process wrote a moment earlier."""
    written = set(await tx.scalars(SQL.insert_attempts, **columns(fresh, *_ASKED), now=now))
    await tx.execute(SQL.take_up_one_shots, tokens=[one.token for one in fresh if one.kind != Kind.REFUND])
    return [one for one in fresh if one.id in written]


async def _all(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Everything to its end. What breaks is told, and its attempt, still `sent`, is then given up as unanswered."""
    for error in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(error, Exception):
            told("attempt broke", error)
