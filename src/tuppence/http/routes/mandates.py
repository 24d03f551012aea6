"""Mandates: what somebody lets a business take from a bank account of theirs, and how they withdraw it."""

from typing import Annotated, Any

from fastapi import Query, Response

from tuppence.billing import businesses
from tuppence.db import Tx
from tuppence.http.answers import answer, nothing
from tuppence.http.deps import Signed, TheHouse
from tuppence.http.fields import AmountMinor, Id, MintedId
from tuppence.http.house import House
from tuppence.http.mandate_schemas import AgreeBody, Language, Mandate, Mandates, MandateWords, Scope
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.payments import errors, mandates
from tuppence.payments.banks import queries as banks

router = room("mandates")


@router.get("/mandates", response_model=Mandates)
async def list_mandates(caller: Signed, house: TheHouse) -> Response:
    """What you let businesses take from your bank accounts, withdrawn or not, the newest first."""
    async with house.database.transaction(read_only=True) as tx:
        return answer({"mandates": [_view(one) for one in await mandates.access_mandates(tx, caller.person_id)]})


@router.get(
    "/mandate-words",
    response_model=MandateWords,
    responses=refuses(businesses.BusinessNotFound, errors.AmountRefused, errors.BankAccountNotFound),
)
async def read_mandate_words(
    caller: Signed,
    house: TheHouse,
    bank_account_id: Annotated[Id, Query()],
    scope: Annotated[Scope, Query()],
    language: Annotated[Language, Query()],
    business_id: Annotated[Id | None, Query()] = None,
    amount_minor: Annotated[AmountMinor | None, Query()] = None,
) -> Response:
    """The words to show before somebody agrees, for this account, this business and this amount."""
    if (scope == "once") != (amount_minor is not None):
        raise errors.AmountRefused
    async with house.database.transaction(read_only=True) as tx:
        payee = await _name_of(tx, business_id, house)
        account = (await banks.by_id(tx, [bank_account_id])).get(bank_account_id)
    if account is None or account.person_id != caller.person_id:
        raise errors.BankAccountNotFound
    said = mandates.words(
        scope,
        account,
        company=house.company,
        payee=payee,
        amount_minor=amount_minor,
        currency=house.policy.currency,
        language=language,
    )
    return answer({"version": mandates.version(), "words": said})


@router.put(
    "/mandates/{mandate_id}",
    response_model=Mandate,
    responses=refuses(
        businesses.BusinessNotFound,
        errors.BankAccountNotFound,
        errors.BankDebitsOff,
        errors.BankBeingAsked,
        errors.BankNotReady,
        errors.IdTaken,
        errors.WordsOutdated,
    ),
)
async def agree_to_mandate(mandate_id: MintedId, body: AgreeBody, caller: Signed, house: TheHouse) -> Response:
    """Let a business take money from a bank account of yours. Keeps the words, the moment and the session."""
    async with house.database.transaction(read_only=True) as tx:
        payee = await _name_of(tx, body.business_id, house)
    ask = mandates.Agree(
        id=mandate_id,
        person_id=caller.person_id,
        account_id=body.bank_account_id,
        scope=body.scope,
        payee=payee,
        amount_minor=body.amount_minor,
        version=body.version,
        language=body.language,
        session_id=caller.session.id,
        business_id=body.business_id,
        company=house.company,
    )
    return answer(_view(await house.together(house.verbs.agree, ask)))


@router.delete("/mandates/{mandate_id}", status_code=204, responses=refuses(errors.MandateNotFound))
async def revoke_mandate(mandate_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Withdraw it: nothing new is taken. A debit that has left already is not stopped."""
    await house.together(mandates.revoke, mandates.Revoke(mandate_id, caller.person_id))
    return nothing()


async def _name_of(tx: Tx, business_id: Id | None, house: House) -> str:
    if business_id is None:
        return house.company
    found = (await businesses.businesses(tx, [business_id])).get(business_id)
    if found is None:
        raise businesses.BusinessNotFound
    return found.name


def _view(one: mandates.Mandate) -> dict[str, Any]:
    return {
        "id": one.id,
        "bank_account_id": one.account_id,
        "business_id": one.business_id,
        "payee": one.payee,
        "scope": one.scope,
        "amount_minor": one.amount_minor,
        "currency": one.currency,
        "version": one.version,
        "words": one.words,
        "agreed_at": one.agreed_at,
        "revoked_at": one.revoked_at,
        "revoked_by": one.revoked_by,
    }
