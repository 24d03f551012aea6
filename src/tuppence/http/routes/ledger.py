"""The ledger for programs: batches in, a result for each event; look-ups and queries. It takes an API key."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from tuppence import ledger
from tuppence.db import Tx
from tuppence.http.answers import answer
from tuppence.http.deps import ReadsLedger, TheHouse, WritesLedger
from tuppence.http.errors import AccountNotFound, ScopeMissing, TransferNotFound
from tuppence.http.fields import Id
from tuppence.http.ledger_schemas import (
    AccountQuery,
    AccountsBody,
    EventResults,
    LedgerAccount,
    LedgerAccounts,
    LedgerBalances,
    LedgerQuery,
    LedgerTransfer,
    LedgerTransfers,
    TransfersBody,
    told,
)
from tuppence.http.openapi import BY_KEY
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.ledger.bounds import Batch, OutOfBounds, is_own
from tuppence.ledger.filters import TooMuchData
from tuppence.people.keys import Key

router = room("ledger", prefix="/v1/ledger")

HOUSE = "ledger:house"


@router.post("/accounts/batch", response_model=EventResults, responses=refuses(OutOfBounds), openapi_extra=BY_KEY)
async def create_ledger_accounts(body: AccountsBody, key: WritesLedger, house: TheHouse) -> Response:
    """Open accounts: a result for each, in order.

    The ids are yours: a repeat is told `exists`. Without the scope `ledger:house` an account must have your person's id
    as `user_data_128` and a code of 10,000 or more.
    """
    events = [one.noun() for one in body.accounts]
    async with house.database.transaction() as tx:
        results = await ledger.bounds.create_accounts(tx, events, owner_of(key))
    return _results(results)


@router.post("/transfers/batch", response_model=EventResults, responses=refuses(OutOfBounds), openapi_extra=BY_KEY)
async def create_ledger_transfers(body: TransfersBody, key: WritesLedger, house: TheHouse) -> Response:
    """Make transfers: a result for each, in order, all of it durable when it is told.

    The ids are yours: a repeat is told `exists` and moves nothing. Linked transfers stand or fall together. Without the
    scope `ledger:house` both accounts must be your own.
    """
    ask = Batch([one.noun() for one in body.transfers], owner_of(key))
    return _results(await house.together(ledger.bounds.create_batches, ask))


@router.get("/accounts", response_model=LedgerAccounts, responses=refuses(TooMuchData), openapi_extra=BY_KEY)
async def query_ledger_accounts(asked: Annotated[LedgerQuery, Query()], key: ReadsLedger, house: TheHouse) -> Response:
    """Accounts that have all of this. Go on from the last timestamp; an invalid filter finds nothing."""
    owner, wanted = owner_of(key), asked.noun()
    if owner is not None:
        wanted = wanted._replace(user_data_128=owner)
    async with house.database.transaction(read_only=True) as tx:
        found = await ledger.query_accounts(tx, wanted)
    return _data([one for one in found if is_own(one, owner)])


@router.get("/transfers", response_model=LedgerTransfers, responses=refuses(TooMuchData), openapi_extra=BY_KEY)
async def query_ledger_transfers(asked: Annotated[LedgerQuery, Query()], key: ReadsLedger, house: TheHouse) -> Response:
    """Transfers that have all of this, of any account: for keys with the scope `ledger:house`."""
    if not key.allows(HOUSE):
        raise ScopeMissing(scope=HOUSE)
    async with house.database.transaction(read_only=True) as tx:
        return _data(await ledger.query_transfers(tx, asked.noun()))


@router.get(
    "/accounts/{account_id}", response_model=LedgerAccount, responses=refuses(AccountNotFound), openapi_extra=BY_KEY
)
async def read_ledger_account(account_id: Id, key: ReadsLedger, house: TheHouse) -> Response:
    """One account, its balances as they stand."""
    async with house.database.transaction(read_only=True) as tx:
        return answer(told(await _account(tx, account_id, key)))


@router.get(
    "/transfers/{transfer_id}", response_model=LedgerTransfer, responses=refuses(TransferNotFound), openapi_extra=BY_KEY
)
async def read_ledger_transfer(transfer_id: Id, key: ReadsLedger, house: TheHouse) -> Response:
    """One transfer, if one of its accounts is yours."""
    async with house.database.transaction(read_only=True) as tx:
        found = await ledger.lookup_transfers(tx, [transfer_id])
        sides = [side for one in found for side in (one.debit_account_id, one.credit_account_id)]
        accounts = await ledger.lookup_accounts(tx, sides)
    if not any(is_own(one, owner_of(key)) for one in accounts):
        raise TransferNotFound
    return answer(told(found[0]))


@router.get(
    "/accounts/{account_id}/transfers",
    response_model=LedgerTransfers,
    responses=refuses(AccountNotFound, TooMuchData),
    openapi_extra=BY_KEY,
)
async def read_account_transfers(
    account_id: Id, asked: Annotated[AccountQuery, Query()], key: ReadsLedger, house: TheHouse
) -> Response:
    """An account's transfers in order of time. Go on from the last timestamp; an invalid filter finds nothing."""
    async with house.database.transaction(read_only=True) as tx:
        await _account(tx, account_id, key)
        return _data(await ledger.get_account_transfers(tx, asked.noun(account_id)))


@router.get(
    "/accounts/{account_id}/balances",
    response_model=LedgerBalances,
    responses=refuses(AccountNotFound, TooMuchData),
    openapi_extra=BY_KEY,
)
async def read_account_balances(
    account_id: Id, asked: Annotated[AccountQuery, Query()], key: ReadsLedger, house: TheHouse
) -> Response:
    """An account's balances after each of its transfers; kept for accounts with the flag HISTORY (8)."""
    async with house.database.transaction(read_only=True) as tx:
        await _account(tx, account_id, key)
        return _data(await ledger.get_account_balances(tx, asked.noun(account_id)))


def owner_of(key: Key) -> UUID | None:
    """Whose accounts alone a key may touch; None: any."""
    return None if key.allows(HOUSE) else key.person_id


async def _account(tx: Tx, account_id: UUID, key: Key) -> ledger.Account:
    found = await ledger.lookup_accounts(tx, [account_id])
    if not found or not is_own(found[0], owner_of(key)):
        raise AccountNotFound
    return found[0]


def _results(results: Sequence[Any]) -> Response:
    view = [
        {"status": one.status.name.lower(), "number": int(one.status), "timestamp": str(one.timestamp)}
        for one in results
    ]
    return answer({"results": view})


def _data(rows: Sequence[Any]) -> Response:
    return answer({"data": [told(one) for one in rows]})
