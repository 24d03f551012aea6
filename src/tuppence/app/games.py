"""Games' parts: the key of their secrets, and the way to their servers."""

from tuppence.app.rails import no_open_transaction
from tuppence.billing.games.caller import Caller
from tuppence.billing.games.keys import load_root
from tuppence.billing.games.signing import Root
from tuppence.billing.games.web import Web
from tuppence.settings import Settings


def root(settings: Settings) -> Root:
    """What games' secrets are derived from."""
    return load_root(settings.key_file("games.key", settings.games_key_file))


def web(settings: Settings) -> Web:
    """The way to games' servers: in a sandbox they may live on this machine, if webhooks may."""
    return no_open_transaction(Caller(loopback=settings.calls_loopback))
