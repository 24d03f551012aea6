"""What every endpoint may reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlsplit

from tuppence import payments, people
from tuppence.core import Failure, Policy
from tuppence.db import Database, GroupCommit, Tx
from tuppence.http.ads_verbs import AdsVerbs
from tuppence.http.cursors import Cursors
from tuppence.http.documents import Press
from tuppence.http.errors import NoPasskeys
from tuppence.http.games_desk import Desk
from tuppence.http.hook_verbs import HookVerbs
from tuppence.http.limits import Limits
from tuppence.http.live import Hub
from tuppence.http.request_log import RequestLog
from tuppence.http.sessions import Connections, Sessions
from tuppence.payments import cards, disputes, mandates
from tuppence.payments.banks import actions as banks
from tuppence.payments.banks.sealing import SealingKeys
from tuppence.rails.card import VaultClient


class Verbs:
    """The verbs that decide by the policy, bound to it once: group commit groups by the verb's identity."""

    def __init__(self, policy: Policy) -> None:
        self.send = partial(payments.send, policy=policy)
        self.act = partial(payments.act, policy=policy)
        self.step_up = partial(payments.step_up, policy=policy)
        self.add_bank = partial(banks.add, policy=policy)
        self.agree = partial(mandates.agree, policy=policy)
        self.adopt_card = partial(cards.adopt, policy=policy)
        self.report = partial(disputes.report, policy=policy)
        self.act_on_dispute = partial(disputes.act, policy=policy)
        self.locked_out = partial(payments.locked_out, policy=policy)
        self.block = partial(_block, policy=policy)
        self.ads = AdsVerbs(policy)


async def _block(tx: Tx, blocks: Sequence[people.Block], *, policy: Policy) -> Sequence[Any | Failure]:
    """Block, and in the same commit turn back the money that is on its way between the two."""
    ties = await people.block(tx, blocks)
    done = [
        (block.person_id, block.other_id)
        for block, tie in zip(blocks, ties, strict=True)
        if not isinstance(tie, Failure)
    ]
    await payments.blocked(tx, done, policy=policy)
    return ties


class SimulatedBanks(Protocol):
    """What the banks of a sandbox show. Raises: OSError if they do not answer."""

    async def lines(self, traces: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """What was posted of bank entries, by trace number."""
        ...

    async def everything(self) -> Sequence[Mapping[str, Any]]:
        """Every bank with its accounts and their newest lines."""
        ...


@dataclass(frozen=True, slots=True)
class House:
    """One server process, put together by the composition root."""

    database: Database
    together: GroupCommit
    entrance: people.Entrance
    party: people.RelyingParty | None
    sessions: Sessions
    connections: Connections
    hub: Hub
    limits: Limits
    policy: Policy
    verbs: Verbs
    vault: VaultClient
    bank_seals: SealingKeys
    cursors: Cursors
    hooks: HookVerbs
    requests: RequestLog
    public_url: str
    vault_url: str
    clock_job: str | None  # in a sandbox, the job that tells the simulated banks the time
    banks: SimulatedBanks | None  # in a sandbox
    games: Desk
    company: str = "Tuppence"  # as people read it on their bank statements
    twin_url: str | None = None  # of a live house its sandbox, and back
    press: Press = field(default_factory=Press)

    @property
    def origin(self) -> str:
        """Where people find us, as browsers name it."""
        return origin_of(self.public_url)

    @property
    def key_prefix(self) -> str:
        """How this installation's API keys begin: a sandbox takes test keys, any other live ones."""
        return f"{people.keys.PREFIX}{self.mode}_"

    @property
    def mode(self) -> people.keys.Mode:
        """Whether money is real here."""
        return "live" if self.clock_job is None else "test"

    @property
    def is_secure(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The session cookie's name; the prefix makes browsers insist on Secure, no Domain and Path=/."""
        return "__Host-tuppence" if self.is_secure else "tuppence"


def origin_of(url: str) -> str:
    """Scheme, host and port, as in an Origin header."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def party_of(house: House) -> people.RelyingParty:
    """Who we are to a passkey. Raises: NoPasskeys."""
    if house.party is None:
        raise NoPasskeys
    return house.party
