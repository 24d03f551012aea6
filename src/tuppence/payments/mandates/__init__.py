"""Mandates: leave to take money from bank accounts."""

from tuppence.payments.mandates.actions import agree, revoke, withdrawn
from tuppence.payments.mandates.model import Agree, Mandate, Revoke, Scope
from tuppence.payments.mandates.queries import access_mandates
from tuppence.payments.mandates.words import LANGUAGES, version, words

__all__ = [
    "LANGUAGES",
    "Agree",
    "Mandate",
    "Revoke",
    "Scope",
    "access_mandates",
    "agree",
    "revoke",
    "version",
    "withdrawn",
    "words",
]
