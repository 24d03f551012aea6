"""What the worker can do: nobody who is told something is without ears."""

from pathlib import Path
from typing import get_args

import pytest
from tests.payments.conftest import Bank

from tuppence.app.worker import rooms
from tuppence.core import Policy
from tuppence.db import Database
from tuppence.payments.charges.model import Owner as Seller
from tuppence.payments.payouts.model import Owner as Payer
from tuppence.settings import Settings

HEARD = [
    *(f"{owner}.{what}_changed" for owner in get_args(Seller) for what in ("charge", "refund", "dispute")),
    *(f"{owner}.payout_changed" for owner in get_args(Payer)),
    "charges.bank_changed",
    "payouts.bank_changed",
]


@pytest.mark.parametrize("kind", HEARD)
def test_every_owner_hears_what_became_of_its_own(database: Database, tmp_path: Path, kind: str) -> None:
    """Of every charge, refund, dispute, payout and bank order: else its job would lie dead in the queue."""
    handlers = rooms(Settings(data_dir=tmp_path), database, Bank(), Policy.load())

    assert kind in handlers
