"""The card network over ISO 8583, as the vault asks for it: asks in, outcomes out, no money remembered here."""

from tuppence.rails.card import dialect
from tuppence.rails.card.codec import Message
from tuppence.rails.card.dialect import Acquirer
from tuppence.rails.card.link import Link, Silence, Stamps, Waits
from tuppence.rails.card.tls import Tls
from tuppence.vault.network import Card, Check, Financial, Original, Outcome, Renewed, Stamp, State


class Iso8583Network:
    """Implements the vault's `Network` over one connection. Retrying is the vault's: nothing here sends twice."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        waits: Waits | None = None,
        who: Acquirer | None = None,
        tls: Tls | None = None,
    ) -> None:
        """`who` is our identity on the network; the simulator takes any. Without `tls` the line is in the plain."""
        self._stamps = Stamps()
        self._who = who or Acquirer()
        self._link = Link(host, port, self._stamps, waits or Waits(), tls=tls)

    async def __aenter__(self) -> "Iso8583Network":
        """Begin to connect; does not wait for it."""
        self._link.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._link.close()

    @property
    def connected(self) -> bool:
        """For the health page."""
        return self._link.connected

    def stamp(self) -> Stamp:
        """The next message's place in the stream."""
        return self._stamps.next()

    async def check(self, ask: Check) -> Outcome:
        """Zero-amount check of a card's details."""
        return await self._ask(dialect.check(ask, self.stamp(), self._who))

    async def financial(self, ask: Financial) -> Outcome:
        """Debit, push or refund, sent once."""
        return await self._ask(dialect.financial(ask, self._who))

    async def reverse(self, original: Original, *, repeat: bool) -> bool:
        """0420, or 0421 when repeated. True once acknowledged."""
        answer = await self._link.ask(dialect.reversal(original, self.stamp(), self._who, repeat=repeat))
        return isinstance(answer, Message) and answer[39] == dialect.ACCEPTED

    async def inquire(self, original: Original) -> Outcome:
        """What became of the original, as far as the network tells."""
        answer = await self._link.ask(dialect.inquiry(original, self.stamp(), self._who))
        return dialect.inquired(original, answer) if isinstance(answer, Message) else Outcome(State.UNKNOWN)

    async def renewed(self, card: Card) -> Renewed | None:
        """A card's new expiry and number, if the account updater knows them."""
        answer = await self._link.ask(dialect.renewal(card, self.stamp(), self._who))
        return dialect.renewed(answer) if isinstance(answer, Message) else None

    async def stand_in(self, card: Card) -> Card | None:
        """A network token for a card, if the network gives one."""
        answer = await self._link.ask(dialect.stand_in(card, self.stamp(), self._who))
        return dialect.stood_in(answer) if isinstance(answer, Message) else None

    async def _ask(self, request: Message) -> Outcome:
        answer = await self._link.ask(request)
        if isinstance(answer, Message):
            return dialect.outcome(request, answer)
        return Outcome(State.NOT_SENT if answer is Silence.NOT_SENT else State.UNKNOWN)
