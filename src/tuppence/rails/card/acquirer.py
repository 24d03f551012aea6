"""Token mode: an acquirer that keeps the cards, spoken to in JSON over HTTP. Its tokens stand where numbers would.

What silence proves is the same as over ISO 8583: no connection, nothing sent; anything later, unknown. Nothing here is
sent twice. A real acquirer has its own API; the one in the sandbox speaks this.
"""

from typing import Any

import httpx2
import structlog

from tuppence.rails.card.link import Stamps
from tuppence.rails.card.tls import Tls
from tuppence.rails.card.wire import asked, named, on_the_wire, outcome_of
from tuppence.vault.network import Bin, Card, Check, Financial, Hosted, Original, Outcome, Renewed, Secret, Stamp, State

log = structlog.get_logger()

_CONNECT_S = 2.0


class AcquirerNetwork:
    """Implements the vault's `Acquirer`."""

    def __init__(self, url: str, authorization: str, *, answer_s: float = 20.0, tls: Tls | None = None) -> None:
        self._stamps = Stamps()
        self._http = httpx2.AsyncClient(
            base_url=url,
            headers={"Authorization": authorization},
            timeout=httpx2.Timeout(answer_s, connect=_CONNECT_S),
            verify=tls.client() if tls else True,
            trust_env=False,
        )

    async def __aenter__(self) -> "AcquirerNetwork":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    def stamp(self) -> Stamp:
        """The next message's place in the stream."""
        return self._stamps.next()

    async def redeem(self, once: str) -> Hosted | Outcome:
        """Have a card that was typed into its page checked and kept."""
        told = await self._call("/v1/redeem", {"once": once})
        if isinstance(told, State):
            return Outcome(told)
        if "card" not in told:
            return outcome_of(told)
        card = told["card"]
        return Hosted(**card | {"token": Secret(card["token"]), "about": Bin(**card["about"])})

    async def check(self, ask: Check) -> Outcome:
        """Not asked in token mode: cards are checked when they are redeemed."""
        del ask
        return Outcome(State.NOT_SENT)

    async def financial(self, ask: Financial) -> Outcome:
        """Debit, push or refund, sent once."""
        told = await self._call("/v1/financial", asked(ask))
        return Outcome(told) if isinstance(told, State) else outcome_of(told)

    async def reverse(self, original: Original, *, repeat: bool) -> bool:
        """True once acknowledged."""
        told = await self._call("/v1/reverse", {"of": named(original), "repeat": repeat})
        return not isinstance(told, State) and told.get("acknowledged") is True

    async def inquire(self, original: Original) -> Outcome:
        """What became of the original, as far as the acquirer tells."""
        told = await self._call("/v1/inquire", {"of": named(original)})
        return Outcome(State.UNKNOWN) if isinstance(told, State) else outcome_of(told)

    async def renewed(self, card: Card) -> Renewed | None:
        """A card's new expiry, if the acquirer's account updater knows one."""
        told = await self._call("/v1/renewed", {"card": on_the_wire(card)})
        if isinstance(told, State) or "exp_month" not in told:
            return None
        return Renewed(int(told["exp_month"]), int(told["exp_year"]))

    async def stand_in(self, card: Card) -> Card | None:
        """None: the acquirer, who has the number, asks for network tokens itself."""

    async def _call(self, path: str, body: dict[str, Any]) -> dict[str, Any] | State:
        """The answer; or what its absence proves."""
        try:
            answer = await self._http.post(path, json=body)
            told = answer.json()
            if answer.status_code == 200 and isinstance(told, dict):
                return told
            log.warning("acquirer_refused", path=path, status=answer.status_code)
            return State.UNKNOWN
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            return State.NOT_SENT
        except (httpx2.HTTPError, ValueError) as error:
            log.warning("acquirer_silent", path=path, error=type(error).__name__)
            return State.UNKNOWN
