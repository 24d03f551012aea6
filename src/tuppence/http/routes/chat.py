"""Conversations: open one, read it, say something."""

from fastapi import Response

from tuppence import chat, payments
from tuppence.chat import errors
from tuppence.http.answers import answer, nothing, replayed
from tuppence.http.deps import Signed, TheHouse
from tuppence.http.fields import Count, Id, Seq
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.http.schemas import History, Message, ReadBody, SayBody

router = room("chat", prefix="/v1/conversations")


@router.post(
    "/{conversation_id}/messages",
    response_model=Message,
    responses=refuses(errors.ConversationNotFound, errors.BodyRefused, errors.ClientIdTaken, errors.YouBlockedThem),
)
async def say(conversation_id: Id, body: SayBody, caller: Signed, house: TheHouse) -> Response:
    """Say something. `client_id` is yours: repeat until answered, and it is said once."""
    house.limits.take("message", caller.person_id)
    ask = chat.Say(conversation_id, caller.person_id, body.client_id, "text", body.body)
    message = await house.together(chat.say, ask)
    return answer(message.wire(), headers=replayed(message.replayed))


@router.get("/{conversation_id}/messages", response_model=History, responses=refuses(errors.ConversationNotFound))
async def read_history(
    conversation_id: Id,
    caller: Signed,
    house: TheHouse,
    before_seq: Seq | None = None,
    after_seq: Seq | None = None,
    limit: Count = 50,
) -> Response:
    """A stretch of a conversation, oldest first, with the payments that it shows."""
    async with house.database.transaction(read_only=True, isolation="repeatable read") as tx:
        history = await chat.access_history(
            tx, caller.person_id, conversation_id, before_seq=before_seq, after_seq=after_seq, limit=limit
        )
        shown = [message.ref_id for message in history.messages if message.ref_kind == "payment" and message.ref_id]
        views = await payments.views(tx, caller.person_id, shown, policy=house.policy)
    return answer({"messages": [one.wire() for one in history.messages], "payments": views, "more": history.more})


@router.put("/{conversation_id}/read", status_code=204, responses=refuses(errors.ConversationNotFound))
async def mark_read(conversation_id: Id, body: ReadBody, caller: Signed, house: TheHouse) -> Response:
    """Say how far you have read. It only ever rises."""
    await house.together(chat.mark_read, chat.Mark(conversation_id, caller.person_id, body.seq))
    return nothing()


@router.put("/{conversation_id}/delivered", status_code=204, responses=refuses(errors.ConversationNotFound))
async def mark_delivered(conversation_id: Id, body: ReadBody, caller: Signed, house: TheHouse) -> Response:
    """Say how far this device has it. It only ever rises."""
    await house.together(chat.mark_delivered, chat.Mark(conversation_id, caller.person_id, body.seq))
    return nothing()
