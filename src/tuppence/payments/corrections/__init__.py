"""Corrections of the books: proposed by one person, approved by another, written as further transfers."""

from tuppence.payments.corrections import errors
from tuppence.payments.corrections.actions import decide, propose
from tuppence.payments.corrections.model import Correcting, Correction, Decide, Propose
from tuppence.payments.corrections.queries import access_correction, list_corrections

__all__ = [
    "Correcting",
    "Correction",
    "Decide",
    "Propose",
    "access_correction",
    "decide",
    "errors",
    "list_corrections",
    "propose",
]
