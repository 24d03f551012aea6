"""What the vault and an acquirer tell each other in token mode, as JSON: one page for both ends."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tuppence.vault.network import Card, Check, Financial, Merchant, Movement, Original, Outcome, Secret, Stamp, State

_TIMES = ("network_at",)


def asked(ask: Financial) -> dict[str, Any]:
    """A financial message on the wire."""
    row = named(ask.original) | {"payment_id": str(ask.payment_id)}
    row |= {"merchant": asdict(ask.merchant)} if ask.merchant else {}
    return row | ({"card": on_the_wire(ask.card)} if ask.card else {}) | ({"of": named(ask.of)} if ask.of else {})


def named(original: Original) -> dict[str, Any]:
    """How a message is named on the wire."""
    return {
        "attempt_id": str(original.attempt_id),
        "movement": original.movement.value,
        "amount_minor": original.amount_minor,
        "currency": original.currency,
        "stan": original.stamp.stan,
        "sent_at": original.stamp.sent_at.astimezone(UTC).isoformat(),
    }


def told_of(outcome: Outcome) -> dict[str, Any]:
    """An outcome on the wire."""
    row = {name: value for name, value in asdict(outcome).items() if value is not None} | {"state": outcome.state.value}
    return row | {name: row[name].isoformat() for name in _TIMES if name in row}


def outcome_of(told: Mapping[str, Any]) -> Outcome:
    """The outcome on the wire. Raises KeyError, ValueError."""
    known = {name: told[name] for name in Outcome.__slots__ if name in told}
    times = {name: datetime.fromisoformat(known[name]) for name in _TIMES if name in known}
    return Outcome(**known | times | {"state": State(told["state"])})


def on_the_wire(card: Card) -> dict[str, Any]:
    """A card by its token."""
    return {"token": card.number.reveal(), "exp_month": card.exp_month, "exp_year": card.exp_year}


def original_of(row: Mapping[str, Any]) -> Original:
    """The message that a row names. Raises KeyError, ValueError."""
    stamp = Stamp(int(row["stan"]), datetime.fromisoformat(row["sent_at"]))
    what = (UUID(row["attempt_id"]), Movement(row["movement"]), int(row["amount_minor"]), str(row["currency"]))
    return Original(*what, stamp)


def financial_of(row: Mapping[str, Any], number: str | None) -> Financial:
    """The message that a row asks for, with the number that its token stands for. Raises KeyError, ValueError."""
    original, card = original_of(row), None
    if number is not None:
        card = card_of(row["card"], number)
    merchant = Merchant(**row["merchant"]) if "merchant" in row else None
    what = (original.attempt_id, original.movement, original.amount_minor, original.currency, original.stamp)
    of = original_of(row["of"]) if "of" in row else None
    return Financial(*what, UUID(row["payment_id"]), card, of, merchant)


def card_of(row: Mapping[str, Any], number: str) -> Card:
    """The card behind a token. Raises KeyError, ValueError."""
    return Card(Secret(number), int(row["exp_month"]), int(row["exp_year"]))


def check_of(typed: Mapping[str, Any]) -> Check:
    """The check of a card as its holder typed it. Raises KeyError, ValueError."""
    return Check(card_of(typed, typed["number"]), Secret(str(typed["cvv"])), Secret(str(typed["zip"])), "USD")


def refused(code: str, decline_code: str) -> dict[str, Any]:
    """A decline that the acquirer says by itself."""
    return told_of(Outcome(State.DECLINED, decline_code=decline_code, response_code=code))
