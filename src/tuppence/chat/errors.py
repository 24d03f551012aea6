"""What chat refuses."""

from tuppence.core import Failure, Kind


class ConversationNotFound(Failure):
    """You have no such conversation."""

    kind = Kind.NOT_FOUND
    code = "conversation_not_found"


class NotFriends(Failure):
    """You can open a conversation with friends only. Nothing was written."""

    kind = Kind.FORBIDDEN
    code = "not_friends"


class BodyRefused(Failure):
    """A message has 1 to 4,000 characters of text, without control characters; `reason` says which rule. Nothing was
    written."""

    code = "body_refused"


class ClientIdTaken(Failure):
    """You used this client_id for another message. Make a new one; nothing was written."""

    kind = Kind.CONFLICT
    code = "client_id_taken"


class YouBlockedThem(Failure):
    """You blocked this person; unblock them first. Nothing was written."""

    kind = Kind.CONFLICT
    code = "you_blocked_them"
