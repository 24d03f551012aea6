"""The handlers of every kind of job that payments ask for."""

from collections.abc import Mapping
from typing import Protocol

from tuppence.core import Policy
from tuppence.db import Database, GroupCommit
from tuppence.outbox import Handler
from tuppence.payments.banks import jobs as banks
from tuppence.payments.cards import jobs as cards
from tuppence.payments.charges import jobs as charges
from tuppence.payments.disputes import jobs as disputes
from tuppence.payments.payouts import jobs as payouts
from tuppence.payments.sends import jobs as sends


class CardRail(sends.CardRail, cards.CardKeeper, Protocol):
    """What payments take of `rails.card.VaultClient`: `use`, `inquire` and `delete`."""


def handlers(database: Database, together: GroupCommit, vault: CardRail, policy: Policy) -> Mapping[str, Handler]:
    """All of them, for the worker."""
    return {
        **sends.handlers(database, together, vault, policy),
        **charges.handlers(database, together, vault, policy),
        **payouts.handlers(database, policy),
        **disputes.handlers(database, together, vault, policy),
        **cards.handlers(database, vault),
        **banks.handlers(database),
    }
