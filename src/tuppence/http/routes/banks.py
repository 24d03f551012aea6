"""Bank accounts: another way to be paid. The number is sealed before anything else sees it."""

from uuid import UUID

from fastapi import Response

from tuppence.http.answers import answer, nothing
from tuppence.http.bank_schemas import AddBankBody, BankAccount, BankAccounts, ChangeBankBody, ConfirmBankBody
from tuppence.http.deps import Signed, TheHouse
from tuppence.http.errors import InvalidRequest, exactly_one, too_long
from tuppence.http.fields import Id, MintedId
from tuppence.http.house import House
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.http.schemas import ReceivingWays
from tuppence.payments import errors, receiving
from tuppence.payments.banks import actions
from tuppence.payments.banks.model import AccountNumber, AddBank, ChangeBank, Confirm, Kind, RemoveBank
from tuppence.payments.banks.sealing import Place
from tuppence.rails.bank import sepa

router = room("banks")

_HOLDER_MOST = 22  # what an ACH entry has room for


@router.get("/bank-accounts", response_model=BankAccounts)
async def list_bank_accounts(caller: Signed, house: TheHouse) -> Response:
    """Your bank accounts."""
    async with house.database.transaction(read_only=True) as tx:
        return answer({"bank_accounts": await receiving.access_banks(tx, caller.person_id)})


@router.get("/receiving", response_model=ReceivingWays)
async def list_receiving(caller: Signed, house: TheHouse) -> Response:
    """The cards and bank accounts that money can be sent to you on, and when it would arrive on each."""
    async with house.database.transaction(read_only=True) as tx:
        return answer({"ways": await receiving.ways(tx, caller.person_id, policy=house.policy)})


@router.put(
    "/bank-accounts/{bank_id}",
    response_model=BankAccount,
    responses=refuses(
        errors.AddedTooOften,
        errors.BankAccountKnown,
        errors.BankSchemeRefused,
        errors.BankUnknown,
        errors.IbanInvalid,
        errors.IdTaken,
        errors.RoutingInvalid,
        errors.TooManyBankAccounts,
    ),
)
async def add_bank_account(bank_id: MintedId, body: AddBankBody, caller: Signed, house: TheHouse) -> Response:
    """Add a bank account. Two small deposits go there; tell their amounts to prove that it is yours.

    The account number is not shown again, nor stored readably by this server.
    """
    house.limits.take("card", caller.person_id)
    return answer(await house.together(house.verbs.add_bank, _sealed(bank_id, body, caller.person_id, house)))


@router.post(
    "/bank-accounts/{bank_id}/confirm",
    response_model=BankAccount,
    responses=refuses(errors.AmountsWrong, errors.BankAccountNotFound, errors.BankMovedOn),
)
async def confirm_bank_account(bank_id: Id, body: ConfirmBankBody, caller: Signed, house: TheHouse) -> Response:
    """Tell the two amounts that arrived, in either order. Each wrong pair costs a try."""
    house.limits.take("card", caller.person_id)
    first, second = body.amounts_minor
    return answer(await house.together(actions.confirm, Confirm(bank_id, caller.person_id, (first, second))))


@router.patch(
    "/bank-accounts/{bank_id}",
    response_model=BankAccount,
    responses=refuses(errors.BankAccountNotFound, errors.BankNotReady),
)
async def change_bank_account(bank_id: Id, body: ChangeBankBody, caller: Signed, house: TheHouse) -> Response:
    """Make it the one that you receive on, instead of a card; or not."""
    return answer(await house.together(actions.change, ChangeBank(bank_id, caller.person_id, body.receives)))


@router.delete("/bank-accounts/{bank_id}", status_code=204, responses=refuses(errors.BankAccountNotFound))
async def remove_bank_account(bank_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Forget a bank account. What is on its way there still goes there."""
    await house.together(actions.remove, RemoveBank(bank_id, caller.person_id))
    return nothing()


def _sealed(bank_id: UUID, body: AddBankBody, person_id: UUID, house: House) -> AddBank:
    """The ask without the number in the plain. Raises: InvalidRequest, IbanInvalid."""
    (routing, kind, digits), keys = _named(body), house.bank_seals
    number = AccountNumber(digits)
    return AddBank(
        id=bank_id,
        person_id=person_id,
        routing=routing,
        kind=kind,
        holder=body.holder,
        last4=number.last4,
        sealed=keys.seal(Place(bank_id, routing), number),
        fingerprint=keys.fingerprint_of(routing, number),
    )


def _named(body: AddBankBody) -> tuple[str, Kind, str]:
    """Routing, kind and number of the account that a body names, in one way or the other."""
    told = (body.routing_number, body.kind, body.account_number)
    if body.iban is not None and not any(told):
        if not sepa.iban_holds(body.iban):
            raise errors.IbanInvalid
        return sepa.place_of(body.iban), "iban", body.iban
    routing, kind, digits = told
    if body.iban is not None or routing is None or kind is None or digits is None:
        raise InvalidRequest(errors=[exactly_one("iban", "routing_number with account_number and kind")])
    if len(body.holder) > _HOLDER_MOST:
        raise InvalidRequest(errors=[too_long("holder", _HOLDER_MOST)])
    return routing, kind, digits
