"""Partner apps: who they are, what a person lets them do."""

from tuppence.billing.apps import errors
from tuppence.billing.apps.consent import allow, app_of, disconnect
from tuppence.billing.apps.model import SCOPES, Access, App, Asked, Connection, Register, Scope
from tuppence.billing.apps.model import Tokens as Tokens
from tuppence.billing.apps.queries import access_app, access_apps, access_connections, find_app
from tuppence.billing.apps.registry import make_secret, register, retire
from tuppence.billing.apps.tokens import (
    ACCESS_PREFIX,
    access,
    exchange,
    give_back,
    prove_app,
    refresh,
)

__all__ = [
    "ACCESS_PREFIX",
    "SCOPES",
    "Access",
    "App",
    "Asked",
    "Connection",
    "Register",
    "Scope",
    "access",
    "access_app",
    "access_apps",
    "access_connections",
    "allow",
    "app_of",
    "disconnect",
    "errors",
    "exchange",
    "find_app",
    "give_back",
    "make_secret",
    "prove_app",
    "refresh",
    "register",
    "retire",
]
