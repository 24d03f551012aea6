"""Messages to bytes and back, and everything that is not a message."""

import asyncio
import itertools
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.rails.card import codec, dialect
from tuppence.rails.card.codec import Message, MessageError, pack, subelements, unpack, with_subelements
from tuppence.rails.card.dialect import Acquirer
from tuppence.rails.card.framing import MOST_BYTES, framed, read_frame
from tuppence.rails.card.spec import FIELDS, MESSAGES
from tuppence.vault.network import Card, Check, Financial, Merchant, Movement, Secret, Stamp

PAN = "4000110000000017"
STAMP = Stamp(3316, datetime(2026, 9, 8, 6, 45, 19, tzinfo=UTC))
ATTEMPT = UUID("01a20897-c719-753e-b67a-54ddcf5914cf")
DEBIT = Financial(
    attempt_id=ATTEMPT,
    movement=Movement.DEBIT,
    amount_minor=2000,
    currency="USD",
    stamp=STAMP,
    payment_id=ATTEMPT,
    card=Card(Secret(PAN), 12, 2035),
)
CHECK = Check(Card(Secret(PAN), 12, 2035), Secret("987"), Secret("10001"), "USD")
US = Acquirer()

_LETTERS = {"n": "0123456789", "an": "AZaz09 ", "ans": "AZaz09 *~!/", "hex": "0123456789abcdef"}


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """Any message that the spec allows."""
    mti = draw(st.sampled_from(sorted(MESSAGES)))
    shape = MESSAGES[mti]
    numbers = shape.must | draw(st.sets(st.sampled_from(sorted(shape.may))))
    return Message(mti, {number: draw(_texts(number)) for number in sorted(numbers)})


def _texts(number: int) -> st.SearchStrategy[str]:
    field = FIELDS[number]
    if number == 48:
        ids = st.sampled_from(["15", "63", "70", "77", "92"])
        return st.dictionaries(ids, st.text(_LETTERS["ans"], max_size=20), min_size=1).map(with_subelements)
    least = field.length if not field.prefix or field.kind == "hex" else 1
    return st.text(_LETTERS[field.kind], min_size=least, max_size=min(field.length, 60))


@given(message=messages())
def test_unpack_undoes_pack(message: Message) -> None:
    """Any message survives the wire unchanged."""
    assert message == unpack(pack(message))


@given(raw=st.binary(max_size=300))
def test_any_bytes_give_a_message_or_a_typed_error(raw: bytes) -> None:
    """Nothing else ever comes out of the reader."""
    _read(raw)


@given(message=messages(), data=st.data())
def test_damaged_messages_give_a_message_or_a_typed_error(message: Message, data: st.DataObject) -> None:
    """Nor when the bytes are almost right: changed, cut, doubled, or with a tail; what is read is canonical."""
    raw = bytearray(pack(message))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        match data.draw(st.sampled_from(["change", "cut", "insert"])):
            case "change":
                raw[at] = data.draw(st.integers(0, 255))
            case "cut" if len(raw) > 1:
                del raw[at : at + data.draw(st.integers(1, 5))]
            case _:
                raw[at:at] = data.draw(st.binary(min_size=1, max_size=5))
        if not raw:
            return
    read = _read(bytes(raw))
    assert read is None or bytes(raw) == pack(read)


def _read(raw: bytes) -> Message | None:
    try:
        return unpack(raw)
    except MessageError:
        return None


@pytest.mark.parametrize("cut", [30, 60, 100])
def test_a_traceback_shows_no_bytes(cut: int) -> None:
    """The library's own error holds the whole message, number and all; ours does not drag it along."""
    with pytest.raises(MessageError) as caught:
        unpack(pack(dialect.check(CHECK, STAMP, US))[:cut])
    assert PAN[:cut] not in "".join(traceback.format_exception(caught.value))


def _without(raw: bytes, old: bytes, new: bytes) -> bytes:
    assert 1 == raw.count(old)
    return raw.replace(old, new)


ECHO = pack(dialect.network("301", STAMP))  # 0800, bitmaps 8220…00 and 0400…00, DE7 0908064519, DE11 003316, DE70 301


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"", "mti.t"),
        (b"080", "mti.t"),
        (b"0999" + ECHO[4:], "mti"),
        ("٠٨٠٠".encode() + ECHO[4:], "mti.t"),
        (ECHO[:10], "0800.p"),
        (_without(ECHO, b"8220", b"ZZ20"), "0800.p"),
        (_without(ECHO, b"8220", b"8a20"), "0800.5"),
        (_without(ECHO, b"8220", b"8221"), "0800.16"),
        (ECHO[:-3], "0800.70"),
        (ECHO[:-1] + b"x", "0800.70"),
        (ECHO + b"0", "0800.70"),
        (_without(ECHO, b"0908064519", b"09080645\xb2\xb9"), "0800.7"),
        (_without(ECHO, b"0908064519", b"0908064 19"), "0800.7"),
        (ECHO.decode().encode("cp500"), "mti.t"),
        (b"0800" + b"0220000000000000" + b"0908064519" + b"003316", "0800.70"),
    ],
)
def test_an_error_names_the_field(raw: bytes, path: str) -> None:
    """The path says which message type and which data element is amiss."""
    with pytest.raises(MessageError) as caught:
        unpack(raw)
    assert path == caught.value.path


@pytest.mark.parametrize("length", [b"+16", b" 16", b"1_6", b"-16", b"+7 ", b"20", b"00"])
def test_lengths_are_digits_and_true(length: bytes) -> None:
    """Python reads many things as a number; a length is two digits and no more than the field takes."""
    raw = pack(dialect.financial(DEBIT, US))
    with pytest.raises(MessageError):
        unpack(raw.replace(b"16" + PAN.encode(), length[:2] + PAN.encode()))


@pytest.mark.parametrize("amount_minor", [-1, 10**12, 2**63])
def test_an_amount_beyond_the_field_is_refused(amount_minor: int) -> None:
    """Twelve digits are twelve digits; nothing is cut off."""
    with pytest.raises(MessageError) as caught:
        pack(dialect.financial(replace(DEBIT, amount_minor=amount_minor), US))
    assert "0200.4" == caught.value.path


@pytest.mark.parametrize("text", ["9", "9203", "9203ab", "92xxab", "9202ab9202cd", "9202ab1"])
def test_subelements_must_add_up(text: str) -> None:
    """A subelement longer than what is left, doubled, or without its length is no list."""
    with pytest.raises(MessageError):
        subelements(Message("0200", {48: text}))


def test_original_data_elements_read_as_the_standard_says() -> None:
    """DE90 is type, trace, transmission time, acquirer, forwarder; DE37 year digit, day, hour, trace."""
    message = dialect.reversal(DEBIT.original, STAMP, US, repeat=False)

    assert "0200" + "003316" + "0908064519" + "00000200000" + "00000000000" == message[90]
    assert "625106003316" == message[37]


def test_a_repeat_and_an_inquiry_are_told_apart() -> None:
    """0420 the first time, 0421 after; the inquiry is a 0100 with processing code 330000."""
    kinds = [
        dialect.reversal(DEBIT.original, STAMP, US, repeat=False).mti,
        dialect.reversal(DEBIT.original, STAMP, US, repeat=True).mti,
        dialect.inquiry(DEBIT.original, STAMP, US).mti + " " + dialect.inquiry(DEBIT.original, STAMP, US)[3],
    ]
    assert ["0420", "0421", "0100 330000"] == kinds


def test_no_secret_is_shown() -> None:
    """Number, expiry, security code and ZIP appear in no repr and no error, though the bytes hold them."""
    check, debit = dialect.check(CHECK, STAMP, US), dialect.financial(DEBIT, US)
    shown = f"{check!r} {debit!r} {CHECK!r} {DEBIT!r} {CHECK.cvv} {CHECK.card.number}"

    assert b"987" in pack(check)
    assert [] == [secret for secret in (PAN, "987", "10001", "3512") if secret in shown]
    assert codec.MASK in shown


def test_only_checks_and_card_movements_carry_a_number() -> None:
    """Reversals, refunds and inquiries name their original by reference alone."""
    refund = replace(DEBIT, movement=Movement.REFUND, card=None, of=DEBIT.original)
    named = [
        dialect.reversal(DEBIT.original, STAMP, US, repeat=False),
        dialect.inquiry(DEBIT.original, STAMP, US),
        dialect.financial(refund, US),
    ]
    assert [] == [message for message in named if 2 in message.fields or PAN.encode() in pack(message)]


@pytest.mark.parametrize(
    ("stream", "frames"),
    [
        (b"", [None]),
        (b"\x00", [None]),
        (b"\x00\x05abc", [None]),
        (framed(b"abc") + framed(b"de"), [b"abc", b"de", None]),
    ],
)
async def test_frames(stream: bytes, frames: list[bytes | None]) -> None:
    """Whole frames come out; half a frame is the end."""
    reader = asyncio.StreamReader()
    reader.feed_data(stream)
    reader.feed_eof()

    assert frames == [await read_frame(reader) for _ in frames]


@pytest.mark.parametrize("length", [0, MOST_BYTES + 1, 0xFFFF])
async def test_a_length_that_no_message_has_ends_the_stream(length: int) -> None:
    """Such a stream has lost its place."""
    reader = asyncio.StreamReader()
    reader.feed_data(length.to_bytes(2, "big") + b"0" * 100)

    with pytest.raises(MessageError):
        await read_frame(reader)


VECTORS = Path(__file__).parent / "vectors"


def test_every_message_type_is_pinned() -> None:
    """The wire format is a promise to whoever speaks it with us: these bytes change only on purpose."""
    refund = replace(DEBIT, movement=Movement.REFUND, card=None, of=DEBIT.original)
    purchase = replace(DEBIT, movement=Movement.PURCHASE, merchant=Merchant("5816", "BLUE FOX GAMES"))
    given_back = replace(refund, of=purchase.original, merchant=purchase.merchant)
    written: dict[str, Any] = {
        "0100-check": dialect.check(CHECK, STAMP, US),
        "0100-inquiry": dialect.inquiry(DEBIT.original, STAMP, US),
        "0200-debit": dialect.financial(DEBIT, US),
        "0200-purchase": dialect.financial(purchase, US),
        "0200-purchase-refund": dialect.financial(given_back, US),
        "0200-push": dialect.financial(replace(DEBIT, movement=Movement.PUSH), US),
        "0200-refund": dialect.financial(refund, US),
        "0420": dialect.reversal(DEBIT.original, STAMP, US, repeat=False),
        "0421": dialect.reversal(DEBIT.original, STAMP, US, repeat=True),
        "0800-sign-on": dialect.network(dialect.SIGN_ON, STAMP),
    }
    pinned = dict(line.split(" ", 1) for line in (VECTORS / "messages.txt").read_text().splitlines())

    assert pinned == {name: pack(message).decode() for name, message in written.items()}


def test_processing_codes_differ() -> None:
    """Debit, purchase, push, refund, check and inquiry cannot be taken for each other."""
    codes = [*dialect.PROCESSING.values(), dialect.CHECK, dialect.INQUIRY]
    assert not [pair for pair in itertools.combinations(codes, 2) if pair[0] == pair[1]]
