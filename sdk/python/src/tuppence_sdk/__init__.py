"""Tuppence from Python."""

from tuppence_sdk import models, oauth
from tuppence_sdk.aclient import AsyncTuppence
from tuppence_sdk.client import Tuppence
from tuppence_sdk.errors import BadSignature, NoAnswer, Refused, TuppenceError
from tuppence_sdk.ids import new_id
from tuppence_sdk.webhooks import verify

__all__ = [
    "AsyncTuppence",
    "BadSignature",
    "NoAnswer",
    "Refused",
    "Tuppence",
    "TuppenceError",
    "models",
    "new_id",
    "oauth",
    "verify",
]
