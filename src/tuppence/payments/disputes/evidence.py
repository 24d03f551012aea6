"""What a network is told when its chargeback is contested: facts we hold, packed without anybody's help. Pure.

Plain lines, a fact each. No names, no notes, no account numbers: the bank knows whose card it is.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from tuppence.core import Money
from tuppence.payments.disputes.model import Dispute
from tuppence.payments.disputes.queries import Evidence

MOST = 4_000  # characters


def packed(dispute: Dispute, known: Evidence) -> str:
    """The answer to a chargeback of a payment between people."""
    text = "\n".join(_lines(dispute, known))
    return text[:MOST]


def _lines(dispute: Dispute, known: Evidence) -> Iterator[str]:
    yield f"Payment {known.id} of {Money(known.amount_minor, known.currency)}, made {_at(known.created_at)}."
    if known.approval:
        yield f"Approved by the issuer under {known.approval}, reference {known.rrn or 'unknown'}."
    if known.proved_at:
        yield f"The payer confirmed this amount to this payee by PIN or passkey, {_at(known.proved_at)}."
    if known.device_age is not None:
        yield f"Sent from a device that the payer had used for {known.device_age.days} days."
    if known.paid_before:
        yield f"The payer had paid the same payee {known.paid_before} times before, undisputed or settled."
    if known.credited_at:
        yield f"Delivered to the payee's bank {_at(known.credited_at)}, trace {known.credit_trace or 'unknown'}."
    elif known.credit_trace:
        yield f"Delivered to the payee's bank, trace {known.credit_trace}."
    if known.state == "returned":
        yield "Refunded to the payer's card before this chargeback."
    if known.given_minor:
        yield f"Given back to the payer already: {Money(known.given_minor, known.currency)}."
    if dispute.answer:
        yield f"Who was paid says: {dispute.answer}"


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
