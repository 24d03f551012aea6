"""Cards as the app knows them: what each can do and how to name it."""

from tuppence.payments.cards.actions import adopt, change, remove
from tuppence.payments.cards.model import Adopt, Card, CardState, Change, Described, Remove
from tuppence.payments.cards.queries import CardView, access_cards

__all__ = [
    "Adopt",
    "Card",
    "CardState",
    "CardView",
    "Change",
    "Described",
    "Remove",
    "access_cards",
    "adopt",
    "change",
    "remove",
]
