"""A sandbox's cards without the form: stored by what they do. Their numbers never leave the vault."""

import base64
import hashlib
from dataclasses import asdict
from uuid import UUID

from fastapi import Response

from tuppence.core import uuid7
from tuppence.http.answers import answer
from tuppence.http.deps import SIGNED_IN, Signed, TheHouse
from tuppence.http.errors import NoSandbox, TestCardRefused, TestCardUnknown
from tuppence.http.problems import refuses, render
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
    responses=refuses(
        NoSandbox,
        TestCardUnknown,
        TestCardRefused,
        errors.CardNotFound,
        errors.IdTaken,
        errors.TooManyCards,
        VaultUnavailable,
    ),
)
async def store_test_card(body: TestCardBody, caller: Signed, house: TheHouse) -> Response:
    """Get a test card of your own, without filling in a form.

    With an `id` of yours the same request again is the same card; without one it is another.
    """
    if house.clock_job is None:
        raise NoSandbox
    house.limits.take("card", caller.person_id)
    card_id = body.id or uuid7()
    nonce = _once(caller.person_id, card_id, body)
    ticket, _ = house.vault.ticket(caller.person_id, "add", origin=house.origin, nonce=nonce)
    stored = await house.vault.store_test_card(ticket, body.card, body.bank, keep=body.keep)
    if stored.token is None:
        raise TestCardUnknown if stored.code == "unknown" else TestCardRefused(reason=stored.code)
    return answer(await adopt(house, caller.person_id, card_id, stored.token), 201)


def _once(person_id: UUID, card_id: UUID, body: TestCardBody) -> str:
    """What makes two requests one: the vault stores one card for it, and of another body it stores another."""
    asked = render([str(person_id), str(card_id), body.card, body.bank, body.keep])
    return base64.urlsafe_b64encode(hashlib.sha256(asked).digest()[:18]).decode()
