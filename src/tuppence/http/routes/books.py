"""What the operator signs: where the books stand, and that a payment is in them."""

import asyncio
from typing import Any

from fastapi import Request, Response

from tuppence import outbox, payments
from tuppence.http.answers import answer
from tuppence.http.deps import Caller, Signed, TheHouse, address_of
from tuppence.http.errors import NothingStated
from tuppence.http.fields import Id
from tuppence.http.house import House
from tuppence.http.problems import refuses
from tuppence.http.proof_schemas import Proof, Statement
from tuppence.http.routing import room
from tuppence.ledger import books, chart
from tuppence.payments import errors

router = room("books")

_WAITS_SECONDS = (0.2, 0.3, 0.5, 0.5, 0.5)  # for the worker, which signs within a second or two


@router.get(
    "/payments/{payment_id}/proof",
    response_model=Proof,
    responses=refuses(errors.PaymentNotFound, books.NothingBooked, books.NotSealedYet),
)
async def prove_payment(payment_id: Id, caller: Signed, house: TheHouse) -> Response:
    """That a payment of yours is in the books that the operator signed, as a document to keep.

    `tuppence books verify FILE --key PUB` checks it on any machine. If the newest step is not signed for yet, a
    statement is asked for and waited for a moment; after that the refusal says when to ask again.
    """
    house.limits.take("prove", caller.person_id)
    try:
        return answer(await _prove(payment_id, caller, house))
    except books.NotSealedYet:
        async with house.database.transaction() as tx:
            await outbox.enqueue(tx, [outbox.Job(books.STATEMENT_JOB, "now")])
    for seconds in _WAITS_SECONDS[:-1]:
        await asyncio.sleep(seconds)
        try:
            return answer(await _prove(payment_id, caller, house))
        except books.NotSealedYet:
            continue
    await asyncio.sleep(_WAITS_SECONDS[-1])
    return answer(await _prove(payment_id, caller, house))


async def _prove(payment_id: Id, caller: Caller, house: House) -> dict[str, Any]:
    """Raises: PaymentNotFound, NothingBooked, NotSealedYet."""
    person, currency = caller.person_id, house.policy.currency
    async with house.database.transaction(read_only=True) as tx:
        await payments.access_payment(tx, person, payment_id, policy=house.policy)
        own = [chart.personal(name, person, currency) for name in chart.PERSONAL]
        return await books.prove(tx, payment_id, own)


@router.get(
    "/books/statement", response_model=Statement, responses=refuses(NothingStated), openapi_extra={"security": []}
)
async def read_statement(request: Request, house: TheHouse) -> Response:
    """The newest signed statement of where the books stand: how many entries, their tree, what is owed to people in
    all. It names nobody, and anybody may read it; whoever keeps it can hold the operator to it.
    """
    house.limits.take("health", address_of(request))
    async with house.database.transaction(read_only=True) as tx:
        stated = await books.latest(tx)
    if stated is None:
        raise NothingStated
    return answer(stated.signed.wire())
