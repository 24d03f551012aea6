"""What travels: bodies that come in, answers that go out. docs/openapi.json is made from these."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from tuppence.http.bank_schemas import BankAccount
from tuppence.http.fields import AmountMinor, Answer, Body, Currency, Id, MintedId, Moment, Seq, example
from tuppence.payments.sends.states import State

Transport = Literal["cookie", "bearer"]
Locale = Literal["en", "fr"]
Handle = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Pin = Annotated[str, StringConstraints(pattern=r"^[0-9]{4,6}$", min_length=4, max_length=6)]
Device = Annotated[str, StringConstraints(min_length=1, max_length=100)]

# - people ------------------------------------------------------------------------------------------------------------


class SignUpBody(
    Body,
    json_schema_extra=example(
        {
            "id": "0192a0e0-0000-7000-8000-00000000000a",
            "handle": "ann.lee",
            "name": "Ann Lee",
            "password": "correct horse staple",
            "device_name": "Phone",
            "transport": "bearer",
            "locale": "en",
        }
    ),
):
    id: MintedId
    handle: Handle
    name: Name
    password: Password
    device_name: Device
    transport: Transport
    locale: Locale = "en"


class SignInBody(
    Body,
    json_schema_extra=example(
        {
            "handle": "ann.lee",
            "password": "correct horse staple",
            "device_name": "Phone",
            "transport": "bearer",
        }
    ),
):
    handle: Handle
    password: Password
    device_name: Device
    transport: Transport


class PasskeySignInBody(
    Body, json_schema_extra=example({"credential": {"id": "…"}, "device_name": "Phone", "transport": "cookie"})
):
    credential: dict[str, Any] = Field(description="What the browser's WebAuthn call returned, as JSON.")
    device_name: Device
    transport: Transport


class PasskeyBody(Body, json_schema_extra=example({"credential": {"id": "…"}, "name": "Phone"})):
    credential: dict[str, Any] = Field(description="What the browser's WebAuthn call returned, as JSON.")
    name: Name


class ChangeMeBody(Body, json_schema_extra=example({"name": "Ann Lee", "locale": "fr"})):
    name: Name | None = None
    locale: Locale | None = None


class PinBody(Body, json_schema_extra=example({"pin": "4271", "password": "correct horse staple"})):
    pin: Pin
    password: Password


class FriendRequestBody(Body, json_schema_extra=example({"handle": "bo.berg"})):
    handle: Handle


class Profile(Answer):
    id: Id
    handle: str
    name: str
    hue: int = Field(description="A colour for the round picture, degrees on the wheel.")


class Tie(Answer):
    """What somebody is to you. Whether they block you is nobody's to know."""

    person: Profile
    relation: Literal["none", "asked", "asks_you", "friends", "you"]
    request_id: Id | None = Field(description="The friend request that waits between you.")
    at: Moment | None
    blocked: bool


class Me(Answer):
    id: Id
    handle: str
    name: str
    locale: Locale
    hue: int
    has_pin: bool
    link: str = Field(description="The address that friends open to find this person.")
    qr_svg: str = Field(description="The same as an SVG picture.")


class SignedIn(Answer):
    person: Profile
    session_id: Id
    token: str | None = Field(None, description="For `bearer` only: keep it secret, it is not shown again.")


class Session(Answer):
    id: Id
    device_name: str
    created_at: Moment
    seen_at: Moment
    current: bool


class Sessions(Answer):
    sessions: list[Session]


class PasskeyOptions(Answer):
    options: dict[str, Any] = Field(description="Hand this to the browser's WebAuthn call.")


class Passkey(Answer):
    id: Id
    name: str
    created_at: Moment


class Passkeys(Answer):
    passkeys: list[Passkey]


class FriendRequest(Answer):
    id: Id
    person: Profile
    at: Moment


class Friends(Answer):
    friends: list[Profile]
    incoming: list[FriendRequest]
    outgoing: list[FriendRequest]
    blocked: list[Profile]


class Blocks(Answer):
    blocked: list[Profile]


# - chat --------------------------------------------------------------------------------------------------------------


class OpenConversationBody(Body, json_schema_extra=example({"person_id": "0192a0e0-0000-7000-8000-00000000000b"})):
    person_id: Id


class SayBody(
    Body,
    json_schema_extra=example({"client_id": "0192a0e0-0000-7000-8000-00000000000c", "body": "The ramen was so good."}),
):
    client_id: MintedId
    body: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class ReadBody(Body, json_schema_extra=example({"seq": 1})):
    seq: Annotated[int, Field(ge=0, le=2**63 - 1)]


class Message(Answer):
    id: Id
    conversation_id: Id
    seq: int
    sender_id: Id
    client_id: Id
    kind: Literal["text", "ref"]
    body: str | None
    ref_kind: Literal["payment"] | None
    ref_id: Id | None
    at: Moment


class Conversation(Answer):
    id: Id
    person: Profile
    last_message: Message | None
    unread: int
    read_seq: int
    their_read_seq: int
    their_delivered_seq: int
    last_seq: int


# - cards and payments ------------------------------------------------------------------------------------------------


class CardTicketBody(Body, json_schema_extra=example({"purpose": "add"})):
    purpose: Literal["add"]


class CardTicket(Answer):
    form_url: str = Field(description="Frame this; the ticket is in its fragment.")
    origin: str = Field(description="Believe messages from this origin only.")
    expires_at: Moment


class AdoptCardBody(Body, json_schema_extra=example({"token": "card_0123456789abcdefghijklmnop"})):
    token: Annotated[str, StringConstraints(pattern=r"^card_[0-9a-z]{10,59}$", max_length=64)]


class ChangeCardBody(Body, json_schema_extra=example({"pays": True, "receives": True})):
    pays: bool | None = None
    receives: bool | None = None


class Card(Answer):
    id: Id
    brand: str
    funding: str
    last4: str
    exp_month: int
    exp_year: int
    bank: str
    state: Literal["active", "suspended", "expired", "removed"]
    can_fund: bool
    can_receive: bool
    fast_funds: bool
    kept: bool
    pays: bool = Field(description="The default for paying.")
    receives: bool = Field(description="The default for receiving.")


class Cards(Answer):
    cards: list[Card]


class Receiving(Answer):
    """A way to be paid, and when money sent now would arrive there."""

    kind: Literal["card", "bank"]
    id: Id
    default: bool
    arrival: "Arrival"


class ReceivingWays(Answer):
    ways: list[Receiving]


class SendBody(
    Body,
    json_schema_extra=example(
        {
            "payee_id": "0192a0e0-0000-7000-8000-00000000000b",
            "amount_minor": 2000,
            "currency": "USD",
            "note": "Ramen",
            "card_id": "0192a0e0-0000-7000-8000-00000000000d",
            "duplicate_ok": False,
        }
    ),
):
    payee_id: Id
    amount_minor: AmountMinor
    currency: Currency
    note: Annotated[str, StringConstraints(max_length=280)] = ""
    card_id: Id | None = None
    duplicate_ok: bool = Field(False, description="Yes, the same amount to the same friend again.")


class StepUpBody(Body, json_schema_extra=example({"pin": "4271"})):
    """Exactly one of the two."""

    pin: Pin | None = None
    passkey: dict[str, Any] | None = Field(None, description="What the browser's WebAuthn call returned, as JSON.")


class StepUp(Answer):
    needed: bool
    reason: str | None
    methods: list[Literal["pin", "passkey"]]
    until: Moment | None


class CardFace(Answer):
    brand: str
    last4: str
    bank: str


class Arrival(Answer):
    earliest: Moment
    latest: Moment
    fast: bool
    reason_code: str
    reason_facts: dict[str, Any]


class TimelineEntry(Answer):
    state: State | Literal["late", "not_arrived", "reminded"] = Field(description="A state, or what did not change it.")
    at: Moment
    detail: dict[str, Any] | None


Can = Literal["cancel", "accept", "decline", "arrived", "not_arrived", "step_up", "add_card"]


class Payment(Answer):
    """A payment as one of its two people sees it."""

    id: Id
    version: int
    conversation_id: Id
    payer: Profile
    payee: Profile
    viewer: Literal["payer", "payee"]
    amount_minor: int
    currency: str
    note: str
    state: State
    cause: str | None
    dispute: Literal["none", "open", "won", "lost"]
    created_at: Moment
    updated_at: Moment
    undo_until: Moment | None
    step_up: StepUp | None
    expires_at: Moment | None
    next_update_at: Moment | None
    decline_code: str | None
    funding: CardFace | None
    receiving: CardFace | None
    arrival: Arrival | None
    late: bool
    approval: str | None
    trace: str | None
    can: list[Can]
    timeline: list[TimelineEntry]


class Payments(Answer):
    data: list[Payment]
    next_cursor: str | None
    has_more: bool


class Window(Answer):
    name: Literal["day", "week"]
    cap_minor: int
    used_minor: int
    room_minor: int
    again_at: Moment | None


class Limits(Answer):
    currency: str
    per_payment_minor: int
    windows: list[Window]


class Quote(Answer):
    arrival: Arrival | None
    fee_minor: int
    step_up: bool


# - sync --------------------------------------------------------------------------------------------------------------


class History(Answer):
    messages: list[Message]
    payments: list[Payment]
    more: bool


class Sandbox(Answer):
    sandbox: Literal[True]
    now: Moment
    offset_seconds: int


class Bootstrap(Answer):
    feed_seq: int
    me: Me
    conversations: list[Conversation]
    payments: list[Payment]
    cards: list[Card]
    bank_accounts: list[BankAccount]
    friends: Friends
    limits: Limits
    sandbox: Sandbox | None


class Update(Answer):
    feed_seq: Seq
    kind: str
    payload: dict[str, Any]
    at: Moment


class Updates(Answer):
    updates: list[Update]
    feed_seq: Seq
    more: bool


class ClockBody(Body, json_schema_extra=example({"advance_seconds": 86400})):
    """Exactly one of the two; the clock goes forward only."""

    advance_seconds: Annotated[int, Field(ge=1, le=366 * 86_400)] | None = None
    to: Moment | None = None


class Health(Answer):
    status: Literal["ok", "degraded"]
    version: str
    parts: dict[str, Literal["ok", "down"]]
    books: Literal["proven", "broken", "unchecked"] = Field(
        description="What the last check said; `unchecked` when there was none in the last half hour."
    )


class FieldError(Answer):
    where: Literal["body", "query", "path", "header", "cookie"] = Field(alias="in")
    pointer: str
    code: str
    detail: str


class Problem(Answer):
    """RFC 9457. Further members are the facts that the code's description names."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    retryable: bool
    errors: list[FieldError] | None = None
