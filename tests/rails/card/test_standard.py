"""Anybody's ISO 8583:1987 messages in ASCII: right ones come back byte for byte, wrong ones are refused by field."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuppence.rails.card.codec import Message, MessageError, pack, unpack
from tuppence.rails.card.standard import ISO_1987

PAN = "4000110000000017"
_LETTERS = {"n": "0123456789", "an": "AZaz09 ", "ans": "AZaz09 *~!/", "b": "0123456789ABCDEF", "z": "0123456789=D"}
_MOMENTS = {"MMDDhhmmss": "0229235959", "MMDD": "1231", "hhmmss": "000000", "YYMM": "9912", "YYMMDD": "281231"}


def _texts(number: int) -> st.SearchStrategy[str]:
    field = ISO_1987.fields[number]
    if field.form:
        return st.just(_MOMENTS[field.form])
    if field.kind == "x":
        return st.from_regex(rf"[CD][0-9]{{{field.length - 1}}}", fullmatch=True)
    least = 0 if field.prefix else field.length
    return st.text(_LETTERS[field.kind], min_size=least, max_size=min(field.length, 50))


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """Any message of the standard."""
    numbers = sorted(draw(st.sets(st.sampled_from(sorted(ISO_1987.fields)), min_size=1, max_size=12)))
    mti = draw(st.sampled_from(["0100", "0110", "0200", "0210", "0302", "0401", "0420", "0520", "0620", "0800"]))
    return Message(mti, {number: draw(_texts(number)) for number in numbers}, ISO_1987)


@settings(deadline=None)
@given(message=messages())
def test_unpack_undoes_pack(message: Message) -> None:
    """Any message of the standard survives the wire unchanged, and its bytes come back as they were."""
    raw = pack(message)

    assert message == unpack(raw, ISO_1987)
    assert raw == pack(unpack(raw, ISO_1987))


@settings(deadline=None)
@given(message=messages(), data=st.data())
def test_damaged_messages_give_a_message_or_a_typed_error(message: Message, data: st.DataObject) -> None:
    """Changed, cut or with other bytes in between; what is read is canonical."""
    raw = bytearray(pack(message))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    with suppress(MessageError):
        assert bytes(raw) == pack(unpack(bytes(raw), ISO_1987))


@settings(deadline=None)
@given(raw=st.binary(max_size=300))
def test_any_bytes_give_a_message_or_a_typed_error(raw: bytes) -> None:
    """Nothing else ever comes out of the reader."""
    with suppress(MessageError):
        unpack(raw, ISO_1987)


# Type, bitmap of 2 3 4 7 11 32 38, then each element in turn.
ADVICE = b"04207220000104000000" + f"16{PAN}".encode() + b"000000000000002000112514300000004206200000A1B2C3"


def test_a_message_typed_by_hand() -> None:
    """A reversal advice to the letter."""
    read = unpack(ADVICE, ISO_1987)

    assert {
        2: PAN,
        3: "000000",
        4: "000000002000",
        7: "1125143000",
        11: "000042",
        32: "200000",
        38: "A1B2C3",
    } == read.fields
    assert ADVICE == pack(read)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (b"0420", b"0920", "mti"),
        (b"0420", b"0428", "mti"),
        (b"0420", b"04X0", "mti"),
        (b"7220000104000000", b"7220000104", "0420.32"),
        (b"16" + PAN.encode(), b"20" + PAN.encode(), "0420.2"),
        (b"16" + PAN.encode(), b"16" + PAN[:-1].encode() + b"X", "0420.2"),
        (b"000000002000", b"00000000200A", "0420.4"),
        (b"1125143000", b"1325143000", "0420.7"),
        (b"1125143000", b"0230143000", "0420.7"),
        (b"1125143000", b"1125243000", "0420.7"),
        (b"06200000", b"12200000200000", "0420.32"),
        (b"A1B2C3", b"A1B2", "0420.38"),
        (b"A1B2C3", b"A1B2C3D4", "0420.38"),
    ],
)
def test_an_error_names_the_field(old: bytes, new: bytes, path: str) -> None:
    """The path says which message type and which data element is amiss; no number is repeated."""
    assert old in ADVICE

    with pytest.raises(MessageError) as refused:
        unpack(ADVICE.replace(old, new, 1), ISO_1987)

    assert path == refused.value.path
    assert PAN[:-1] not in str(refused.value)


def test_what_only_the_standard_shows_stays_masked() -> None:
    """Number, tracks, PIN and private elements print as a mask: what a network puts there is nobody's business."""
    secret = {2: PAN, 35: f"{PAN}=3512", 45: f"B{PAN}", 52: "0123456789ABCDEF", 62: PAN, 63: PAN, 48: PAN}
    shown = repr(Message("0200", secret | {4: "000000002000"}, ISO_1987))

    assert PAN not in shown
    assert "0123456789ABCDEF" not in shown
    assert "4=000000002000" in shown
