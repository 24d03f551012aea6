"""Delivers: each endpoint in its own task, one delivery at a time, so that a slow receiver holds up none but itself.

Claim under a lease → load → sign and post, with no transaction open → record under the same lease. Whoever dies between
post and record has delivered, and another delivers again: at least once, with the same `webhook-id`.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import structlog

from tuppence.core import uuid7
from tuppence.db import Database, Tx
from tuppence.outbox.hooks import rules
from tuppence.outbox.hooks.actions import EVENT_CHANNEL, SQL, publish
from tuppence.outbox.hooks.model import Event, Happened, Outcome, Scheme, Waiting
from tuppence.outbox.hooks.seals import Seals
from tuppence.outbox.hooks.sending import Sender
from tuppence.outbox.hooks.signing import Secret, headers

log = structlog.get_logger()

_LEASE = timedelta(seconds=90)
_SERVED = timedelta(seconds=45)  # of a lease; an attempt takes up to 15 s more
_AT_ONCE_MOST = 50
_LINE_MOST = 20
_POLL_SECONDS = 1.0
_SWEEP_SECONDS = 600.0
KEPT = timedelta(days=30)  # attempts, and deliveries that are done


@dataclass(frozen=True, slots=True)
class Claimed:
    """An endpoint in our hands."""

    id: UUID
    business_id: UUID
    url: str
    scheme: Scheme
    api_version: str
    failures: int
    succeeded_at: datetime | None
    lease: UUID


@dataclass(slots=True)
class _Sealed:
    sealed: bytes


class Deliverer:
    """One worker's deliveries. Several may run against the same database."""

    def __init__(
        self,
        database: Database,
        sender: Sender,
        seals: Seals,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database, self._sender, self._seals, self._clock = database, sender, seals, clock
        self._awake = asyncio.Event()
        self._serving: dict[UUID, asyncio.Task[None]] = {}
        self._stopping = False
        self._next_sweep = 0.0

    async def run(self, *, until_idle: bool = False) -> None:
        """Deliver until stopped; with `until_idle`, until nothing is due."""
        listening = asyncio.create_task(self._listen())
        try:
            while not self._stopping:
                self._awake.clear()
                started = await self._start_what_is_due()
                if until_idle and not started and not self._serving:
                    break
                await self._sweep()
                await self._rest()
        finally:
            await asyncio.gather(*self._serving.values(), return_exceptions=True)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    def stop(self) -> None:
        """Claim no more; `run` returns when what is under way is recorded."""
        self._stopping = True
        self._awake.set()

    async def _listen(self) -> None:
        async for _ in self._database.listen(EVENT_CHANNEL):
            self._awake.set()

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_POLL_SECONDS):
                await self._awake.wait()

    async def _start_what_is_due(self) -> bool:
        free = _AT_ONCE_MOST - len(self._serving)
        try:
            async with self._database.transaction() as tx:
                now = self._clock()
                facts = {"now": now, "lease": uuid7(), "until": now + _LEASE, "most": free}
                claimed = await tx.fetch(SQL.claim_endpoints, Claimed, **facts) if free else []
        except Exception as error:
            log.warning("hooks.claim_failed", error=type(error).__name__)
            return False
        for one in claimed:
            task = asyncio.create_task(self._serve(one))
            self._serving[one.id] = task
            task.add_done_callback(partial(self._served, one.id))
        return bool(claimed)

    def _served(self, endpoint_id: UUID, _: asyncio.Task[None]) -> None:
        self._serving.pop(endpoint_id, None)
        self._awake.set()

    async def _sweep(self) -> None:
        """Forget old attempts and what was delivered long ago."""
        loop_s = asyncio.get_running_loop().time()
        if loop_s < self._next_sweep:
            return
        self._next_sweep = loop_s + _SWEEP_SECONDS
        async with self._database.transaction() as tx:
            await tx.execute(SQL.sweep_attempts, before=self._clock() - KEPT)
            await tx.execute(SQL.sweep_deliveries, before=self._clock() - KEPT)

    # - one endpoint -------------------------------------------------------------------------------------------------

    async def _serve(self, endpoint: Claimed) -> None:
        """Deliver what is due, in order, until nothing is, it fails, or somebody else should have a turn."""
        ends = self._clock() + _SERVED
        try:
            going: Claimed | None = endpoint
            while going and not self._stopping and self._clock() < ends:
                going = await self._deliver_next(going)
            if going:
                await self._let_go(going, self._clock())
        except Exception as error:  # the lease runs out and the endpoint is served again
            log.warning("hooks.serving_failed", endpoint_id=str(endpoint.id), exc_info=error)

    async def _deliver_next(self, endpoint: Claimed) -> Claimed | None:
        """Deliver one; the endpoint as it is then, or None when it was let go of."""
        now = self._clock()
        async with self._database.transaction(read_only=True) as tx:
            ours = {"endpoint_id": endpoint.id, "url": endpoint.url, "lease": endpoint.lease}
            line = await tx.fetch(SQL.line, Waiting, now=now, since=now - rules.HOLDS_LINE, most=_LINE_MOST, **ours)
            chosen = rules.pick(line, now)
            if isinstance(chosen, Waiting):
                event = await tx.fetch_one(SQL.event, Event, business_id=endpoint.business_id, id=chosen.event_id)
                secrets = await tx.fetch(SQL.secrets, _Sealed, endpoint_id=endpoint.id)
            else:
                aside: list[datetime | None] = await tx.scalars(SQL.next_due, endpoint_id=endpoint.id, now=now)
        if not isinstance(chosen, Waiting):
            await self._let_go(endpoint, min((one for one in (chosen, *aside) if one), default=None))
            return None
        assert event is not None
        outcome = await self._post(endpoint, event, [self._opened(endpoint, one.sealed) for one in secrets])
        return await self._record(endpoint, chosen, outcome, now)

    def _opened(self, endpoint: Claimed, sealed: bytes) -> Secret:
        return Secret(endpoint.scheme, self._seals.open(endpoint.id, sealed))

    async def _post(self, endpoint: Claimed, event: Event, secrets: list[Secret]) -> Outcome:
        body = event.body()
        told = headers(str(event.id), datetime.now(UTC), body, secrets)
        told |= {"content-type": "application/json", "user-agent": "Tuppence-Webhooks/1", "accept": "*/*"}
        return await self._sender.post(endpoint.url, body, told | {"x-api-version": endpoint.api_version})

    async def _record(self, endpoint: Claimed, one: Waiting, outcome: Outcome, began: datetime) -> Claimed | None:
        now = self._clock()
        verdict = rules.after(
            one,
            outcome,
            failures=endpoint.failures,
            succeeded_at=endpoint.succeeded_at,
            now=now,
            jitter=random.random(),  # noqa: S311 - keeps a herd apart
        )
        lets_go = verdict.disables is not None or verdict.rest_until is not None
        async with self._database.transaction() as tx:
            if verdict.disables:  # the line's lock comes before the endpoint's
                await self._tell(tx, endpoint, verdict.disables)
            facts = {"failures": verdict.failures, "rest_until": verdict.rest_until, "why": verdict.disables}
            facts |= {"lets_go": lets_go}
            ours = await tx.execute(
                SQL.settle_endpoint, id=endpoint.id, lease=endpoint.lease, ok=outcome.is_success, now=now, **facts
            )
            if not ours:  # somebody else serves it by now, and delivers this again
                return None
            attempt = {"status": outcome.status, "error": outcome.error, "answer": outcome.answer}
            place = {"endpoint_id": endpoint.id, "seq": one.seq}
            await tx.execute(SQL.insert_attempt, at=began, took_ms=outcome.took_ms, **place, **attempt)
            await tx.execute(
                SQL.settle_delivery, state=verdict.state, due_at=verdict.due_at, began=began, now=now, **place
            )
            if verdict.pulls_in:
                await tx.execute(SQL.pull_in, endpoint_id=endpoint.id, now=now)
        if lets_go:
            return None
        return replace(
            endpoint,
            failures=verdict.failures,
            succeeded_at=now if outcome.is_success else endpoint.succeeded_at,
        )

    async def _tell(self, tx: Tx, endpoint: Claimed, why: str) -> None:
        log.error("hooks.endpoint_disabled", endpoint_id=str(endpoint.id), why=why)
        await publish(tx, [Happened(endpoint.business_id, "webhook.endpoint.disabled", endpoint.id, {"why": why})])

    async def _let_go(self, endpoint: Claimed, look_at: datetime | None) -> None:
        async with self._database.transaction() as tx:
            await tx.execute(SQL.release_endpoint, id=endpoint.id, lease=endpoint.lease, look_at=look_at)
