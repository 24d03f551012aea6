"""Deliveries to a real receiver: signed, in order, again until it hears, and nowhere that is not public."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.outbox.receiver import Receiver, receiving, verified

from tuppence.core import uuid7
from tuppence.core.versions import NEWEST_VERSION
from tuppence.db import Database
from tuppence.outbox import hooks
from tuppence.outbox.hooks import (
    Bounds,
    ChangeEndpoint,
    Deliverer,
    Happened,
    Made,
    NewEndpoint,
    Replay,
    Rotate,
    Seals,
    Sender,
    queries,
)
from tuppence.outbox.hooks.model import Scheme

SEALS = Seals(bytes(range(32)))
ANYWHERE = Bounds(sandbox=True, loopback=True)


class Clock:
    """Real time, and as much more as a test says."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Shop:
    """A business with an endpoint."""

    def __init__(self, database: Database, receiver: Receiver) -> None:
        self.database, self.receiver, self.clock = database, receiver, Clock()
        self.id, self.endpoint_id, self.secret = uuid7(), uuid7(), ""
        self.sender = Sender(loopback=True, answer_s=1)
        self.deliverer = Deliverer(database, self.sender, SEALS, clock=self.clock)

    async def open(self, *types: str, scheme: Scheme = "v1") -> Made:
        ask = NewEndpoint(self.endpoint_id, self.id, self.receiver.url, "", types, scheme)
        async with self.database.transaction() as tx:
            (made,) = await hooks.create(tx, [ask], seals=SEALS, bounds=ANYWHERE)
        assert isinstance(made, Made), made
        self.secret = made.secret or self.secret
        return made

    async def publish(self, *amounts: int, kind: str = "charge.succeeded") -> None:
        async with self.database.transaction() as tx:
            await hooks.publish(tx, [Happened(self.id, kind, uuid7(), {"amount_minor": one}) for one in amounts])

    async def deliver(self) -> list[int]:
        """Deliver what is due; the amounts that were heard meanwhile."""
        before = len(self.receiver.heard)
        await self.deliverer.run(until_idle=True)
        return [one.event["data"].get("amount_minor") for one in self.receiver.heard[before:]]

    async def endpoint(self) -> hooks.Endpoint:
        async with self.database.transaction() as tx:
            return await queries.access_endpoint(tx, self.id, self.endpoint_id)

    async def deliveries(self, **which: Any) -> list[dict[str, Any]]:
        async with self.database.transaction() as tx:
            return (await queries.list_deliveries(tx, self.id, self.endpoint_id, **which)).data

    async def attempts(self, event_id: UUID) -> list[dict[str, Any]]:
        async with self.database.transaction() as tx:
            return await queries.access_attempts(tx, self.id, self.endpoint_id, event_id)


@pytest.fixture
async def shop(database: Database) -> AsyncIterator[Shop]:
    async with receiving() as receiver:
        shop = Shop(database, receiver)
        yield shop
        await shop.sender.close()


# - what arrives ------------------------------------------------------------------------------------------------------


async def test_an_event_arrives_signed_and_thin(shop: Shop) -> None:
    """Three headers, a body of type, timestamp and data, and a signature that an independent verifier accepts."""
    await shop.open()
    await shop.publish(500)
    await shop.deliver()
    (heard,) = shop.receiver.heard
    (delivery,) = await shop.deliveries()

    assert verified(heard, shop.secret)
    assert not verified(heard, "whsec_" + "A" * 43 + "=")
    assert {"type", "timestamp", "data"} == heard.event.keys()
    assert ("charge.succeeded", 500) == (heard.event["type"], heard.event["data"]["amount_minor"])
    assert str(delivery["event_id"]) == heard.headers["webhook-id"]
    assert abs(datetime.now(UTC).timestamp() - int(heard.headers["webhook-timestamp"])) < 30
    assert ("delivered", 204, None) == (delivery["state"], delivery["status"], delivery["due_at"])
    assert NEWEST_VERSION == heard.headers["x-api-version"]


async def test_an_asymmetric_signature_needs_no_secret(shop: Shop) -> None:
    """The receiver of a v1a endpoint holds a public key, which may be read again at any time."""
    made = await shop.open(scheme="v1a")
    await shop.publish(1)
    await shop.deliver()

    assert (made.secret,) == made.endpoint.public_keys
    assert verified(shop.receiver.heard[0], made.endpoint.public_keys[0])


async def test_secrets_overlap_while_one_takes_over(shop: Shop) -> None:
    """After a rotation both sign, so a receiver changes over when it likes; asked again, it still can. Three may
    overlap with the newest, and without an overlap that one is alone."""
    await shop.open()
    secrets = [shop.secret]
    for hours in (24, 24, 24, 24, 0):
        async with shop.database.transaction() as tx:
            ask = Rotate(shop.endpoint_id, shop.id, timedelta(hours=hours))
            (made,) = await hooks.rotate(tx, [ask], seals=SEALS)
        assert isinstance(made, Made)
        secrets.append(made.secret or "")
        await shop.publish(1)
        await shop.deliver()
    good = [[n for n, secret in enumerate(secrets) if verified(heard, secret)] for heard in shop.receiver.heard]

    assert [[0, 1], [0, 1, 2], [0, 1, 2, 3], [1, 2, 3, 4], [5]] == good
    assert [2, 3, 4, 4, 1] == [len(one.headers["webhook-signature"].split(" ")) for one in shop.receiver.heard]


async def test_only_the_types_asked_for_are_delivered(shop: Shop) -> None:
    """A filter is looked at when the event is published; a ping goes to its endpoint whatever that wants."""
    await shop.open("payout.paid")
    await shop.publish(1)
    await shop.publish(2, kind="payout.paid")
    async with shop.database.transaction() as tx:
        await hooks.ping(tx, shop.id, shop.endpoint_id)
    await shop.deliver()

    assert ["payout.paid", "webhook.ping"] == [one.event["type"] for one in shop.receiver.heard]


# - what does not arrive at first -------------------------------------------------------------------------------------


async def test_an_outage_of_a_day_loses_nothing_and_mixes_up_nothing(shop: Shop) -> None:
    """While the receiver is down, events go on; it is knocked at seldom; then all arrive, once, and in order behind the
    one that found the door open."""
    await shop.open()
    shop.receiver.say(503)
    for hour in range(24):
        await shop.publish(hour)
        for _ in range(6):
            await shop.deliver()
            shop.clock.ahead += timedelta(minutes=10)
    knocks = len(shop.receiver.heard)
    shop.receiver.say(200)
    heard = []
    for _ in range(20):
        heard += await shop.deliver()
        shop.clock.ahead += timedelta(minutes=1)

    assert knocks < 24 * 12
    assert list(range(24)) == sorted(heard)
    assert heard[1:] == sorted(heard[1:])
    assert "enabled" == (await shop.endpoint()).state
    assert {"delivered"} == {one["state"] for one in await shop.deliveries()}


async def test_what_fails_holds_the_line_for_a_minute_and_then_stands_aside(shop: Shop) -> None:
    """One event that the receiver cannot stand keeps the others in order behind it, but not for ever."""
    await shop.open()
    shop.receiver.answers = lambda heard: (500 if heard.event["data"]["amount_minor"] == 1 else 200, {}, b"")
    await shop.publish(1, 2, 3)

    assert [1] == await shop.deliver()
    shop.clock.ahead += timedelta(seconds=6)
    assert [1] == await shop.deliver()
    shop.clock.ahead += timedelta(seconds=56)
    assert [2, 3] == await shop.deliver()
    shop.receiver.say(200)
    shop.clock.ahead += timedelta(minutes=6)
    assert [1] == await shop.deliver()


async def test_after_ten_tries_an_endpoint_that_heard_nothing_is_disabled(shop: Shop) -> None:
    """Three days later: a dead letter that stays visible, the endpoint disabled, and an event that says so."""
    await shop.open()
    shop.receiver.say(500, b"out of order")
    await shop.publish(7)
    for _ in range(3 * 24 * 4 + 40):
        await shop.deliver()
        shop.clock.ahead += timedelta(minutes=16)
    endpoint = await shop.endpoint()
    (dead,) = await shop.deliveries(state="dead")
    log = await shop.attempts(dead["event_id"])
    async with shop.database.transaction() as tx:
        events = (await queries.list_events(tx, shop.id)).data

    assert ("disabled", "failing") == (endpoint.state, endpoint.why)
    assert (10, "dead") == (len(log), dead["state"])
    assert {(500, "out of order")} == {(one["status"], one["answer"]) for one in log}
    assert ["webhook.endpoint.disabled", "charge.succeeded"] == [one["type"] for one in events]


async def test_gone_disables_at_once(shop: Shop) -> None:
    """410 is a receiver's way to say: never again. Nothing is published to it until somebody enables it."""
    await shop.open()
    shop.receiver.say(410)
    await shop.publish(1)
    await shop.deliver()
    await shop.publish(2)

    assert [] == await shop.deliver()
    assert "gone" == (await shop.endpoint()).why
    shop.receiver.say(200)
    async with shop.database.transaction() as tx:
        await hooks.change(tx, [ChangeEndpoint(shop.endpoint_id, shop.id, state="enabled")], bounds=ANYWHERE)
        ask = Replay(shop.endpoint_id, shop.id, since=datetime(2020, 1, 1, tzinfo=UTC), only_undelivered=True)
        assert [3] == await hooks.replay(tx, [ask])  # both, and that the endpoint was disabled
    assert [1, 2] == [one for one in await shop.deliver() if one]


async def test_a_redirect_is_a_failure_and_is_not_followed(shop: Shop) -> None:
    """Where it points is never called, whatever it says."""
    await shop.open()
    async with receiving() as elsewhere:
        shop.receiver.say(307, location=elsewhere.url)
        await shop.publish(1)
        await shop.deliver()
        (one,) = await shop.deliveries()

        assert [] == elsewhere.heard
    assert ("pending", 307) == (one["state"], one["status"])


async def test_patience_that_is_asked_for_is_given(shop: Shop) -> None:
    """Retry-After rests the endpoint: nothing comes before, neither this event nor another."""
    await shop.open()
    shop.receiver.say(429, retry_after="600")
    await shop.publish(1)
    await shop.deliver()
    shop.receiver.say(200)
    await shop.publish(2)
    shop.clock.ahead += timedelta(minutes=9)

    assert [] == await shop.deliver()
    shop.clock.ahead += timedelta(minutes=2)
    assert [1, 2] == await shop.deliver()


async def test_a_receiver_that_does_not_answer_is_hung_up_on(shop: Shop) -> None:
    """The time-out is one for all of it, and the log says what happened."""
    await shop.open()
    shop.receiver.hangs = True
    await shop.publish(1)
    await shop.deliver()
    (one,) = await shop.deliveries()

    assert (None, "timed_out") == (one["status"], one["error"])


# - where nothing is sent ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "169.254.169.254", "[::ffff:127.0.0.1]"]
)
async def test_an_address_that_is_not_public_is_not_called(shop: Shop, host: str) -> None:
    """By name or spelt out: what it leads to is judged when we connect, and the receiver there hears nothing."""
    careful = Sender(loopback=False)
    outcome = await careful.post(f"http://{host}:{shop.receiver.port}/", b"{}", {})
    await careful.close()

    assert (None, "address_refused") == (outcome.status, outcome.error)
    assert [] == shop.receiver.heard


# - at least once, and again on request -------------------------------------------------------------------------------


async def test_workers_beside_each_other_deliver_each_event_once(shop: Shop) -> None:
    """A lease makes an endpoint one worker's at a time."""
    await shop.open()
    others = [Deliverer(shop.database, shop.sender, SEALS) for _ in range(3)]
    await shop.publish(*range(20))
    await asyncio.gather(*(one.run(until_idle=True) for one in (shop.deliverer, *others)))
    heard = [one.event["data"]["amount_minor"] for one in shop.receiver.heard]

    assert list(range(20)) == heard


async def test_whoever_dies_before_it_is_written_down_delivers_twice_with_one_id(shop: Shop) -> None:
    """The answer was lost with the worker: the next one delivers again, and the receiver knows it by its id."""
    await shop.open()
    await shop.publish(1)
    lost = Deliverer(shop.database, shop.sender, SEALS)
    lost._record = _die  # type: ignore[method-assign,assignment]
    await lost.run(until_idle=True)
    shop.clock.ahead += timedelta(minutes=2)  # its lease runs out
    await shop.deliver()

    assert [2] == list(Counter(one.headers["webhook-id"] for one in shop.receiver.heard).values())


async def _die(*_: object) -> None:
    raise ConnectionError


async def test_a_change_counts_for_what_is_still_to_be_sent(shop: Shop) -> None:
    """Paused in the middle of a line nothing more is sent; at its new address the endpoint hears the rest."""
    await shop.open()
    async with receiving() as elsewhere:

        async def change(**what: Any) -> None:
            async with shop.database.transaction() as tx:
                await hooks.change(tx, [ChangeEndpoint(shop.endpoint_id, shop.id, **what)], bounds=ANYWHERE)

        await shop.publish(1, 2, 3)
        post = shop.sender.post

        async def post_and_pause(*given: Any) -> Any:
            outcome = await post(*given)
            await change(state="paused", url=elsewhere.url)
            return outcome

        shop.sender.post = post_and_pause  # type: ignore[method-assign,assignment]
        assert [1] == await shop.deliver()
        shop.sender.post = post  # type: ignore[method-assign]
        await change(state="enabled")
        await shop.deliver()

        assert [2, 3] == [one.event["data"]["amount_minor"] for one in elsewhere.heard]


async def test_replaying_delivers_again_and_keeps_the_log(shop: Shop) -> None:
    """By id or by time, whatever became of it; another business's events are not there."""
    await shop.open()
    await shop.publish(1, 2)
    await shop.deliver()
    one = (await shop.deliveries())[1]
    async with shop.database.transaction() as tx:
        by_id = await hooks.replay(tx, [Replay(shop.endpoint_id, shop.id, event_ids=(one["event_id"],))])
        nobodys = await hooks.replay(tx, [Replay(shop.endpoint_id, shop.id, event_ids=(uuid7(),))])
        done = Replay(shop.endpoint_id, shop.id, since=datetime(2020, 1, 1, tzinfo=UTC), only_undelivered=True)

        assert [1] == by_id
        assert "event_not_found" == nobodys[0].code  # type: ignore[union-attr]
        assert [1] == await hooks.replay(tx, [done])  # the one that waits since a moment ago
    assert [1] == await shop.deliver()
    assert 2 == len(await shop.attempts(one["event_id"]))
