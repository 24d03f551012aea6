"""Everything at once, then only what changed."""

from typing import Any

from fastapi import Response
from starlette.websockets import WebSocket

from tuppence import chat, outbox, payments, people
from tuppence.core import Failure
from tuppence.http import problems
from tuppence.http.answers import answer
from tuppence.http.deps import Signed, TheHouse, credentials, house_of
from tuppence.http.errors import ForeignOrigin, InvalidRequest, TooManyRequests
from tuppence.http.fields import Count, Seq, WaitSeconds
from tuppence.http.live import STREAMS_MOST, Ask, Stream, frame, wait_for_feed
from tuppence.http.problems import refuses
from tuppence.http.routes.friends import friends_view
from tuppence.http.routes.people import me_view
from tuppence.http.routes.sandbox import clock
from tuppence.http.routing import room
from tuppence.http.schemas import Bootstrap, Updates
from tuppence.payments import cards, receiving

router = room("sync")


@router.get("/sync/bootstrap", response_model=Bootstrap)
async def bootstrap(caller: Signed, house: TheHouse) -> Response:
    """All that the app shows first, as of `feed_seq`, in one snapshot of the database."""
    person_id = caller.person_id
    async with house.database.transaction(read_only=True, isolation="repeatable read") as tx:
        view: dict[str, Any] = {
            "feed_seq": await outbox.last_seq(tx, person_id)
        }  # first: later entries then come again, none is lost
        view |= {
            "me": await me_view(tx, house, person_id),
            "conversations": list((await chat.sync.snapshot(tx, person_id)).conversations.values()),
            "payments": await payments.snapshot(tx, person_id, policy=house.policy),
            "cards": await cards.access_cards(tx, person_id),
            "bank_accounts": await receiving.access_banks(tx, person_id),
            "friends": friends_view(await people.access_friends(tx, person_id)),
            "limits": await payments.access_limits(tx, person_id, policy=house.policy),
            "sandbox": await clock(tx) if house.clock_job else None,
        }
    return answer(view)


@router.get("/sync", response_model=Updates, responses=refuses(outbox.FeedTooFarBehind))
async def read_updates(
    caller: Signed, house: TheHouse, since: Seq, limit: Count = 200, wait: WaitSeconds = 0
) -> Response:
    """What changed after `since`. With `wait`, an empty answer is held back that many seconds for something to come."""
    feed = await wait_for_feed(house, Ask(caller.person_id, since, limit), wait)
    feed_seq = feed.entries[-1].feed_seq if feed.entries else since
    return answer({"updates": [frame(entry) for entry in feed.entries], "feed_seq": feed_seq, "more": feed.more})


@router.websocket("/stream")
async def stream(socket: WebSocket) -> None:
    """The same, live: first the difference since the client's number, then every change as it commits."""
    house = house_of(socket)
    try:
        token, since = _credentials(socket), _since(socket)
        session = await house.sessions.of(token)
        if house.hub.watchers(session.person_id) >= STREAMS_MOST:
            raise TooManyRequests(action="stream", retry_after_seconds=10)
    except Failure as failure:
        refusal = problems.response(failure, instance=socket.url.path, request_id="")
        await socket.send_denial_response(refusal)
        return
    await Stream(socket, house, token, session.person_id, since).run()


def _credentials(socket: WebSocket) -> str:
    """Browsers say where a page comes from, and let any page try: a foreign one gets nothing, token or not."""
    house = house_of(socket)
    if socket.headers.get("origin", house.origin) != house.origin:
        raise ForeignOrigin
    return credentials(socket, house)


def _since(socket: WebSocket) -> int:
    text = socket.query_params.get("since", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise InvalidRequest(errors=[{"in": "query", "pointer": "/since", "code": "int", "detail": "A whole number."}])
    return int(text)
