"""What a dispute looks like to either side: facts and codes, the words are the app's. Pure."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tuppence.payments.disputes import states
from tuppence.payments.disputes.model import Dispute, Moment, View
from tuppence.payments.disputes.states import Event, Kind, State
from tuppence.payments.sends.sync import when

_HIDDEN = frozenset({Event.BORNE, Event.RECOVER, Event.WRITE_OFF})  # who bears it is between us and them
_CLAIM_STATES = (State.OPENED, State.TRIAGE, State.AWAITING_RESPONDENT, State.INVESTIGATING)


def may_see(dispute: Dispute, viewer: UUID) -> bool:
    """Who reported it; the other side once they were asked. A chargeback is not its payer's own report."""
    if dispute.kind == Kind.CHARGEBACK:
        return viewer == dispute.respondent_id and dispute.asked
    return viewer == dispute.claimant_id or (viewer == dispute.respondent_id and dispute.asked)


def view(dispute: Dispute, viewer: UUID, moments: Sequence[Moment]) -> View:
    """The dispute as this side may know it. What was said to us stays with us: neither reads the other's words."""
    claiming = viewer == dispute.claimant_id
    return {
        "id": str(dispute.id),
        "version": dispute.version,
        "kind": dispute.kind,
        "payment_id": str(dispute.subject_id) if dispute.about == "payment" else None,
        "charge_id": str(dispute.subject_id) if dispute.about == "charge" else None,
        "viewer": "claimant" if claiming else "respondent",
        "reason": dispute.reason,
        "says": dispute.says if claiming else dispute.answer or "",
        "state": dispute.state,
        "outcome": dispute.outcome,
        "amount_minor": dispute.amount_minor,
        "currency": dispute.currency,
        "awarded_minor": dispute.awarded_minor,
        "given_minor": dispute.given_minor if claiming else 0,
        "respond_by": when(dispute.respond_by),
        "credit_by": when(dispute.credit_by) if claiming else None,
        "decide_by": when(dispute.decide_by),
        "opened_at": when(dispute.opened_at),
        "updated_at": when(dispute.updated_at),
        "can": _can(dispute, claiming),
        "timeline": _timeline(moments),
    }


def _can(dispute: Dispute, claiming: bool) -> list[str]:
    """What this side may do now; the table refuses everything else anyway."""
    if dispute.state in states.TERMINAL:
        return []
    if claiming:
        return ["withdraw"] if dispute.given_minor == 0 and dispute.state in _CLAIM_STATES else []
    if dispute.state != State.AWAITING_RESPONDENT and dispute.state != State.PRE_ARB:
        return []
    concede = dispute.kind != Kind.USER
    return ["answer", "concede"] if concede else ["answer"]


def _timeline(moments: Sequence[Moment]) -> list[dict[str, Any]]:
    """A line for each change that somebody would tell another of."""
    lines, before = [], None
    for one in moments:
        name = "credited" if one.event == Event.CREDIT_DUE else one.state
        if one.event not in _HIDDEN and name != before:
            lines.append({"state": str(name), "at": when(one.at)})
        before = name
    return lines
