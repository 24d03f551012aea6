"""Entries of the books that bank files lead to. Ids follow from what they are about: written twice is written once."""

from collections.abc import Sequence
from uuid import UUID

from tuppence import ledger
from tuppence.core import CURRENCIES
from tuppence.db import Tx
from tuppence.ledger import CreateTransferStatus, Transfer, chart

_NOTHING = UUID(int=0)


def pair(
    transfer_id: UUID,
    names: tuple[str, str],
    minor: int,
    currency: str,
    step: chart.Step,
    *,
    about: UUID = _NOTHING,
) -> Transfer:
    """Debit the first account and credit the second; a negative amount the other way round."""
    debit, credit = names if minor > 0 else names[::-1]
    accounts = chart.house(debit, currency), chart.house(credit, currency)
    numeric = CURRENCIES[currency].numeric
    return Transfer(transfer_id, *accounts, abs(minor), ledger=numeric, code=step, user_data_128=about)


async def book(tx: Tx, transfers: Sequence[Transfer]) -> None:
    """The last call before the commit."""
    results = await ledger.create_transfers(tx, transfers) if transfers else []
    refused = {one.status for one in results} - {CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS}
    assert not refused, refused
