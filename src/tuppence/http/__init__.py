"""Endpoints, what travels through them, problem documents, live sync: the only room that knows HTTP."""

from tuppence.http.api import create_api, create_app
from tuppence.http.hook_verbs import HookVerbs
from tuppence.http.house import House, Verbs
from tuppence.http.limits import Limits
from tuppence.http.live import Hub
from tuppence.http.request_log import RequestLog
from tuppence.http.sessions import Connections, Sessions

__all__ = [
    "Connections",
    "HookVerbs",
    "House",
    "Hub",
    "Limits",
    "RequestLog",
    "Sessions",
    "Verbs",
    "create_api",
    "create_app",
]
