"""The card rail: ISO 8583 for the vault's process, and the client by which server and worker call the vault."""

from tuppence.rails.card.bins import bin_of
from tuppence.rails.card.client import CardFacts, Told, Use, VaultClient, VaultRefused, VaultUnavailable
from tuppence.rails.card.connector import Iso8583Network
from tuppence.rails.card.dialect import Acquirer
from tuppence.rails.card.link import Waits
from tuppence.rails.card.sandbox import sandbox_cards
from tuppence.rails.card.tls import Tls

__all__ = [
    "Acquirer",
    "CardFacts",
    "Iso8583Network",
    "Tls",
    "Told",
    "Use",
    "VaultClient",
    "VaultRefused",
    "VaultUnavailable",
    "Waits",
    "bin_of",
    "sandbox_cards",
]
