"""Friends: find somebody, ask, answer; and block."""

from typing import Annotated

from fastapi import Path, Response

from tuppence import chat, people
from tuppence.http.answers import answer, nothing
from tuppence.http.deps import Signed, TheHouse
from tuppence.http.fields import Id, MintedId
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.http.schemas import Blocks, Conversation, FriendRequestBody, Friends, OpenConversationBody, Tie
from tuppence.people import errors

router = room("friends")


@router.get("/people/{handle}", response_model=Tie, responses=refuses(errors.PersonNotFound))
async def find_person(handle: Annotated[str, Path(max_length=64)], caller: Signed, house: TheHouse) -> Response:
    """Find somebody by their whole handle. There is no other search, on purpose."""
    house.limits.take("find_person", caller.person_id)
    async with house.database.transaction(read_only=True) as tx:
        return answer((await people.find_by_handle(tx, caller.person_id, handle)).wire())


@router.get("/friends", response_model=Friends)
async def list_friends(caller: Signed, house: TheHouse) -> Response:
    """Your friends, and who asks whom."""
    async with house.database.transaction(read_only=True) as tx:
        return answer(friends_view(await people.access_friends(tx, caller.person_id)))


def friends_view(friends: people.Friends) -> dict[str, object]:
    """`Friends` as the wire has it."""
    return {
        "friends": [one.wire() for one in friends.friends],
        "incoming": [_request(one) for one in friends.incoming],
        "outgoing": [_request(one) for one in friends.outgoing],
        "blocked": [one.wire() for one in friends.blocked],
    }


def _request(request: people.FriendRequest) -> dict[str, object]:
    return {"id": request.id, "person": request.person.wire(), "at": request.at}


@router.put(
    "/friend-requests/{request_id}",
    response_model=Tie,
    responses=refuses(errors.PersonNotFound, errors.ThatIsYou, errors.YouBlockedThem, errors.IdTaken),
)
async def ask_friend(request_id: MintedId, body: FriendRequestBody, caller: Signed, house: TheHouse) -> Response:
    """Ask somebody to be friends. When they asked you already, you are friends at once."""
    house.limits.take("ask_friend", caller.person_id)
    tie = await house.together(people.ask_friend, people.AskFriend(request_id, caller.person_id, body.handle))
    return answer(tie.wire())


_ANSWER_REFUSALS = refuses(errors.FriendRequestNotFound, errors.FriendRequestAnswered)


@router.post("/friend-requests/{request_id}/accept", response_model=Tie, responses=_ANSWER_REFUSALS)
async def accept_friend(request_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Be friends."""
    ask = people.AnswerFriend(request_id, caller.person_id, accept=True)
    return answer((await house.together(people.answer_friend, ask)).wire())


@router.post("/friend-requests/{request_id}/decline", response_model=Tie, responses=_ANSWER_REFUSALS)
async def decline_friend(request_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Don't; who asked is not told."""
    ask = people.AnswerFriend(request_id, caller.person_id, accept=False)
    return answer((await house.together(people.answer_friend, ask)).wire())


@router.get("/blocks", response_model=Blocks)
async def list_blocks(caller: Signed, house: TheHouse) -> Response:
    """Whom you block. They are not told."""
    async with house.database.transaction(read_only=True) as tx:
        friends = await people.access_friends(tx, caller.person_id)
    return answer({"blocked": [one.wire() for one in friends.blocked]})


@router.put("/blocks/{person_id}", status_code=204, responses=refuses(errors.PersonNotFound, errors.ThatIsYou))
async def block_person(person_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Block somebody: no messages and no money between you. Money on its way between you turns back where it can."""
    await house.together(house.verbs.block, people.Block(caller.person_id, person_id))
    return nothing()


@router.delete("/blocks/{person_id}", status_code=204, responses=refuses(errors.PersonNotFound, errors.ThatIsYou))
async def unblock_person(person_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Let somebody in again."""
    await house.together(people.unblock, people.Block(caller.person_id, person_id))
    return nothing()


@router.post(
    "/conversations",
    response_model=Conversation,
    responses=refuses(errors.PersonNotFound, chat.errors.NotFriends),
)
async def open_conversation(body: OpenConversationBody, caller: Signed, house: TheHouse) -> Response:
    """The conversation with a friend; the same one each time."""
    opened = await house.together(chat.ensure_conversations, (caller.person_id, body.person_id))
    async with house.database.transaction(read_only=True) as tx:
        return answer((await chat.access_conversation(tx, caller.person_id, opened.id)).wire())
