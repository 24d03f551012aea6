"""What callers ask for: transfers between accounts picked in different ways, holds, chains."""

from collections.abc import Callable
from random import random
from uuid import UUID

from tuppence.core import uuid7
from tuppence.ledger import Transfer, TransferFlags
from tuppence.ledger.model import AMOUNT_MAX

USD = 840
Pick = Callable[[], tuple[UUID, UUID]]
Source = Callable[[int], list[Transfer]]  # about so many transfers, as one ask


class Accounts:
    """Ten thousand accounts, and ways to pick two of them."""

    def __init__(self, count: int = 10_000) -> None:
        self.ids = [uuid7() for _ in range(count)]

    def uniform(self) -> tuple[UUID, UUID]:
        return self._two(int(random() * len(self.ids)), int(random() * len(self.ids)))

    def zipf(self) -> tuple[UUID, UUID]:
        """The k-th most used is used 1/k as often as the first."""
        return self._two(self._zipf(), self._zipf())

    def hot(self) -> tuple[UUID, UUID]:
        """Every transfer touches the same account, as every payment touches the house's."""
        return self._two(int(random() * len(self.ids)), 0)

    def _zipf(self) -> int:
        return int(len(self.ids) ** random()) - 1

    def _two(self, debit: int, credit: int) -> tuple[UUID, UUID]:
        return self.ids[debit], self.ids[credit if credit != debit else debit - 1]


def plain(pick: Pick) -> Source:
    return lambda size: [_transfer(pick) for _ in range(size)]


def holds(pick: Pick) -> Source:
    """Reserve, then post what was reserved by the ask before."""
    held: list[UUID] = []

    def ask(size: int) -> list[Transfer]:
        posts = [_post(held.pop()) for _ in range(min(len(held), (size + 1) // 2))]
        fresh = [_transfer(pick)._replace(flags=TransferFlags.PENDING, timeout=3600) for _ in range(size - len(posts))]
        held.extend(one.id for one in fresh)
        return posts + fresh

    return ask


def chains(pick: Pick) -> Source:
    """Pairs that stand or fall together."""

    def ask(size: int) -> list[Transfer]:
        pairs = [(_transfer(pick), _transfer(pick)) for _ in range((size + 1) // 2)]
        return [one for first, last in pairs for one in (first._replace(flags=TransferFlags.LINKED), last)]

    return ask


def _transfer(pick: Pick) -> Transfer:
    return Transfer(uuid7(), *pick(), 5, USD, 1)


def _post(pending_id: UUID) -> Transfer:
    return Transfer(uuid7(), amount=AMOUNT_MAX, flags=TransferFlags.POST_PENDING_TRANSFER, pending_id=pending_id)
