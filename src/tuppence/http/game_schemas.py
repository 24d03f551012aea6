"""What travels about games: the developer's side, and the buyer's."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tuppence.http.fields import AmountMinor, Answer, Body, Id, Moment, example

Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s\x00-\x1f]+$", max_length=500)]
Words = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]*$", max_length=500)]
Sku = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]+$", min_length=1, max_length=64)]
Outcome = Literal[
    "ok", "fail", "async_ok", "async_fail", "timeout_unknown", "duplicate_webhook", "late_chargeback", "refund_race"
]
DisputeReason = Literal["not_received", "not_as_described", "unauthorized", "mistake"]
PurchaseState = Literal[
    "quoted",
    "user_cancelled",
    "expired",
    "vetoable",
    "rejected_by_app",
    "authorizing",
    "initiated",
    "failed",
    "completed",
    "bundle_declined",
    "part_refunded",
    "refunded",
    "chargeback",
    "chargeback_reversed",
]

# - the developer's side ----------------------------------------------------------------------------------------------


class GameBody(
    Body,
    json_schema_extra=example(
        {
            "name": "Star Quest",
            "catalogue_url": "https://game.example/catalogue.json",
            "callback_url": "https://game.example/veto",
            "return_url": "https://game.example/thanks",
        }
    ),
):
    name: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$", min_length=1, max_length=60)]
    catalogue_url: Url = Field(description="Where your products are listed.")
    callback_url: Url | None = Field(None, description="Who is asked, for ten seconds, before a buyer is debited.")
    return_url: Url | None = Field(None, description="Where the buyer goes back to, with the signed result.")


class Game(Answer):
    id: Id
    name: str
    catalogue_url: str
    callback_url: str | None
    return_url: str | None
    share_percent: int = Field(description="What of each price, without tax, is yours.")
    created_at: Moment


class Games(Answer):
    data: list[Game]


class GameSecret(Answer):
    secret: str = Field(description="What signs the questions that you are asked, and results; keep it to yourself.")


class GamePrice(Answer):
    currency: str
    amount_minor: int


class GameProduct(Answer):
    sku: str
    title: str
    description: str
    image_url: str | None
    prices: list[GamePrice]


class GameCatalogue(Answer):
    products: list[GameProduct] = Field(description="The last copy that could be read.")
    read_at: Moment | None
    failure: str | None = Field(description="What was wrong the last time, if it could not be read.")
    failed_at: Moment | None


class GameQuoteBody(Body, json_schema_extra=example({"sku": "gems_100", "quantity": 1, "request_id": "order-4711"})):
    sku: Sku
    quantity: Annotated[int, Field(ge=1, le=1000)] = 1
    request_id: Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]*$", max_length=255)] = Field(
        "", description="Yours: it comes back with everything about this purchase."
    )


class GameRefundBody(Body, json_schema_extra=example({"amount_minor": 100, "reason": "Item was broken"})):
    amount_minor: AmountMinor | None = Field(None, description="None: all that is left.")
    reason: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]+$", min_length=1, max_length=140)]


class GameTesterBody(Body, json_schema_extra=example({"outcome": "async_ok"})):
    outcome: Outcome


class GameTester(Answer):
    person_id: Id
    handle: str
    name: str
    outcome: Outcome
    since: Moment


class GameTesters(Answer):
    data: list[GameTester]


class PurchaseDisputeAnswerBody(Body, json_schema_extra=example({"outcome": "granted_replacement_item"})):
    outcome: Literal["refunded_in_cash", "granted_replacement_item", "denied_refund", "banned_user"]


class PurchaseGame(Answer):
    id: Id
    name: str


class PurchaseExchange(Answer):
    listed_minor: int
    listed_currency: str
    rate: str
    on: str = Field(description="The day on which the rate was published.")


class PurchaseDispute(Answer):
    reason: DisputeReason
    words: str
    opened_at: Moment
    due_at: Moment = Field(description="Unanswered by then, the rest is refunded.")
    outcome: str
    closed_at: Moment | None


class PurchaseRefund(Answer):
    id: Id
    amount_minor: int
    reason: str
    state: Literal["refunding", "refunded", "failed"]
    at: Moment


class Purchase(Answer):
    """What both sides see."""

    id: Id
    game: PurchaseGame
    state: PurchaseState
    delivery: Literal["pending", "fulfilled", "consumed"]
    sku: str
    title: str
    description: str
    quantity: int
    request_id: str
    currency: str
    price_minor: int
    tax_minor: int
    total_minor: int
    refunded_minor: int
    refundable_minor: int
    exchange: PurchaseExchange | None = Field(description="How the price came from one in another currency.")
    test: bool
    outcome: Outcome | None
    bundled: bool = Field(description="Debited with other small purchases of the day.")
    why: str | None = Field(description="A code: why it was declined, or what is waited for.")
    says: str | None = Field(description="What the game lets its buyer read.")
    quoted_at: Moment
    expires_at: Moment
    completed_at: Moment | None
    fulfilled_at: Moment | None
    consumed_at: Moment | None
    dispute: PurchaseDispute | None
    version: int


class Sold(Purchase):
    """A purchase as the business that sold it sees it."""

    developer_minor: int
    fee_minor: int
    owed_minor: int
    owed_currency: str
    refunds: list[PurchaseRefund]


class SoldPage(Answer):
    data: list[Sold]
    next_cursor: str | None
    has_more: bool


class GameQuote(Sold):
    buy_url: str = Field(description="Where its buyer pays: open it, or send it.")


class GameStatement(Answer):
    id: Id
    first_day: str
    last_day: str
    currency: str
    net_minor: int = Field(description="The sum of the period's entries.")
    held_minor: int = Field(description="Kept in reserve of it.")
    release_on: str
    released_minor: int = Field(description="Reserve of earlier periods that came free.")
    carried_in_minor: int
    carried_out_minor: int
    payout_minor: int
    invoice_minor: int
    negative_since: str | None
    entries: str = Field(description="SHA-256 over the ids of the entries that this pays, in order.")
    closed_at: Moment
    pay_on: str
    state: Literal["carried", "waiting", "blocked", "scheduled", "paid", "held"]
    reason: str | None
    paid_minor: int | None
    paid_currency: str | None
    paid_rate: str | None
    invoice_paid_at: Moment | None


class GamePayoutBank(Answer):
    bank: str
    last4: str
    holder: str
    since: str = Field(description="GamePayouts go there some business days after.")


class GamePayouts(Answer):
    bank: GamePayoutBank | None
    currency: str
    open_from: str = Field(description="The first day of the period that accrues now.")
    accruing_minor: int
    reserve_minor: int
    statements: list[GameStatement]


class GamePayoutBankBody(Body, json_schema_extra=example({"bank_id": "01900000-0000-7000-8000-000000000001"})):
    bank_id: Id


class GameInvoiceBody(Body, json_schema_extra=example({"card_id": "01900000-0000-7000-8000-000000000001"})):
    card_id: Id


class GameReportLine(Answer):
    entry_id: Id
    day: str
    at: Moment
    kind: Literal["sale", "refund", "chargeback", "chargeback_reversed", "invoice_paid"]
    game_id: Id | None
    purchase_id: Id | None
    request_id: str | None
    sku: str | None
    quantity: int | None
    currency: str
    amount_minor: int
    tax_minor: int
    fee_minor: int
    share_minor: int
    owed_currency: str
    owed_minor: int
    listed: str | None
    rate: str | None
    rate_on: str | None


class GameDigestLine(Answer):
    day: str
    game_id: Id | None
    kind: str
    count: int
    currency: str
    amount_minor: int
    tax_minor: int
    fee_minor: int
    share_minor: int
    owed_currency: str
    owed_minor: int


class GamesDay(Answer):
    day: str
    sales: int
    gross_minor: int
    tax_minor: int
    fee_minor: int
    refunded_minor: int
    charged_back_minor: int
    net_minor: int


class GamesOverview(Answer):
    currency: str
    days: list[GamesDay] = Field(description="The last thirty, today the last.")


# - the buyer's side --------------------------------------------------------------------------------------------------


class Bought(Purchase):
    """A purchase as its buyer sees it."""

    can: list[Literal["buy", "cancel", "dispute", "dispute_now"]]
    return_url: str | None
    signed_result: str | None = Field(description="For the game: `payload.signature`, both base64url.")


class PurchaseOffer(Bought):
    """A purchase, and what buying it takes."""

    confirm: bool = Field(description="It asks for the PIN or a passkey first.")
    tester: Outcome | None = Field(description="You are a tester of this game: how your purchase would end.")


class BoughtPage(Answer):
    data: list[Bought]
    next_cursor: str | None
    has_more: bool


class BuyBody(Body, json_schema_extra=example({"card_id": None})):
    card_id: Id | None = Field(None, description="None: the card that you pay with.")
    outcome: Outcome | None = Field(None, description="For testers: how it is to end.")


class PurchaseDisputeBody(Body, json_schema_extra=example({"reason": "not_received", "words": "No gems came."})):
    reason: DisputeReason
    words: Words = ""
