"""What a payment looks like to somebody: facts and codes, for the words see docs/design/what-a-payment-says.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tuppence.core import Leg, Policy
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.cards.model import Card
from tuppence.payments.sends.model import Attempt, Cause, Fate, Moment, Payment
from tuppence.payments.sends.rules import is_fresh
from tuppence.payments.sends.states import PAYEE_SEES, Event, State
from tuppence.people import Profile

View = dict[str, Any]

# What a timeline notes beside states: it happened, and the state stayed as it was.
NOTED = {Event.LATE: "late", Event.NOT_ARRIVED: "not_arrived", Event.REMIND: "reminded"}
_DEBIT_STATES = frozenset({State.DEBITING, State.DEBIT_FAILED})


@dataclass(frozen=True, slots=True)
class Scene:
    """What is needed to show payments, beside their rows."""

    now: datetime
    real_now: datetime
    policy: Policy
    profiles: Mapping[UUID, Profile]
    cards: Mapping[UUID, Card]
    attempts: Mapping[UUID, Sequence[Attempt]]
    moments: Mapping[UUID, Sequence[Moment]]
    banks: Mapping[UUID, BankAccount] = field(default_factory=dict)


def may_see(payment: Payment, person: UUID) -> bool:
    """The payer always; the payee once there is something for them to know."""
    return person == payment.payer_id or (person == payment.payee_id and payment.revealed)


def view(payment: Payment, viewer: UUID, scene: Scene) -> View:
    """The payment as this person may know it. Neither side ever learns the other's bank or card."""
    assert may_see(payment, viewer)
    paying = viewer == payment.payer_id
    step_up = _step_up(payment, scene) if paying else None
    leg = Leg.DEBIT if paying else Leg.CREDIT
    approved = _accepted(scene.attempts.get(payment.id, ()), leg)
    return {
        "id": str(payment.id),
        "version": payment.version,
        "conversation_id": str(payment.conversation_id),
        "payer": _profile(scene.profiles[payment.payer_id]),
        "payee": _profile(scene.profiles[payment.payee_id]),
        "viewer": "payer" if paying else "payee",
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "note": payment.note,
        "state": payment.state,
        "cause": _cause(payment, paying),
        "dispute": payment.dispute,
        "created_at": when(payment.created_at),
        "updated_at": when(payment.updated_at),
        "undo_until": when(payment.undo_until) if payment.state == State.CREATED and paying else None,
        "step_up": step_up,
        "expires_at": when(payment.expires_at),
        "next_update_at": when(payment.next_update_at),
        "decline_code": payment.decline_code if paying else None,
        "funding": _card(scene.cards.get(payment.refund_card_id or payment.funding_card_id)) if paying else None,
        "receiving": None if paying else _receiving(payment, scene),
        "arrival": promised(payment),
        "late": _is_late(payment, scene.now),
        "approval": approved.approval if approved else None,
        "trace": approved.trace if approved else None,
        "can": _payer_can(payment, step_up) if paying else _payee_can(payment, scene.now),
        "timeline": _timeline(scene.moments.get(payment.id, ()), paying),
    }


def apply(snapshot: Mapping[str, View], told: View) -> dict[str, View]:
    """A client's payments by id after a feed entry: the higher version stands, however often or late it comes."""
    known = snapshot.get(told["id"])
    return dict(snapshot) if known and known["version"] >= told["version"] else {**snapshot, told["id"]: told}


def when(at: datetime | None) -> str | None:
    """An instant on the wire: UTC, ISO 8601."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def _profile(profile: Profile) -> dict[str, Any]:
    """As `Profile.wire`, written out: every payment shows two."""
    return {"id": str(profile.id), "handle": profile.handle, "name": profile.name, "hue": profile.hue}


def _card(card: Card | None) -> dict[str, Any] | None:
    return {"brand": card.brand, "last4": card.last4, "bank": card.bank} if card else None


def _receiving(payment: Payment, scene: Scene) -> dict[str, Any] | None:
    account = scene.banks.get(payment.receiving_bank_id) if payment.receiving_bank_id else None
    if account:
        return {"brand": "bank", "last4": account.last4, "bank": account.bank}
    return _card(scene.cards.get(payment.receiving_card_id or UUID(int=0)))


def _accepted(attempts: Sequence[Attempt], leg: Leg) -> Attempt | None:
    return next((one for one in reversed(attempts) if one.leg == leg and one.fate == Fate.ACCEPTED), None)


def _cause(payment: Payment, paying: bool) -> str | None:
    """The payee is not told that the payer blocked them."""
    hidden = not paying and payment.cause == Cause.PAYER_BLOCKED
    return Cause.NO_CARD.value if hidden else payment.cause


def _step_up(payment: Payment, scene: Scene) -> dict[str, Any] | None:
    if payment.step_up_reason is None or payment.state not in (State.CREATED, State.STEP_UP):
        return None
    return {
        "needed": not is_fresh(payment.proved_at, scene.real_now, scene.policy),
        "reason": payment.step_up_reason,
        "methods": ["pin", "passkey"],
        "until": when(payment.step_up_until),
    }


def promised(payment: Payment) -> dict[str, Any] | None:
    if payment.arrival_latest is None:
        return None
    return {
        "earliest": when(payment.arrival_earliest),
        "latest": when(payment.arrival_latest),
        "fast": payment.arrival_fast,
        "reason_code": payment.arrival_reason,
        "reason_facts": dict(payment.arrival_facts),
    }


def _is_late(payment: Payment, now: datetime) -> bool:
    return payment.state == State.CREDITED and payment.arrival_latest is not None and now > payment.arrival_latest


def _payer_can(payment: Payment, step_up: dict[str, Any] | None) -> list[str]:
    """What the payer may do now; the table refuses everything else anyway."""
    proof = ["step_up"] if step_up and step_up["needed"] else []
    cancel = ["cancel"] if payment.state in _CANCELLABLE else []
    return proof + cancel + (["add_card"] if payment.state == State.PARKED else [])


def _payee_can(payment: Payment, now: datetime) -> list[str]:
    if payment.state == State.CREDITED:
        late = _is_late(payment, now) and payment.dispute == "none"
        return ["arrived", "not_arrived"] if late else ["arrived"]
    return ["add_card", "accept", "decline"] if payment.state == State.AWAITING_RECIPIENT else []


_CANCELLABLE = frozenset({State.CREATED, State.STEP_UP, State.AWAITING_RECIPIENT})


def _timeline(moments: Sequence[Moment], paying: bool) -> list[dict[str, Any]]:
    """The lines that this person may see: the payee's begin where the payment was first shown to them."""
    start = 0 if paying else next((i for i, one in enumerate(moments) if one.state in PAYEE_SEES), len(moments))
    lines, before = [], None
    for moment in moments[start:]:
        name = NOTED.get(moment.event) if moment.state == before else moment.state
        before = moment.state
        if name:
            lines.append({"state": name, "at": when(moment.at), "detail": _detail(moment, paying)})
    return lines


def _detail(moment: Moment, paying: bool) -> dict[str, Any]:
    """A refusal is told to the side whose bank it was."""
    mine = paying == (moment.state in _DEBIT_STATES)
    return {name: fact for name, fact in moment.detail.items() if name != "decline_code" or mine}
