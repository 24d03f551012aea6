"""A sandbox's cards without the form: stored by what they do. Their numbers never leave the vault."""

from dataclasses import asdict

from fastapi import Response

from tuppence.core import uuid7
from tuppence.http.answers import answer
from tuppence.http.deps import SIGNED_IN, Signed, TheHouse
from tuppence.http.errors import NoSandbox, TestCardRefused, TestCardUnknown
from tuppence.http.problems import refuses
from tuppence.http.routes.cards import adopt
from tuppence.http.routing import room
from tuppence.http.schemas import Card
from tuppence.http.test_schemas import TestCardBody, TestCards
from tuppence.payments import errors
from tuppence.rails.card import VaultUnavailable

router = room("testing", prefix="/v1/test/cards")


@router.get("", response_model=TestCards, responses=refuses(NoSandbox, VaultUnavailable), dependencies=[SIGNED_IN])
async def list_test_cards(house: TheHouse) -> Response:
    """The cards that this sandbox has, and what each does."""
    if house.clock_job is None:
        raise NoSandbox
    return answer({"cards": [asdict(one) for one in await house.vault.test_cards()]})


@router.post(
    "",
    response_model=Card,
    status_code=201,
    responses=refuses(NoSandbox, TestCardUnknown, TestCardRefused, errors.TooManyCards, VaultUnavailable),
)
async def store_test_card(body: TestCardBody, caller: Signed, house: TheHouse) -> Response:
    """Get a test card of your own, without filling in a form."""
    if house.clock_job is None:
        raise NoSandbox
    house.limits.take("card", caller.person_id)
    ticket, _ = house.vault.ticket(caller.person_id, "add", origin=house.origin)
    stored = await house.vault.store_test_card(ticket, body.card, body.bank, keep=body.keep)
    if stored.token is None:
        raise TestCardUnknown if stored.code == "unknown" else TestCardRefused(reason=stored.code)
    return answer(await adopt(house, caller.person_id, uuid7(), stored.token), 201)
