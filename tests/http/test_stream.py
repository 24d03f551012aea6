"""Live sync: what is told, to whom, and when it stops."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tuppence import outbox
from tuppence.cli.client import Friend
from tuppence.http import live


@pytest.fixture(autouse=True)
def unhurried(world: Any) -> None:
    """Limits are another test's matter."""
    world.served.house.limits.forget()


def _url(world: Any, since: object) -> str:
    return f"ws{world.served.url.removeprefix('http')}/v1/stream?since={since}"


async def _end(friend: Friend) -> int:
    return int((await friend.call("GET", "/v1/sync/bootstrap"))["feed_seq"])


async def test_the_difference_first_then_live_without_a_gap(world: Any) -> None:
    """A stream from the start tells every number once, in order, across the seam between replay and live."""
    last = await _end(world.bo)
    async with world.bo.stream(0) as feed:
        before = [await feed.next() for _ in range(last)]
        said = [await world.ann.say(world.conversation_id, f"line {n}") for n in range(5)]
        after: list[dict[str, Any]] = []
        while len([one for one in after if one["kind"] == "message"]) < len(said):
            after.append(await asyncio.wait_for(feed.next(), 5))

    assert list(range(1, last + len(after) + 1)) == [one["feed_seq"] for one in before + after]
    assert [one["id"] for one in said] == [one["payload"]["id"] for one in after if one["kind"] == "message"]


async def test_nobody_hears_what_is_not_theirs(world: Any) -> None:
    """Mallory's stream stays silent while Ann and Bo talk."""
    async with world.mallory.stream(await _end(world.mallory)) as feed:
        await world.ann.say(world.conversation_id, "not for Mallory")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(feed.next(), 0.7)


async def test_a_device_that_is_signed_out_falls_silent_within_a_second(world: Any) -> None:
    """Ending a session from another device closes its stream with a code that says so."""
    other = Friend(world.served.url, "", world.bo.name, world.bo.handle)
    await other.sign_in("correct horse staple", "Other")
    sessions = (await other.call("GET", "/v1/sessions"))["sessions"]
    current = next(one["id"] for one in sessions if one["current"])
    async with other.stream(await _end(other)) as feed:
        await world.bo.call("DELETE", f"/v1/sessions/{current}")
        begun = asyncio.get_running_loop().time()
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(feed.next(), 3)

    assert closed.value.rcvd is not None
    assert 4401 == closed.value.rcvd.code
    assert asyncio.get_running_loop().time() - begun < 1
    await other.close()


async def test_a_number_from_nowhere_is_told_to_start_again(world: Any) -> None:
    """A feed number that was never given closes the stream with the code for bootstrap again."""
    async with world.bo.stream(10**6) as feed:
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(feed.next(), 3)

    assert closed.value.rcvd is not None
    assert 4410 == closed.value.rcvd.code


@pytest.mark.parametrize(
    ("headers", "since", "status"),
    [
        ({}, 0, 401),
        ({"Authorization": "Bearer nobody"}, 0, 401),
        ({"Cookie": "tuppence={token}"}, 0, 403),  # no Origin: not a page of ours
        ({"Cookie": "tuppence={token}", "Origin": "https://evil.example"}, 0, 403),
        ({"Authorization": "Bearer {token}", "Origin": "https://evil.example"}, 0, 403),
        ({"Authorization": "Bearer {token}"}, "", 422),
        ({"Authorization": "Bearer {token}"}, "-1", 422),
        ({"Authorization": "Bearer {token}"}, "1" * 30, 422),
        ({"Authorization": "Bearer {token}"}, "%EF%BC%91", 422),
    ],
)
async def test_who_may_not_open_a_stream(world: Any, headers: dict[str, str], since: object, status: int) -> None:
    """A stream is refused before it opens: without a session, from a foreign page, with a number that is none."""
    filled = {name: value.format(token=world.bo.token) for name, value in headers.items()}
    with pytest.raises(InvalidStatus) as refused:
        async with connect(_url(world, since), additional_headers=filled, proxy=None):
            pass

    assert status == refused.value.response.status_code
    assert b'"code"' in refused.value.response.body


async def test_a_page_of_ours_opens_one_by_cookie(world: Any) -> None:
    """The web app's own Origin and cookie open a stream."""
    headers = {"Cookie": f"tuppence={world.bo.token}", "Origin": world.served.house.origin}
    async with connect(_url(world, 0), additional_headers=headers, proxy=None) as socket:
        assert "feed_seq" in str(await asyncio.wait_for(socket.recv(), 5))


async def test_a_long_poll_answers_as_soon_as_there_is_something(world: Any) -> None:
    """A waiting read comes back with the message that was said meanwhile, long before its wait is over."""
    since = await _end(world.bo)
    waiting = asyncio.create_task(world.bo.call("GET", f"/v1/sync?since={since}&wait=20"))
    await asyncio.sleep(0.2)
    said = await world.ann.say(world.conversation_id, "wake up")
    page = await asyncio.wait_for(waiting, 5)

    assert said["id"] in [one["payload"].get("id") for one in page["updates"]]
    assert page["updates"][-1]["feed_seq"] == page["feed_seq"]


async def test_a_long_poll_without_news_answers_empty_after_its_wait(world: Any) -> None:
    """Nothing new is an answer too: empty, at the same number."""
    since = await _end(world.carl)
    page = await world.carl.call("GET", f"/v1/sync?since={since}&wait=1")

    assert {"updates": [], "feed_seq": since, "more": False} == page


async def test_pages_of_the_feed_join_without_a_gap(world: Any) -> None:
    """Reading in chunks of two gives every number once."""
    since, seen = 0, []
    while True:
        page = await world.bo.call("GET", f"/v1/sync?since={since}&limit=2")
        seen += [one["feed_seq"] for one in page["updates"]]
        since = page["feed_seq"]
        if not page["more"]:
            break

    assert list(range(1, await _end(world.bo) + 1)) == seen


async def test_who_does_not_read_is_let_go(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that takes nothing for too long loses its place at the hub, and the server keeps none of its backlog."""
    monkeypatch.setattr(live, "SEND_SECONDS_MAX", 0.3)
    person_id, hub = UUID(world.mallory.id), world.served.house.hub
    since = await _end(world.mallory)
    events = [outbox.Event(person_id, "noise", {"text": "x" * 8000}) for _ in range(200)]
    headers = {"Authorization": f"Bearer {world.mallory.token}"}
    async with connect(
        _url(world, since), additional_headers=headers, proxy=None, max_queue=1, close_timeout=0.1, compression=None
    ) as socket:
        for _ in range(4):
            async with world.served.house.database.transaction() as tx:
                await outbox.tell(tx, events)
        for _ in range(100):
            await asyncio.sleep(0.1)
            if not hub.watchers(person_id):
                break

        assert 0 == hub.watchers(person_id)
        socket.transport.abort()
