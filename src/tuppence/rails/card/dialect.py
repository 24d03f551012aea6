"""Asks into messages, answers into outcomes: the dialect of ADR 0006 as pure functions."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from uuid import UUID

from tuppence.core import CURRENCIES
from tuppence.rails.card.codec import Message, subelements, with_subelements
from tuppence.rails.card.spec import ANSWERS
from tuppence.vault.network import (
    Card,
    Check,
    Financial,
    Merchant,
    Movement,
    Original,
    Outcome,
    Renewed,
    Secret,
    Stamp,
    State,
)

SIGN_ON = "001"
ECHO = "301"
CHECK = "000000"
INQUIRY = "330000"
RENEWAL = "340000"
STAND_IN = "350000"
PROCESSING = MappingProxyType(
    {
        Movement.DEBIT: "100000",
        Movement.PURCHASE: "002000",  # of a checking account: a check of details has 000000
        Movement.PUSH: "260000",
        Movement.REFUND: "200000",
    }
)
MONEY_TRANSFER = "4829"  # ISO 18245: what we are ourselves

# Subelements of DE48. 77 and 92 as Mastercard numbers them; the others are ours.
NEW_EXPIRY, NEW_NUMBER = "94", "95"
NETWORK_TIME, TRACE, FAST_FUNDS, TRANSACTION_TYPE, SECURITY_CODE, ZIP, PAYMENT = (
    "15",
    "63",
    "70",
    "77",
    "92",
    "93",
    "97",
)
_TRANSACTION_TYPES = {Movement.DEBIT: "F07", Movement.PUSH: "C07"}  # person to person: funding, payment

ACCEPTED = "00"
NEVER_SEEN = "25"
STAND_IN_GONE = "T0"  # N0 to ZZ are for private use
DECLINES = MappingProxyType(
    {
        "05": "do_not_honor",
        "12": "malfunction",
        "13": "not_permitted",
        "14": "invalid_card",
        "21": "malfunction",  # no action taken: its reversal came first
        "25": "malfunction",  # a refund's debit is not known
        "30": "malfunction",
        "41": "lost_or_stolen",
        "43": "lost_or_stolen",
        "51": "insufficient_funds",
        "54": "expired_card",
        "57": "not_permitted",
        "58": "not_permitted",
        "59": "fraud",
        "61": "limit_exceeded",
        "62": "not_permitted",
        "65": "limit_exceeded",
        "82": "details_mismatch",
        STAND_IN_GONE: "issuer_down",  # nothing is wrong with the card: it is to be tried again
        "91": "issuer_down",
        "92": "issuer_down",
    }
)  # 68 late, 94 duplicate, 96 malfunction and whatever else do not say that nothing moved: they stay unknown.
_ABOUT_THE_INQUIRY = frozenset({"12", "30", "58"})  # the question was refused, which says nothing of the original
_NOBODY = "0" * 11


@dataclass(frozen=True, slots=True)
class Acquirer:
    """Who we are on the network: DE32, DE41, DE42, DE43."""

    institution: str = "200000"
    terminal: str = "TUPPENCE"
    acceptor: str = "TUPPENCE P2P"
    name: str = "TUPPENCE*FRIENDS         SPRINGFIELD  US"
    short: str = "TUP"  # before the name of a merchant of ours


def check(ask: Check, stamp: Stamp, who: Acquirer) -> Message:
    """0100, amount zero, with the security code and the ZIP."""
    return _message(
        "0100",
        _opening(stamp, who, CHECK, 0, ask.currency),
        _card(ask.card),
        {25: "51", 48: with_subelements({SECURITY_CODE: ask.cvv.reveal(), ZIP: ask.zip.reveal()})},
    )


def financial(ask: Financial, who: Acquirer) -> Message:
    """0200: account funding, purchase, original credit, or a refund by reference."""
    assert (ask.card is None) == (ask.movement is Movement.REFUND) == (ask.of is not None)
    assert (ask.movement is Movement.PURCHASE) <= (ask.merchant is not None)
    parts = {PAYMENT: ask.payment_id.hex}
    if ask.movement in _TRANSACTION_TYPES:
        parts[TRANSACTION_TYPE] = _TRANSACTION_TYPES[ask.movement]
    return _message(
        "0200",
        _opening(ask.stamp, who, PROCESSING[ask.movement], ask.amount_minor, ask.currency),
        _card(ask.card) if ask.card else {},
        _reference(ask.of, who) if ask.of else {},
        _merchant(ask.merchant, who) if ask.merchant else {18: MONEY_TRANSFER},
        {25: "59", 48: with_subelements(parts), 62: ask.attempt_id.hex},
    )


def _merchant(merchant: Merchant, who: Acquirer) -> dict[int, str]:
    """Category and name of whom it is for: ours, an asterisk, theirs, as payment facilitators write them in DE43."""
    return {18: merchant.category, 43: f"{who.short}*{merchant.says:21.21}{who.name[25:]}"}


def reversal(original: Original, stamp: Stamp, who: Acquirer, *, repeat: bool) -> Message:
    """0420, or 0421 when it was sent before. Keeps the original's retrieval reference."""
    return _message(
        "0421" if repeat else "0420",
        _opening(stamp, who, PROCESSING[original.movement], original.amount_minor, original.currency),
        _reference(original, who),
        {37: reference_number(original.stamp)},
    )


def inquiry(original: Original, stamp: Stamp, who: Acquirer) -> Message:
    """0100 that asks what became of the original."""
    return _message(
        "0100",
        _opening(stamp, who, INQUIRY, original.amount_minor, original.currency),
        _reference(original, who),
    )


def renewal(card: Card, stamp: Stamp, who: Acquirer) -> Message:
    """0100 that asks the account updater for a card's new expiry and number."""
    return _message("0100", _opening(stamp, who, RENEWAL, 0, "USD"), _card(card))


def renewed(answer: Message) -> Renewed | None:
    """What the updater says; None if it knows nothing, or nothing that is a date."""
    parts = subelements(answer)
    found = re.fullmatch(r"([0-9]{2})(0[1-9]|1[0-2])", parts.get(NEW_EXPIRY, ""))
    if not found or answer[39] != ACCEPTED:
        return None
    number = parts.get(NEW_NUMBER)
    return Renewed(int(found[2]), 2000 + int(found[1]), Secret(number) if number else None)


def stand_in(card: Card, stamp: Stamp, who: Acquirer) -> Message:
    """0100 that asks for a network token."""
    return _message("0100", _opening(stamp, who, STAND_IN, 0, "USD"), _card(card))


def stood_in(answer: Message) -> Card | None:
    """The network token; None if none was given. It is told as a card's new number is."""
    told = renewed(answer)
    return Card(told.number, told.exp_month, told.exp_year) if told and told.number else None


def network(code: str, stamp: Stamp) -> Message:
    """0800: sign-on or echo."""
    return Message("0800", {7: transmitted(stamp), 11: f"{stamp.stan:06d}", 70: code})


def answers(request: Message, answer: Message) -> bool:
    """Whether this is the request's answer: of its type, and echoing all that names it."""
    echoed = (3, 4, 7, 11, 37, 41, 49, 62, 63, 70, 90)
    return answer.mti == ANSWERS[request.mti] and all(request.get(n) == answer.get(n) for n in echoed)


def outcome(request: Message, answer: Message) -> Outcome:
    """What the answer to a check or a financial message says."""
    code = answer[39]
    decline = DECLINES.get(code)
    if code == ACCEPTED:
        return _outcome(State.ACCEPTED, answer)
    if code == "57" and request[3] == PROCESSING[Movement.PUSH]:
        decline = "cannot_receive"
    return _outcome(State.DECLINED, answer, decline) if decline else _outcome(State.UNKNOWN, answer)


def inquired(original: Original, answer: Message) -> Outcome:
    """What the answer to an inquiry says of its original, under that one's reference: DE37 is the question's."""
    said = _inquired(original, answer)
    return replace(said, rrn=reference_number(original.stamp)) if said.state is State.ACCEPTED else said


def _inquired(original: Original, answer: Message) -> Outcome:
    if answer[39] == NEVER_SEEN:
        return _outcome(State.NEVER_SEEN, answer)
    if answer[39] in _ABOUT_THE_INQUIRY:
        return _outcome(State.UNKNOWN, answer)
    return outcome(Message("0200", {3: PROCESSING[original.movement]}), answer)


def transmitted(stamp: Stamp) -> str:
    """DE7."""
    return f"{stamp.sent_at.astimezone(UTC):%m%d%H%M%S}"


def reference_number(stamp: Stamp) -> str:
    """DE37: last digit of the year, day of the year, hour, trace number."""
    at = stamp.sent_at.astimezone(UTC)
    return f"{at.year % 10}{at:%j%H}{stamp.stan:06d}"


def attempt_id(message: Message, number: int) -> UUID:
    """The attempt that DE62 (this message) or DE63 (its original) names."""
    return UUID(message[number])


def _message(mti: str, *parts: dict[int, str]) -> Message:
    return Message(mti, {number: text for part in parts for number, text in part.items()})


def _opening(stamp: Stamp, who: Acquirer, processing: str, amount_minor: int, currency: str) -> dict[int, str]:
    return {
        3: processing,
        4: f"{amount_minor:012d}",
        7: transmitted(stamp),
        11: f"{stamp.stan:06d}",
        32: who.institution,
        37: reference_number(stamp),
        41: f"{who.terminal:8}",
        42: f"{who.acceptor:15}",
        43: f"{who.name:40}",
        49: f"{CURRENCIES[currency].numeric:03d}",
    }


def _card(card: Card) -> dict[int, str]:
    return {2: card.number.reveal(), 14: f"{card.exp_year % 100:02d}{card.exp_month:02d}", 22: "012"}  # key-entered


def _reference(original: Original, who: Acquirer) -> dict[int, str]:
    stamp = original.stamp
    named = f"0200{stamp.stan:06d}{transmitted(stamp)}{who.institution:>011}{_NOBODY}"
    return {63: original.attempt_id.hex, 90: named}


def _outcome(state: State, answer: Message, decline_code: str | None = None) -> Outcome:
    parts = subelements(answer)
    return Outcome(
        state,
        decline_code=decline_code,
        response_code=answer[39],
        approval=answer.get(38),
        rrn=answer.get(37),
        trace=parts.get(TRACE),
        fast_funds={"Y": True, "N": False}.get(parts.get(FAST_FUNDS, "")),
        network_at=_time(parts.get(NETWORK_TIME)),
        stand_in_gone=answer[39] == STAND_IN_GONE,
    )


def _time(text: str | None) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC) if text else None
    except ValueError:
        return None
