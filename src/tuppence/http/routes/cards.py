"""Cards: the way to the vault's form, and what the app keeps of a card afterwards."""

from dataclasses import asdict, fields
from uuid import UUID

from fastapi import Response

from tuppence.billing.ads.errors import CardPaysForAds
from tuppence.http.ads_verbs import remove_cards
from tuppence.http.answers import answer, nothing
from tuppence.http.deps import Signed, TheHouse
from tuppence.http.fields import Id, MintedId
from tuppence.http.house import House, origin_of
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.http.schemas import AdoptCardBody, Card, Cards, CardTicket, CardTicketBody, ChangeCardBody
from tuppence.payments import cards, errors
from tuppence.rails.card import CardFacts, VaultUnavailable

router = room("cards")


@router.get("/cards", response_model=Cards)
async def list_cards(caller: Signed, house: TheHouse) -> Response:
    """Your cards."""
    async with house.database.transaction(read_only=True) as tx:
        return answer({"cards": await cards.access_cards(tx, caller.person_id)})


@router.post("/card-tickets", response_model=CardTicket, status_code=201)
async def create_card_ticket(body: CardTicketBody, caller: Signed, house: TheHouse) -> Response:
    """Get the vault's card form: frame `form_url`. No card number ever comes here."""
    house.limits.take("card", caller.person_id)
    ticket, expires_at = house.vault.ticket(caller.person_id, body.purpose, origin=house.origin)
    form_url = f"{house.vault_url}/card-form#{ticket}"
    return answer({"form_url": form_url, "origin": origin_of(house.vault_url), "expires_at": expires_at}, 201)


@router.put(
    "/cards/{card_id}",
    response_model=Card,
    responses=refuses(errors.CardNotFound, errors.IdTaken, errors.TooManyCards, VaultUnavailable),
)
async def adopt_card(card_id: MintedId, body: AdoptCardBody, caller: Signed, house: TheHouse) -> Response:
    """Keep what the form gave you. What the card is, we ask the vault by its token: the frame is not believed."""
    house.limits.take("card", caller.person_id)
    return answer(await adopt(house, caller.person_id, card_id, body.token))


@router.patch("/cards/{card_id}", response_model=Card, responses=refuses(errors.CardNotFound, errors.CardNotForThat))
async def change_card(card_id: Id, body: ChangeCardBody, caller: Signed, house: TheHouse) -> Response:
    """Make it the one that you pay with, or receive on."""
    change = cards.Change(card_id, caller.person_id, body.pays, body.receives)
    return answer(await house.together(cards.change, change))


@router.delete("/cards/{card_id}", status_code=204, responses=refuses(errors.CardNotFound, CardPaysForAds))
async def remove_card(card_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Forget a card. Payments under way keep what they need until they end."""
    await house.together(remove_cards, cards.Remove(card_id, caller.person_id))
    return nothing()


async def adopt(house: House, person_id: UUID, card_id: UUID, token: str) -> cards.CardView:
    """Keep a card that the vault has stored for this person. Raises: CardNotFound, and what adopting refuses."""
    (facts,) = await house.vault.describe([token])
    if facts is None or facts.person_id != person_id:
        raise errors.CardNotFound
    return await house.together(house.verbs.adopt_card, cards.Adopt(card_id, person_id, _described(facts)))


def _described(facts: CardFacts) -> cards.Described:
    """What payments wants to know of what the vault says."""
    known = asdict(facts) | {"kept": facts.keep}
    return cards.Described(**{field.name: known[field.name] for field in fields(cards.Described)})
