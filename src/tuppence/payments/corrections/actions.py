"""The verbs of corrections: propose, decide. An approval writes its transfers in the same commit, the ledger last."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from tuppence import ledger
from tuppence.core import Failure
from tuppence.db import Tx, columns
from tuppence.ledger import CreateTransferStatus, Transfer
from tuppence.payments.corrections import rules
from tuppence.payments.corrections.errors import CorrectionNotFound, CorrectionRefused
from tuppence.payments.corrections.model import Correcting, Correction, Decide, Propose
from tuppence.payments.corrections.queries import SQL, corrections


async def propose(tx: Tx, asks: Sequence[Propose]) -> list[Correction | Failure]:
    """Write proposals down. Order in, order out; a repeat answers what is there.

    Refuses: IdTaken, CorrectedNotFound, CorrectionInvalid. Locks: the proposals' ids, until the transaction ends.
    """
    await tx.execute(SQL.lock_ids, ids=sorted({ask.id for ask in asks}))
    known = await corrections(tx, [ask.id for ask in asks])
    every = [one for ask in asks for one in ask.transfers]
    corrected = await _corrected(tx, every)
    accounts = await ledger.lookup_accounts(tx, list(_sides(every)))
    by_id = {one.id: one for one in accounts}
    taken = frozenset(await tx.scalars(SQL.taken, ids=[one.id for one in every]))
    refused = [
        rules.refuse_proposal(
            ask, known.get(ask.id), taken.intersection(one.id for one in ask.transfers), corrected, by_id
        )
        for ask in asks
    ]
    await _write(tx, [ask for ask, no in zip(asks, refused, strict=True) if no is None and ask.id not in known])
    there = await corrections(tx, [ask.id for ask in asks])
    return [no or there[ask.id] for ask, no in zip(asks, refused, strict=True)]


async def decide(tx: Tx, asks: Sequence[Decide]) -> list[Correction | Failure]:
    """Approve corrections, which writes their transfers, or reject them. A repeat, or another's same wish, changes
    nothing.

    Refuses: CorrectionNotFound, FourEyes, CorrectionDecided. Raises: CorrectionRefused, when the ledger refuses; then
    nothing is written. Locks: the corrections, in id order, then the ledger, until the transaction ends.
    """
    await tx.execute(SQL.lock_corrections, ids=sorted({ask.id for ask in asks}))
    known = await corrections(tx, [ask.id for ask in asks])
    plans = [rules.plan_decision(ask, known[ask.id]) if ask.id in known else CorrectionNotFound() for ask in asks]
    # Two who ask for the same in one batch: the first decides, the second finds it decided.
    wanted = {ask.id: ask for ask, plan in reversed(list(zip(asks, plans, strict=True))) if plan is True}
    await tx.execute(SQL.decide, **_decisions(wanted.values()))
    await _post(tx, [known[ask.id] for ask in wanted.values() if ask.approve])
    there = await corrections(tx, [ask.id for ask in asks])
    return [
        plan if isinstance(plan, Failure) else _told(ask, there[ask.id]) for ask, plan in zip(asks, plans, strict=True)
    ]


def _told(ask: Decide, correction: Correction) -> Correction | Failure:
    """The correction, if it is as was asked: somebody in the same batch may have come first."""
    plan = rules.plan_decision(ask, correction)
    return plan if isinstance(plan, Failure) else correction


def _decisions(asks: Iterable[Decide]) -> dict[str, list[object]]:
    asks = list(asks)
    return {
        "ids": [ask.id for ask in asks],
        "states": ["approved" if ask.approve else "rejected" for ask in asks],
        "people": [ask.person_id for ask in asks],
    }


async def _write(tx: Tx, asks: Sequence[Propose]) -> None:
    await tx.execute(SQL.write_corrections, **columns(asks, "id", "person_id", "reason"))
    rows = [(ask.id, n, one) for ask in asks for n, one in enumerate(ask.transfers, 1)]
    await tx.execute(
        SQL.write_correcting,
        correction_id=[id_ for id_, _, _ in rows],
        n=[n for _, n, _ in rows],
        **columns([one for *_, one in rows], "id", "corrects", "debit_account_id", "credit_account_id", "amount"),
    )


async def _post(tx: Tx, approved: Sequence[Correction]) -> None:
    """Write the transfers, each correction a chain of its own. Raises: CorrectionRefused."""
    if not approved:
        return
    corrected = await _corrected(tx, [one for correction in approved for one in correction.transfers])
    chains = [rules.chain(correction.transfers, corrected) for correction in approved]
    for results in await ledger.create_batches(tx, chains):
        statuses = [one.status for one in results]
        if set(statuses) != {CreateTransferStatus.CREATED}:
            raise CorrectionRefused(statuses=[one.name.lower() for one in statuses])


async def _corrected(tx: Tx, transfers: Sequence[Correcting]) -> Mapping[UUID, Transfer]:
    found = await ledger.lookup_transfers(tx, list({one.corrects for one in transfers}))
    return {one.id: one for one in found}


def _sides(transfers: Sequence[Correcting]) -> set[UUID]:
    return {side for one in transfers for side in (one.debit_account_id, one.credit_account_id)}
