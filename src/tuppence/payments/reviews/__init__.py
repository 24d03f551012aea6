"""Payments that were held: what is open, and an operator's decision."""

from tuppence.payments.reviews.actions import decide
from tuppence.payments.reviews.model import Decision, Review
from tuppence.payments.reviews.queries import list_reviews

__all__ = ["Decision", "Review", "decide", "list_reviews"]
