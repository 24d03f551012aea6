"""The ledger on the wire. What has 64 bits or more is text of digits in answers, since JavaScript rounds such numbers;
in bodies it may be a number or its digits. Ids, which have 128 bits, are UUIDs, here as everywhere."""

import re
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from tuppence.http.fields import Answer, Body, Id, MintedId, Moment, example
from tuppence.ledger import Account, Transfer
from tuppence.ledger.filters import LIMIT_MOST, AccountFilter, AccountFilterFlags, QueryFilter, QueryFilterFlags
from tuppence.ledger.model import AMOUNT_MAX, ZERO, AccountBalance
from tuppence.payments.corrections import Correcting

_DIGITS = re.compile(r"[0-9]{1,20}", re.ASCII)


def _whole(value: Any) -> Any:
    """A number, or its digits as text: what a JSON reader of somebody else's may round need not be a number."""
    if isinstance(value, str):
        if not _DIGITS.fullmatch(value):
            raise ValueError("must be a whole number, or its digits")
        return int(value)
    return value


_DIGITS_TOLD = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]{1,20}$"}]}
U16 = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=2**16 - 1)]
U32 = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=2**32 - 1)]
U64 = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=2**64 - 1, json_schema_extra=_DIGITS_TOLD)]
Amount = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=AMOUNT_MAX, json_schema_extra=_DIGITS_TOLD)]
Digits = Annotated[str, Field(pattern="^[0-9]{1,20}$")]


class LedgerQuery(Body):
    """A question about everything. Zero means any; what is given must all hold."""

    user_data_128: Id = ZERO
    user_data_64: U64 = 0
    user_data_32: U32 = 0
    ledger: U32 = 0
    code: U16 = 0
    timestamp_min: U64 = Field(0, description="Nanoseconds since 1970, inclusive.")
    timestamp_max: U64 = Field(0, description="Nanoseconds since 1970, inclusive.")
    limit: U32 = Field(100, description="At most 8,189.")
    order: Literal["asc", "desc"] = Field("asc", description="By timestamp.")

    def noun(self) -> QueryFilter:
        given = {name: getattr(self, name) for name in QueryFilter._fields if name != "flags"}
        return QueryFilter(**given, flags=QueryFilterFlags.REVERSED * (self.order == "desc"))


class AccountQuery(Body):
    """A question about one account's transfers. Zero means any; what is given must all hold."""

    sides: Literal["debits", "credits", "both"] = "both"
    user_data_128: Id = ZERO
    user_data_64: U64 = 0
    user_data_32: U32 = 0
    code: U16 = 0
    timestamp_min: U64 = Field(0, description="Nanoseconds since 1970, inclusive.")
    timestamp_max: U64 = Field(0, description="Nanoseconds since 1970, inclusive.")
    limit: U32 = Field(100, description="At most 8,189.")
    order: Literal["asc", "desc"] = Field("asc", description="By timestamp.")

    def noun(self, account_id: UUID) -> AccountFilter:
        given = {name: getattr(self, name) for name in AccountFilter._fields if name not in ("account_id", "flags")}
        sides = {"debits": 1, "credits": 2, "both": 3}[self.sides]
        return AccountFilter(account_id, **given, flags=sides | AccountFilterFlags.REVERSED * (self.order == "desc"))


class AccountEvent(Body):
    """An account to be opened; every member as TigerBeetle 0.17 has it."""

    id: Id
    ledger: U32 = 0
    code: U16 = 0
    flags: U16 = 0
    debits_pending: Amount = 0
    debits_posted: Amount = 0
    credits_pending: Amount = 0
    credits_posted: Amount = 0
    user_data_128: Id = ZERO
    user_data_64: U64 = 0
    user_data_32: U32 = 0
    timestamp: U64 = 0
    reserved: U32 = 0

    def noun(self) -> Account:
        return Account(*(getattr(self, name) for name in Account._fields))


class TransferEvent(Body):
    """A transfer to be made; every member as TigerBeetle 0.17 has it. `amount` in minor units."""

    id: Id
    debit_account_id: Id = ZERO
    credit_account_id: Id = ZERO
    amount: Amount = 0
    ledger: U32 = 0
    code: U16 = 0
    flags: U16 = 0
    pending_id: Id = ZERO
    timeout: U32 = 0
    user_data_128: Id = ZERO
    user_data_64: U64 = 0
    user_data_32: U32 = 0
    timestamp: U64 = 0

    def noun(self) -> Transfer:
        return Transfer(*(getattr(self, name) for name in Transfer._fields))


class AccountsBody(
    Body,
    json_schema_extra=example(
        {
            "accounts": [
                {
                    "id": "0192a0e0-0000-7000-8000-0000000000a1",
                    "ledger": 840,
                    "code": 10001,
                    "flags": 2,
                    "user_data_128": "0192a0e0-0000-7000-8000-00000000000a",
                }
            ]
        }
    ),
):
    accounts: Annotated[list[AccountEvent], Field(min_length=1, max_length=LIMIT_MOST)]


class TransfersBody(
    Body,
    json_schema_extra=example(
        {
            "transfers": [
                {
                    "id": "0192a0e0-0000-7000-8000-0000000000b1",
                    "debit_account_id": "0192a0e0-0000-7000-8000-0000000000a1",
                    "credit_account_id": "0192a0e0-0000-7000-8000-0000000000a2",
                    "amount": "2000",
                    "ledger": 840,
                    "code": 1,
                }
            ]
        }
    ),
):
    transfers: Annotated[list[TransferEvent], Field(min_length=1, max_length=LIMIT_MOST)]


class CorrectingTransfer(Body):
    """A transfer that corrects another; it takes that one's currency, code and subject."""

    id: MintedId
    corrects: Id
    debit_account_id: Id
    credit_account_id: Id
    amount: Amount

    def noun(self) -> Correcting:
        return Correcting(self.id, self.corrects, self.debit_account_id, self.credit_account_id, self.amount)


class CorrectionBody(
    Body,
    json_schema_extra=example(
        {
            "reason": "Settled twice: file of November 3, line 12.",
            "transfers": [
                {
                    "id": "0192a0e0-0000-7000-8000-0000000000c1",
                    "corrects": "0192a0e0-0000-7000-8000-0000000000b1",
                    "debit_account_id": "0192a0e0-0000-7000-8000-0000000000a2",
                    "credit_account_id": "0192a0e0-0000-7000-8000-0000000000a1",
                    "amount": "2000",
                }
            ],
        }
    ),
):
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    transfers: Annotated[list[CorrectingTransfer], Field(min_length=1, max_length=100)]


class CorrectingRow(Answer):
    id: Id
    corrects: Id
    debit_account_id: Id
    credit_account_id: Id
    amount: Digits


class Correction(Answer):
    id: Id
    proposed_by: Id
    reason: str
    proposed_at: Moment
    state: Literal["proposed", "approved", "rejected"]
    decided_by: Id | None
    decided_at: Moment | None
    transfers: list[CorrectingRow]


class Corrections(Answer):
    data: list[Correction]
    next_cursor: str | None
    has_more: bool


class EventResult(Answer):
    status: str = Field(description="The status by name, for instance `created`, `exists`, `exceeds_credits`.")
    number: int = Field(description="The same as TigerBeetle numbers it; `created` is 4294967295.")
    timestamp: Digits = Field(description="Nanoseconds: when it was made, or when it was asked.")


class EventResults(Answer):
    results: list[EventResult] = Field(description="One for each event, in order.")


class LedgerAccount(Answer):
    id: Id
    ledger: int
    code: int
    flags: int
    debits_pending: Digits
    debits_posted: Digits
    credits_pending: Digits
    credits_posted: Digits
    user_data_128: Id
    user_data_64: Digits
    user_data_32: int
    timestamp: Digits


class LedgerTransfer(Answer):
    id: Id
    debit_account_id: Id
    credit_account_id: Id
    amount: Digits
    ledger: int
    code: int
    flags: int
    pending_id: Id
    timeout: int
    user_data_128: Id
    user_data_64: Digits
    user_data_32: int
    timestamp: Digits


class LedgerBalance(Answer):
    debits_pending: Digits
    debits_posted: Digits
    credits_pending: Digits
    credits_posted: Digits
    timestamp: Digits


class LedgerAccounts(Answer):
    data: list[LedgerAccount]


class LedgerTransfers(Answer):
    data: list[LedgerTransfer]


class LedgerBalances(Answer):
    data: list[LedgerBalance]


_TEXT = {"amount", "timestamp", "user_data_64", "debits_pending", "debits_posted", "credits_pending", "credits_posted"}
_UNTOLD = {Account: {"reserved"}, Transfer: set[str](), AccountBalance: {"account_id"}}


def told(row: Account | Transfer | AccountBalance) -> dict[str, Any]:
    """A row as the wire has it."""
    hidden = _UNTOLD[type(row)]
    return {name: _shown(name, value) for name, value in row._asdict().items() if name not in hidden}


def _shown(name: str, value: int | UUID) -> int | str:
    return str(value) if isinstance(value, UUID) or name in _TEXT else value
