"""What two people are to each other: a pure book of pairs and requests that a batch of wishes is decided on.

Everything that somebody learns of another comes from `relation_of`, and that function is not told whether the other
blocks them: so a block cannot show.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tuppence.people.errors import (
    FriendRequestAnswered,
    FriendRequestNotFound,
    IdTaken,
    PersonNotFound,
    ThatIsYou,
    YouBlockedThem,
)
from tuppence.people.model import AnswerFriend, AskFriend, Block, Relation


class PairKey(NamedTuple):
    """Two people, smaller id first."""

    low: UUID
    high: UUID

    @classmethod
    def of(cls, one: UUID, other: UUID) -> "PairKey":
        return cls(*sorted((one, other)))


@dataclass(frozen=True, slots=True)
class Pair:
    low: UUID
    high: UUID
    friends_since: datetime | None = None
    low_blocks: bool = False
    high_blocks: bool = False

    @property
    def key(self) -> PairKey:
        return PairKey(self.low, self.high)

    def blocks(self, blocker: UUID) -> bool:
        return self.low_blocks if blocker == self.low else self.high_blocks

    def with_block(self, blocker: UUID, on: bool) -> "Pair":
        return replace(self, low_blocks=on) if blocker == self.low else replace(self, high_blocks=on)


@dataclass(frozen=True, slots=True)
class Request:
    """`state`: waiting, accepted, declined. Who asked is not told of a declined one: to them it waits on."""

    id: UUID
    asker: UUID
    asked: UUID
    state: str
    at: datetime


class Seen(NamedTuple):
    """What one of two people may know: see `Tie`."""

    relation: Relation = "none"
    request_id: UUID | None = None
    at: datetime | None = None
    blocked: bool = False


class Waiting(NamedTuple):
    """A request that was not answered yet, as far as the viewer knows."""

    id: UUID
    at: datetime


def relation_of(
    *, friends_since: datetime | None, sent: Waiting | None, received: Waiting | None, blocked: bool
) -> Seen:
    """What the viewer may know: whether they are friends, the requests that wait, whether the viewer blocks."""
    if friends_since:
        return Seen("friends", None, friends_since, blocked)
    if sent:
        return Seen("asked", sent.id, sent.at, blocked)
    if received and not blocked:
        return Seen("asks_you", received.id, received.at, blocked)
    return Seen(blocked=blocked)


class Book:
    """The pairs and requests that a batch touches, as they are and as they become."""

    def __init__(self, pairs: Iterable[Pair], requests: Iterable[Request]) -> None:
        self.pairs = {pair.key: pair for pair in pairs}
        self.requests = {request.id: request for request in requests}
        self._as_read = {**self.pairs}, {**self.requests}
        self._open = {(one.asker, one.asked): one for one in self.requests.values() if one.state != "accepted"}

    def seen(self, viewer: UUID, other: UUID) -> Seen:
        """What the viewer may know of the other."""
        pair = self._pair(viewer, other)
        return relation_of(
            friends_since=pair.friends_since,
            sent=_waiting(self._open.get((viewer, other))),
            received=_waiting(self._open.get((other, viewer)), "waiting"),
            blocked=pair.blocks(viewer),
        )

    def changed(self) -> tuple[list[Pair], list[Request]]:
        """What must be written."""
        pairs, requests = self._as_read
        return (
            [pair for key, pair in self.pairs.items() if pairs.get(key) != pair],
            [request for id_, request in self.requests.items() if requests.get(id_) != request],
        )

    def ask(self, ask: AskFriend, asked: UUID | None, now: datetime) -> None:
        """Ask for friendship; where the other has asked too, even in vain, they are friends. A repeat is harmless.

        Raises, checked in this order: PersonNotFound, ThatIsYou, IdTaken, YouBlockedThem.
        """
        if asked is None:
            raise PersonNotFound
        if asked == ask.asker_id:
            raise ThatIsYou
        known = self.requests.get(ask.id)
        if known:
            if (known.asker, known.asked) != (ask.asker_id, asked):
                raise IdTaken
            return
        pair = self._pair(ask.asker_id, asked)
        if pair.blocks(ask.asker_id):
            raise YouBlockedThem
        if pair.friends_since or (ask.asker_id, asked) in self._open:
            return
        crossing = self._open.get((asked, ask.asker_id))
        self._put(Request(ask.id, ask.asker_id, asked, "accepted" if crossing else "waiting", now))
        if crossing:
            self._befriend(crossing, now)

    def answer(self, answer: AnswerFriend, now: datetime) -> Request:
        """Accept or decline. A repeat changes nothing.

        Raises: FriendRequestNotFound (also when it is somebody else's, or the asker is blocked), FriendRequestAnswered.
        """
        request = self.requests.get(answer.request_id)
        if not request or request.asked != answer.person_id or self._pair(*_ends(request)).blocks(answer.person_id):
            raise FriendRequestNotFound
        wanted = "accepted" if answer.accept else "declined"
        if request.state == wanted:
            return request
        if request.state != "waiting":
            raise FriendRequestAnswered
        if answer.accept:
            self._befriend(request, now)
        else:
            self._put(replace(request, state="declined"))
        return request

    def block(self, block: Block, on: bool, known: bool) -> None:
        """Block or unblock. Nothing else changes: to the other, all must look as it did. Raises: PersonNotFound,
        ThatIsYou."""
        if not known:
            raise PersonNotFound
        if block.person_id == block.other_id:
            raise ThatIsYou
        pair = self._pair(block.person_id, block.other_id)
        self.pairs[pair.key] = pair.with_block(block.person_id, on)

    def _pair(self, one: UUID, other: UUID) -> Pair:
        key = PairKey.of(one, other)
        return self.pairs.get(key) or Pair(*key)

    def _befriend(self, request: Request, now: datetime) -> None:
        pair = self._pair(*_ends(request))
        self.pairs[pair.key] = replace(pair, friends_since=now)
        self._put(replace(request, state="accepted"))

    def _put(self, request: Request) -> None:
        self.requests[request.id] = request
        if request.state == "accepted":
            self._open.pop(_ends(request), None)
        else:
            self._open[_ends(request)] = request


def _ends(request: Request) -> tuple[UUID, UUID]:
    return request.asker, request.asked


def _waiting(request: Request | None, state: str | None = None) -> Waiting | None:
    """A request to show, if it is in this state; None: whatever its state."""
    return Waiting(request.id, request.at) if request and state in (None, request.state) else None
