"""Grants: a person lets a business charge their card, once or on file, within caps, until they take it back."""

from tuppence.billing.apps.grants import errors
from tuppence.billing.apps.grants.actions import approve, ask, decline, give_back, give_up, take
from tuppence.billing.apps.grants.jobs import handlers
from tuppence.billing.apps.grants.model import Ask, GiveBack, Grant, Take
from tuppence.billing.apps.grants.queries import access_asked, access_grant, access_own, list_grants

__all__ = [
    "Ask",
    "GiveBack",
    "Grant",
    "Take",
    "access_asked",
    "access_grant",
    "access_own",
    "approve",
    "ask",
    "decline",
    "errors",
    "give_back",
    "give_up",
    "handlers",
    "list_grants",
    "take",
]
