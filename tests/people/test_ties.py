"""What two people are to each other, as a pure book."""

import copy
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tuppence.core import Failure
from tuppence.people.model import AnswerFriend, AskFriend, Block
from tuppence.people.ties import Book, PairKey

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ADA, BO = UUID(int=1), UUID(int=2)
REQUESTS = [UUID(int=n) for n in range(10, 14)]

sides = st.sampled_from([(ADA, BO), (BO, ADA)])
wishes = st.one_of(
    st.tuples(st.just("ask"), sides, st.sampled_from(REQUESTS)),
    st.tuples(st.just("accept"), sides, st.sampled_from(REQUESTS)),
    st.tuples(st.just("decline"), sides, st.sampled_from(REQUESTS)),
    st.tuples(st.just("block"), sides, st.none()),
    st.tuples(st.just("unblock"), sides, st.none()),
)
Wish = tuple[str, tuple[UUID, UUID], UUID | None]
histories = st.lists(wishes, max_size=14)


def do(book: Book, wish: Wish) -> Failure | None:
    """Carry out a wish; the refusal, if it was refused."""
    what, (who, other), request = wish
    try:
        if what == "ask":
            assert request
            book.ask(AskFriend(request, who, "other"), other, NOW)
        elif what in ("accept", "decline"):
            assert request
            book.answer(AnswerFriend(request, who, what == "accept"), NOW)
        else:
            book.block(Block(who, other), what == "block", known=True)
    except Failure as failure:
        return failure
    return None


def played(history: list[Wish], book: Book | None = None) -> Book:
    book = book or Book([], [])
    for wish in history:
        do(book, wish)
    return book


class Telling(Book):
    """A seeded bug: blocking somebody ends the friendship, so that they can see it."""

    def block(self, block: Block, on: bool, known: bool) -> None:
        super().block(block, on, known)
        key = PairKey.of(block.person_id, block.other_id)
        if on:
            self.pairs[key] = type(self.pairs[key])(*key, None, self.pairs[key].low_blocks, self.pairs[key].high_blocks)


def block_shows(book: Book, history: list[Wish], then: Wish) -> bool:
    """Whether Ada can tell, by what she sees or is answered, that Bo blocked her after this history."""
    free = played(history, book)
    blocked = copy.deepcopy(free)
    do(blocked, ("block", (BO, ADA), None))
    before = blocked.seen(ADA, BO) != free.seen(ADA, BO)
    answers = do(free, then), do(blocked, then)
    return before or answers[0] != answers[1] or blocked.seen(ADA, BO) != free.seen(ADA, BO)


@given(history=histories, then=wishes.filter(lambda wish: wish[1] == (ADA, BO)))
def test_a_block_never_shows(history: list[Wish], then: Wish) -> None:
    """After any history, and whatever Ada does next, she sees and is answered the same whether Bo blocks her or not."""
    assert not block_shows(Book([], []), history, then)


def test_the_test_sees_a_block_that_shows() -> None:
    """The seeded bug, a block that ends the friendship, is caught by the check above."""
    befriended: list[Wish] = [("ask", (ADA, BO), REQUESTS[0]), ("accept", (BO, ADA), REQUESTS[0])]

    assert block_shows(Telling([], []), befriended, ("ask", (ADA, BO), REQUESTS[1]))


@given(history=histories)
def test_both_sides_agree(history: list[Wish]) -> None:
    """Friends are friends on both sides, and nobody is asked by somebody who does not see it as asked."""
    book = played(history)
    ada, bo = book.seen(ADA, BO), book.seen(BO, ADA)

    assert (ada.relation == "friends") == (bo.relation == "friends")
    assert "asked" == bo.relation if ada.relation == "asks_you" else True
    assert "asked" == ada.relation if bo.relation == "asks_you" else True


@given(history=histories, wish=wishes)
def test_a_repeat_changes_nothing(history: list[Wish], wish: Wish) -> None:
    """Doing the same once more leaves everything as it is, and is answered the same."""
    book = played(history)
    first = do(book, wish)
    after = copy.deepcopy((book.pairs, book.requests))

    assert first == do(book, wish)
    assert after == (book.pairs, book.requests)


@given(history=histories)
def test_only_what_changed_is_written(history: list[Wish]) -> None:
    """The rows to write are exactly those that differ from the rows read."""
    book = played(history)
    pairs, requests = book.changed()
    again = Book(book.pairs.values(), book.requests.values())

    assert set(book.requests) == {one.id for one in requests}
    assert set(book.pairs) == {one.key for one in pairs}
    assert ([], []) == again.changed()


def test_a_declined_request_waits_on_for_who_asked() -> None:
    """Ada is not told that Bo declined, can't ask again, and they are friends once Bo asks her."""
    book = played([("ask", (ADA, BO), REQUESTS[0]), ("decline", (BO, ADA), REQUESTS[0])])
    assert ("asked", "none") == (book.seen(ADA, BO).relation, book.seen(BO, ADA).relation)

    do(book, ("ask", (ADA, BO), REQUESTS[1]))
    assert ("asked", "none") == (book.seen(ADA, BO).relation, book.seen(BO, ADA).relation)

    do(book, ("ask", (BO, ADA), REQUESTS[2]))
    assert ("friends", "friends") == (book.seen(ADA, BO).relation, book.seen(BO, ADA).relation)
