"""What several processes are made of."""

import sys
from typing import Literal

from tuppence.core import Policy
from tuppence.db.embedded import Server, Urls
from tuppence.outbox.hooks import Seals
from tuppence.settings import Settings

CLOCK_JOB = "sandbox.clock"


def embedded(settings: Settings) -> Server | None:
    """The server in the data folder, unless the operator named another."""
    given = (settings.owner_database_url, settings.database_url, settings.vault_database_url)
    return None if any(given) else Server(settings.data_dir / "postgres")


def urls(settings: Settings) -> Urls:
    """How the database is reached. Starts the embedded server if that is what we use and it does not run."""
    server = embedded(settings)
    if server:
        return server.start().urls
    given = (settings.owner_database_url, settings.database_url, settings.vault_database_url)
    return Urls(*(url.get_secret_value() if url else "" for url in given))


def url(settings: Settings, role: Literal["app", "vault"]) -> str:
    """How a process reaches the database in its role. It needs no other role's URL, and should not be given one."""
    found: str = getattr(urls(settings), role)
    if not found:
        sys.exit(f"{'database_url' if role == 'app' else 'vault_database_url'}: not set, and this process needs it")
    return found


def webhook_seals(settings: Settings) -> Seals:
    """What endpoints' secrets are sealed with."""
    return Seals.load(settings.key_file("webhooks", settings.webhook_keys_file))


def policy(settings: Settings) -> Policy:
    """The operator's numbers, or the house's."""
    return Policy.load(settings.policy_file)
