"""Reading charges. Owners read their own; `access_charge` is the only way to obtain one for a business."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from tuppence.db import Statements, Tx
from tuppence.payments.charges.errors import ChargeNotFound
from tuppence.payments.charges.model import Attempt, Charged, Refunded, dispute_refund
from tuppence.payments.charges.plans import Scene
from tuppence.payments.charges.states import State

SQL = Statements(__package__)


@dataclass(frozen=True, slots=True)
class _Place:
    id: UUID
    charge_id: UUID


@dataclass(frozen=True, slots=True)
class _Disputed:
    id: UUID
    charge_id: UUID
    amount_minor: int
    by_bank: bool


async def charges(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Charged]:
    """Charges by id, those that there are."""
    found = {one.id: one for one in await tx.fetch(SQL.charges, Charged, ids=list(ids))}
    for charge_id, disputed in (await _disputed(tx, list(found))).items():
        found[charge_id] = replace(found[charge_id], disputed=disputed)
    return found


async def _disputed(tx: Tx, ids: Sequence[UUID]) -> Mapping[UUID, Mapping[UUID, int]]:
    """What payers have back by disputes that no refund gives: by charge, then by the refund that would give it."""
    told = await tx.fetch(SQL.disputed, _Disputed, ids=list(ids))
    given = await refunds(tx, [dispute_refund(one.id) for one in told if not one.by_bank])
    found: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    for one in told:
        known = given.get(dispute_refund(one.id))
        if known is None or known.state == State.REFUND_FAILED:  # it is in none of the charge's own numbers
            found[one.charge_id][dispute_refund(one.id)] = one.amount_minor
    return found


async def refunds(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Refunded]:
    """Refunds by id, those that there are."""
    return {one.id: one for one in await tx.fetch(SQL.refunds, Refunded, ids=list(ids))}


async def refunds_of(tx: Tx, charge_ids: Sequence[UUID]) -> dict[UUID, list[Refunded]]:
    """The refunds of charges, the oldest first."""
    found: dict[UUID, list[Refunded]] = defaultdict(list)
    for one in await tx.fetch(SQL.refunds_of, Refunded, charges=list(charge_ids)):
        found[one.charge_id].append(one)
    return found


async def access_charge(tx: Tx, business_id: UUID, charge_id: UUID) -> tuple[Charged, list[Refunded]]:
    """A charge of a business with its refunds. Raises: ChargeNotFound, the same for one that is another's."""
    charge = (await charges(tx, [charge_id])).get(charge_id)
    if charge is None or charge.business_id != business_id:
        raise ChargeNotFound
    return charge, (await refunds_of(tx, [charge_id]))[charge_id]


async def charges_of_attempts(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Which charge each attempt belongs to, be it a refund's."""
    return {one.id: one.charge_id for one in await tx.fetch(SQL.charges_of_attempts, _Place, ids=list(ids))}


async def scenes(tx: Tx, charge_ids: Iterable[UUID]) -> dict[UUID, Scene]:
    """Charges with all that belongs to them. Locks: the charges, in id order, until the transaction ends."""
    ids = sorted(set(charge_ids))
    await tx.execute(SQL.lock_charges, ids=ids)
    found = await charges(tx, ids)
    given_back = await refunds_of(tx, ids)
    attempts = await _attempts(tx, ids)
    return {
        one.id: Scene(one, {refund.id: refund for refund in given_back[one.id]}, attempts[one.id])
        for one in found.values()
    }


async def _attempts(tx: Tx, charge_ids: Sequence[UUID]) -> Mapping[UUID, dict[UUID, list[Attempt]]]:
    """By charge, then by what each is for."""
    found: dict[UUID, dict[UUID, list[Attempt]]] = defaultdict(dict)
    for one in await tx.fetch(SQL.attempts_of, Attempt, charges=list(charge_ids)):
        found[one.charge_id].setdefault(one.payment_id, []).append(one)
    return found


async def attempts(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Attempt]:
    """Attempts by id."""
    return {one.id: one for one in await tx.fetch(SQL.attempts, Attempt, ids=list(ids))}
