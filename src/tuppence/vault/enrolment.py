"""The way in: a card is offered to its bank with everything its holder typed, and stored if the bank says yes.

Security code and ZIP live in this call and nowhere else. There is no way out: a number is opened only inside a rail
request (`attempts`).
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tuppence.core import Failure, uuid7
from tuppence.db import Database, Statements, Tx, violated
from tuppence.vault import crypto, records, rules, tickets, traces
from tuppence.vault.errors import CheckUnanswered, TicketUsed, TooManyTries
from tuppence.vault.keks.keyring import Keyring
from tuppence.vault.model import Form, Settings
from tuppence.vault.network import Acquirer, Bin, Card, Check, Hosted, Network, Outcome, Secret
from tuppence.vault.tickets import Ticket
from tuppence.vault.traces import Access

SQL = Statements(__package__)

Bins = Callable[[str], Bin | None]  # the first digits of a number → what they say

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
SAID_BY_BIN = ("brand", "funding", "bank", "country", "can_fund", "can_receive", "fast_funds", "regulated")


@dataclass(frozen=True, slots=True)
class _Failures:
    by_person: int
    by_address: int


@dataclass(frozen=True, slots=True)
class _New:
    """A card that its bank has said yes to, with what is sealed of it: its number, or an acquirer's token."""

    secret: Secret
    identity: str  # what its fingerprint is made of
    last4: str
    exp_month: int
    exp_year: int
    kept: bool
    about: Bin


class Enrolment:
    """Takes cards in."""

    def __init__(
        self,
        database: Database,
        keys: Keyring,
        rail: Network,
        bins: Bins,
        settings: Settings,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._keys = keys
        self._rail = rail
        self._bins = bins
        self._settings = settings
        self._now = now

    async def tokenize(self, ticket_text: str, form: Form, *, address: str) -> str:
        """Ask the bank whether the card is good, then store it; its token. Security code and ZIP end with this call.

        Raises: everything of the ticket and the form by name; TooManyTries; DetailsDontMatch, CardRefused,
            CheckUnanswered. Nothing is stored then, and the ticket stays good for another try.
        """
        ticket, settings = self._ticket(ticket_text), self._settings
        number = rules.number_of(form)
        about = self._bins(rules.bin_digits(number))
        about = rules.examine(form, about, country=settings.country, today=self._now().date())
        card = Card(Secret(number), form.exp_month, form.exp_year)

        async def check() -> Failure | None:
            return rules.judge(await self._rail.check(Check(card, form.cvv, form.zip, settings.currency)))

        await self._braked(ticket, address, check)
        kept = (form.exp_month, form.exp_year, form.keep)
        return await self._store(ticket, _New(card.number, number, number[-4:], *kept, about))

    async def adopt(self, ticket_text: str, once: str, acquirer: Acquirer, *, address: str) -> str:
        """Token mode: have the acquirer check and keep the card typed into its page, and store its token; ours.

        Raises as `tokenize` does, but for what the acquirer's page says of the form itself.
        """
        ticket, found = self._ticket(ticket_text), list[Hosted]()

        async def redeem() -> Failure | None:
            told = await acquirer.redeem(once)
            if isinstance(told, Outcome):
                return rules.judge(told) or CheckUnanswered()
            found.append(told)
            return None

        await self._braked(ticket, address, redeem)
        (card,) = found
        about = rules.admit(card.about, country=self._settings.country)
        when = (card.exp_month, card.exp_year, card.keep)
        return await self._store(ticket, _New(card.token, card.identity, card.last4, *when, about))

    async def stored(self, ticket_text: str) -> str:
        """The token of the card that was stored by this ticket, for whoever did not hear it. Raises TicketUsed."""
        ticket = self._ticket(ticket_text)
        async with self._database.transaction(read_only=True) as tx:
            found: list[str] = await tx.scalars(SQL.card_of_ticket, nonce=ticket.nonce, person_id=ticket.person_id)
        if not found:
            raise TicketUsed
        return found[0]

    def _ticket(self, text: str) -> Ticket:
        settings = self._settings
        return tickets.read(settings.shared.ticket, text, origin=settings.app_origin, now=self._now())

    async def _braked(self, ticket: Ticket, address: str, ask: Callable[[], Awaitable[Failure | None]]) -> None:
        """Ask the bank. Counted as a failure first, and forgiven unless the bank says no."""
        check = uuid7()
        async with self._database.transaction() as tx:
            await self._count(tx, check, ticket, address)
        refusal: Failure | None = CheckUnanswered()
        try:
            refusal = await ask()
        finally:
            if refusal is None or isinstance(refusal, CheckUnanswered):
                async with self._database.transaction() as tx:
                    await tx.execute(SQL.forgive_check, id=check)
        if refusal:
            raise refusal

    async def _count(self, tx: Tx, check: UUID, ticket: Ticket, address: str) -> None:
        """Raises TicketUsed, TooManyTries. Locks: this person's brake and this address's."""
        now = self._now()
        await self._lock(tx, ticket.person_id, address)
        if await tx.scalars(SQL.ticket_used, nonce=ticket.nonce):
            raise TicketUsed
        who = {"person_id": ticket.person_id, "address": address}
        failed = await tx.fetch_one(SQL.failures_of, _Failures, **who, day_ago=now - _DAY, hour_ago=now - _HOUR)
        assert failed is not None
        if failed.by_person >= self._settings.failures_per_day:
            raise TooManyTries(retry_after_seconds=int(_DAY.total_seconds()))
        if failed.by_address >= self._settings.failures_per_hour:
            raise TooManyTries(retry_after_seconds=int(_HOUR.total_seconds()))
        await tx.execute(SQL.count_check, id=check, **who, at=now)

    async def _lock(self, tx: Tx, person_id: UUID, address: str) -> None:
        """Tries released together are counted one by one; locks, not rows, for there may be no row yet."""
        await tx.execute(SQL.lock_brake, names=sorted([f"vault/{person_id}", f"vault/{address}"]))

    async def _store(self, ticket: Ticket, card: _New) -> str:
        """Raises TicketUsed if another submit of the same form was faster."""
        now, keks = self._now(), self._keys.keks
        place = crypto.Place(crypto.new_token(), ticket.person_id)
        (sealed,) = await records.seal(keks, [(place, card.secret.reveal().encode())])
        facts = {name: getattr(card.about, name) for name in SAID_BY_BIN}
        row = {
            **asdict(place),
            **asdict(sealed),
            **facts,
            "fingerprint": crypto.fingerprint(keks.fingerprint, card.identity),
            "last4": card.last4,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "kept": card.kept,
            "ticket_nonce": ticket.nonce,
            "created_at": now,
            "attach_by": now + self._settings.attach_within,
        }
        try:
            async with self._database.transaction() as tx:
                await tx.execute(SQL.insert_card, **row)
                await traces.note(tx, [Access(now, "form", "store", place.token, ticket.purpose)])
        except Exception as error:
            if violated(error) == "card_ticket_nonce":
                raise TicketUsed from None
            raise
        return place.token
