"""Reading reviews. Operators alone see them."""

from tuppence.db import Statements, Tx
from tuppence.payments.reviews.model import Review

SQL = Statements(__package__)


async def list_reviews(tx: Tx, *, decided: bool = False) -> list[Review]:
    """Open reviews, oldest first; the decided ones too, if asked."""
    return await tx.fetch(SQL.reviews, Review, decided=decided)
