"""Reading statements: only ever the asking person's own money."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tuppence import people
from tuppence.db import Statements, Tx
from tuppence.payments.banks import queries as banks
from tuppence.payments.sends import queries as sends
from tuppence.payments.statements import rules
from tuppence.payments.statements.model import Line, Move, Period, Step, Sum, Summary

SQL = Statements(__package__)

_NONE = UUID(int=0)
_STEPS: dict[str, Any] = {
    "numbers": [number for number, _ in rules.STEPS],
    "events": [event for _, event in rules.STEPS],
}


async def access_summary(tx: Tx, person_id: UUID, period: Period) -> Summary:
    """What somebody's statement comes to. Raises: PeriodRefused."""
    rules.check(period)
    return rules.summary(await tx.fetch(SQL.sums, Sum, person_id=person_id, **_bounds(period)))


async def access_lines(
    tx: Tx, person_id: UUID, period: Period, *, after: Step | None = None, limit: int = 500
) -> tuple[list[Line], Step | None]:
    """Some of somebody's lines, oldest first, and where the next begin; None at the end. Raises: PeriodRefused."""
    rules.check(period)
    place = {
        "after_at": after.at if after else None,
        "after_id": after.payment_id if after else None,
        "after_version": after.version if after else None,
    }
    steps = await tx.fetch(SQL.steps, Step, person_id=person_id, limit=limit, **place, **_bounds(period))
    return await _lines(tx, person_id, steps), steps[-1] if len(steps) == limit else None


def _bounds(period: Period) -> dict[str, Any]:
    return {"begins_at": period.begins_at, "ends_at": period.ends_at, **_STEPS}


async def _lines(tx: Tx, person_id: UUID, steps: Sequence[Step]) -> list[Line]:
    shown = [(step, moved) for step in steps if (moved := rules.move_of(step, person_id))]
    others = {_other(step, person_id) for step, _ in shown}
    profiles = await people.profiles(tx, sorted(others))
    named = {card for step, moved in shown if (card := rules.card_of(step, moved))}
    held = await sends.cards(tx, named)
    reached = {step.receiving_bank_id for step, moved in shown if step.receiving_bank_id and moved == Move.RECEIVED}
    accounts = await banks.by_id(tx, reached)
    return [
        Line(
            payment_id=step.payment_id,
            at=step.at,
            move=moved,
            other=profiles[_other(step, person_id)],
            amount_minor=step.amount_minor,
            currency=step.currency,
            note=step.note,
            card=held.get(rules.card_of(step, moved) or _NONE),
            account=accounts.get(step.receiving_bank_id or _NONE) if moved == Move.RECEIVED else None,
        )
        for step, moved in shown
    ]


def _other(step: Step, person_id: UUID) -> UUID:
    return step.payee_id if step.payer_id == person_id else step.payer_id
