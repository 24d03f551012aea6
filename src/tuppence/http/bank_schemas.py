"""What travels about bank accounts."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tuppence.http.fields import Answer, Body, Id, Moment, example


class AddBankBody(
    Body,
    json_schema_extra=example(
        {"routing_number": "099900027", "account_number": "1000000010", "kind": "checking", "holder": "Ann Lee"}
    ),
):
    """Where the house holds euros, an IBAN; elsewhere a routing number with an account number and its kind."""

    iban: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$", max_length=34)] | None = Field(
        None, description="Without blanks."
    )
    routing_number: Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$", max_length=9)] | None = None
    account_number: Annotated[str, StringConstraints(pattern=r"^[0-9]{5,17}$", max_length=17)] | None = None
    kind: Literal["checking", "savings"] | None = None
    holder: Annotated[
        str, StringConstraints(min_length=1, max_length=70, pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$")
    ] = Field(description="At most 22 characters with a routing number.")


class ConfirmBankBody(Body, json_schema_extra=example({"amounts_minor": [12, 57]})):
    amounts_minor: Annotated[list[Annotated[int, Field(ge=1, le=99)]], Field(min_length=2, max_length=2)]


class ChangeBankBody(Body, json_schema_extra=example({"receives": True})):
    receives: bool


class BankAccount(Answer):
    id: Id
    bank: str = Field(description="Its name; of an IBAN of a bank that is not known by name, the country.")
    kind: Literal["checking", "savings", "iban"]
    holder: str
    last4: str
    state: Literal["verifying", "active", "rejected", "dead", "suspended", "removed"]
    reason: str | None = Field(description="`wrong_amounts`, `expired`, or the code with which a bank sent money back.")
    tries_left: int | None = Field(description="At the two amounts, while it is being verified.")
    deposits_by: Moment | None = Field(description="When both amounts should be on its statement.")
    expires_at: Moment | None
    debits_from: Moment | None = Field(
        description="Its bank was asked, by an entry without money, whether it may be debited; nothing is until then."
    )
    receives: bool = Field(description="The default for receiving.")


class BankAccounts(Answer):
    bank_accounts: list[BankAccount]


class BankStatementLine(Answer):
    on: str = Field(description="The day on which it was posted.")
    amount_minor: int
    description: str


class SandboxLine(Answer):
    at: Moment
    posts_at: Moment = Field(description="When the bank lets its customer spend it.")
    what: Literal["debit", "purchase", "push", "refund", "credit", "deposit"]
    amount_minor: int = Field(description="Negative where money left the account.")
    code: str = Field(description="Why the bank refused, by ISO 8583; empty where it did not.")
    undone: bool = Field(description="Taken back since: reversed or returned.")


class SandboxAccount(Answer):
    id: str
    kind: Literal["card", "account"]
    number: str = Field(description="Its last four digits.")
    label: str
    balance_minor: int
    coming_minor: int = Field(description="Accepted, not yet posted.")
    closed: bool
    lines: list[SandboxLine] = Field(description="The newest first, at most twenty.")


class Posting(Answer):
    when: Literal["fast", "next_morning", "plus_2", "plus_3"] = Field(description="Business mornings later.")
    percent: int


class Trouble(Answer):
    what: Literal[
        "slow",
        "silent",
        "lost",
        "twice",
        "late",
        "overtaken",
        "declined",
        "sent_back",
        "charged_back",
        "closed",
    ]
    permille: int


class BankHabits(Answer):
    """How a simulated bank behaves, where a card's own habits say nothing."""

    posting: list[Posting]
    troubles: list[Trouble]
    down_until: Moment | None = Field(description="It cannot be reached, or not always, until then.")


class SandboxBank(Answer):
    name: str
    habits: BankHabits
    accounts: list[SandboxAccount]


class SandboxBanks(Answer):
    """The simulated banks."""

    banks: list[SandboxBank]


class BankStatement(Answer):
    """What the simulated bank shows of an account."""

    lines: list[BankStatementLine]
