"""What every endpoint may reach."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from tuppence.core import Policy
from tuppence.db import Database, GroupCommit
from tuppence.http.limits import Limits
from tuppence.http.live import Hub
from tuppence.http.sessions import Sessions
from tuppence.rails.card import VaultClient


@dataclass(frozen=True, slots=True)
class House:
    """One server process, put together by the composition root."""

    database: Database
    together: GroupCommit
    sessions: Sessions
    hub: Hub
    limits: Limits
    policy: Policy
    vault: VaultClient
    public_url: str
    vault_url: str
    pin_pepper: bytes
    sandbox: bool

    @property
    def origin(self) -> str:
        """Where people find us, as browsers name it."""
        return origin_of(self.public_url)

    @property
    def cookie(self) -> str:
        """The session cookie's name; the prefix makes browsers insist on Secure, no Domain and Path=/."""
        return "__Host-tuppence" if self.public_url.startswith("https://") else "tuppence"


def origin_of(url: str) -> str:
    """Scheme, host and port, as in an Origin header."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
