"""Conversations, messages, receipts. Chat knows nothing of money: a message refers to a payment by kind and id."""

from tuppence.chat import errors, sync
from tuppence.chat.actions import ensure_conversations, mark_delivered, mark_read, reveal, say
from tuppence.chat.model import Conversation, ConversationView, History, Mark, Message, Say
from tuppence.chat.queries import access_conversation, access_conversations, access_history
from tuppence.chat.rules import conversation_id

__all__ = [
    "Conversation",
    "ConversationView",
    "History",
    "Mark",
    "Message",
    "Say",
    "access_conversation",
    "access_conversations",
    "access_history",
    "conversation_id",
    "ensure_conversations",
    "errors",
    "mark_delivered",
    "mark_read",
    "reveal",
    "say",
    "sync",
]
