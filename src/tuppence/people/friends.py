"""Ask, accept, block: every verb locks its pairs, lets the book decide, writes what changed and tells whoever sees a
difference. So what somebody is told follows from what they may know, and a block tells the blocked one nothing."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from tuppence import outbox
from tuppence.core import Failure
from tuppence.db import Tx, columns
from tuppence.people import rules
from tuppence.people.actions import SQL
from tuppence.people.errors import HandleRefused, IdTaken
from tuppence.people.model import AnswerFriend, AskFriend, Block, Profile, Tie
from tuppence.people.rows import ProfileRow
from tuppence.people.ties import Book, Pair, PairKey, Request

A = TypeVar("A")
Sides = dict[PairKey, tuple[object, object]]


async def ask_friend(tx: Tx, asks: Sequence[AskFriend]) -> list[Tie | Failure]:
    """Ask for friendship; where two ask each other they are friends. Order in, order out; a repeat changes nothing.

    Refuses: PersonNotFound, ThatIsYou, IdTaken, YouBlockedThem.
    Locks: the pairs in order, the people shared, then the feeds of those who are told.
    """
    handles = [_handle_in(ask.handle) for ask in asks]
    rows = await tx.fetch(SQL.people_by_handle, ProfileRow, handles=[one for one in handles if one])
    asked = {row.handle: row.id for row in rows}
    others = [asked.get(handle or "") for handle in handles]
    wishes = list(zip(asks, others, strict=True))
    pairs = {PairKey.of(ask.asker_id, other) for ask, other in wishes if other not in (None, ask.asker_id)}

    def decide(book: Book, wish: tuple[AskFriend, UUID | None], now: datetime) -> tuple[UUID, UUID]:
        ask, other = wish
        book.ask(ask, other, now)
        assert other
        return ask.asker_id, other

    return await _change(tx, wishes, decide, pairs, [ask.id for ask in asks])


def _handle_in(text: str) -> str | None:
    """What is no handle is nobody's."""
    try:
        return rules.handle_in(text)
    except HandleRefused:
        return None


async def answer_friend(tx: Tx, answers: Sequence[AnswerFriend]) -> list[Tie | Failure]:
    """Accept or decline requests. Order in, order out; a repeat changes nothing.

    Refuses: FriendRequestNotFound (somebody else's reads the same), FriendRequestAnswered. Locks: as `ask_friend`.
    """
    ids = [answer.request_id for answer in answers]
    requests = await tx.fetch(SQL.requests, Request, ids=ids, low=[], high=[])

    def decide(book: Book, answer: AnswerFriend, now: datetime) -> tuple[UUID, UUID]:
        request = book.answer(answer, now)
        return request.asked, request.asker

    return await _change(tx, answers, decide, {PairKey.of(one.asker, one.asked) for one in requests}, ids)


async def block(tx: Tx, blocks: Sequence[Block]) -> list[Tie | Failure]:
    """Stop messages and money from somebody. They are not told and can't find out; friendship stays as it was.

    Refuses: PersonNotFound, ThatIsYou. Locks: as `ask_friend`.
    """
    return await _block(tx, blocks, on=True)


async def unblock(tx: Tx, blocks: Sequence[Block]) -> list[Tie | Failure]:
    """Let somebody reach one again. What they sent meanwhile does not come after. As `block` otherwise."""
    return await _block(tx, blocks, on=False)


async def _block(tx: Tx, blocks: Sequence[Block], *, on: bool) -> list[Tie | Failure]:
    rows = await tx.fetch(SQL.profiles, ProfileRow, ids=[one.other_id for one in blocks])
    known = {row.id for row in rows}
    pairs = {PairKey.of(one.person_id, one.other_id) for one in blocks if one.other_id in known - {one.person_id}}

    def decide(book: Book, block: Block, _now: datetime) -> tuple[UUID, UUID]:
        book.block(block, on, block.other_id in known)
        return block.person_id, block.other_id

    return await _change(tx, blocks, decide, pairs, [])


async def _change(
    tx: Tx,
    wishes: Sequence[A],
    decide: Callable[[Book, A, datetime], tuple[UUID, UUID]],
    pairs: set[PairKey],
    request_ids: Sequence[UUID],
) -> list[Tie | Failure]:
    """Lock, read, decide wish by wish, write, tell. `decide` names the viewer and the other of the answer."""
    book, names = await _lock(tx, pairs, request_ids)
    before = {key: _sides(book, key) for key in pairs}
    now = datetime.now(UTC)
    results = [_attempt(decide, book, wish, now) for wish in wishes]
    await _write(tx, *book.changed())
    changed = [key for key in pairs if _sides(book, key) != before[key]]
    await outbox.tell(tx, list(_events(book, names, changed, before)))
    return [one if isinstance(one, Failure) else _tie(book, names, *one) for one in results]


async def _lock(tx: Tx, pairs: set[PairKey], request_ids: Sequence[UUID]) -> tuple[Book, dict[UUID, Profile]]:
    keys = columns(sorted(pairs), "low", "high")
    await tx.execute(SQL.open_pairs, **keys)
    known = await tx.fetch(SQL.lock_pairs, Pair, **keys)
    # Shared locks, so that nobody is told a name while it is being changed.
    rows = await tx.fetch(SQL.lock_names, ProfileRow, ids=list({*keys["low"], *keys["high"]}))
    requests = await tx.fetch(SQL.requests, Request, ids=list(request_ids), **keys)
    return Book(known, requests), {row.id: row.profile for row in rows}


def _attempt(
    decide: Callable[[Book, A, datetime], tuple[UUID, UUID]], book: Book, wish: A, now: datetime
) -> tuple[UUID, UUID] | Failure:
    try:
        return decide(book, wish, now)
    except Failure as failure:
        return failure


async def _write(tx: Tx, pairs: Sequence[Pair], requests: Sequence[Request]) -> None:
    if pairs:
        await tx.execute(SQL.write_pairs, **columns(pairs, "low", "high", "friends_since", "low_blocks", "high_blocks"))
    if requests:
        written = await tx.execute(SQL.write_requests, **columns(requests, "id", "asker", "asked", "state", "at"))
        if written < len(requests):
            raise IdTaken  # by somebody else, this very moment; alone, the guilty one is told so


def _sides(book: Book, key: PairKey) -> tuple[object, object]:
    return book.seen(key.low, key.high), book.seen(key.high, key.low)


def _events(
    book: Book, names: dict[UUID, Profile], changed: Iterable[PairKey], before: Sides
) -> Iterable[outbox.Event]:
    """One for each side that sees a difference."""
    for key in changed:
        for (viewer, other), saw in zip((key, (key.high, key.low)), before[key], strict=True):
            if book.seen(viewer, other) != saw:
                yield outbox.Event(viewer, "friend", _tie(book, names, viewer, other).wire())


def _tie(book: Book, names: dict[UUID, Profile], viewer: UUID, other: UUID) -> Tie:
    return Tie(names[other], *book.seen(viewer, other))
