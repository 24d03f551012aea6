"""The loader in front of everything."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.core import Failure
from tuppence.http.errors import BodyTooLarge, MalformedJson, UnacceptableValue
from tuppence.http.strict_json import BODY_BYTES_MAX, DEPTH_MAX, DIGITS_MAX, load

REFUSED: list[tuple[bytes, Failure]] = [
    (b"", MalformedJson(reason="not_json")),
    (b"{", MalformedJson(reason="not_json")),
    (b"{}{}", MalformedJson(reason="not_json")),
    (b"{'a':1}", MalformedJson(reason="not_json")),
    (b'{"a":01}', MalformedJson(reason="not_json")),
    (b'{"a":+1}', MalformedJson(reason="not_json")),
    (b'{"a":"\x00"}', MalformedJson(reason="not_json")),
    ('{"a":１００}'.encode(), MalformedJson(reason="not_json")),  # full-width digits
    (b'\xef\xbb\xbf{"a":1}', MalformedJson(reason="not_json")),
    (b'{"a":"\xff"}', MalformedJson(reason="not_utf8")),
    (b'{"a":"\xed\xa0\x80"}', MalformedJson(reason="not_utf8")),  # a surrogate, encoded
    ('{"a":1}'.encode("utf-16"), MalformedJson(reason="not_utf8")),
    (b'{"a":1,"a":1}', MalformedJson(reason="duplicate_member")),
    (b'{"a":1,"\\u0061":2}', MalformedJson(reason="duplicate_member")),
    (b'{"in":{"a":1,"a":9999}}', MalformedJson(reason="duplicate_member")),
    (b"[" * 60_000, MalformedJson(reason="too_deep")),
    (b"[" * 33 + b"]" * 33, MalformedJson(reason="too_deep")),
    (b'{"a":' * 33 + b"1" + b"}" * 33, MalformedJson(reason="too_deep")),
    (b'{"a":NaN}', UnacceptableValue(reason="number_not_whole")),
    (b'{"a":Infinity}', UnacceptableValue(reason="number_not_whole")),
    (b'{"a":-Infinity}', UnacceptableValue(reason="number_not_whole")),
    (b'{"a":1e400}', UnacceptableValue(reason="number_not_whole")),
    (b'{"a":1E+2}', UnacceptableValue(reason="number_not_whole")),
    (b'{"a":20.0}', UnacceptableValue(reason="number_not_whole")),
    (b'{"a":12345678901234567890}', UnacceptableValue(reason="number_too_long")),
    (b'{"a":-12345678901234567890}', UnacceptableValue(reason="number_too_long")),
    (b'{"a":' + b"9" * 5000 + b"}", UnacceptableValue(reason="number_too_long")),
    (b'{"a":"\\ud800"}', UnacceptableValue(reason="text_not_unicode")),
    (b'{"\\udfff":1}', UnacceptableValue(reason="text_not_unicode")),
    (b'{"a":["\\udc00\\ud83d"]}', UnacceptableValue(reason="text_not_unicode")),
    (b'{"a":"\\u0000"}', UnacceptableValue(reason="text_with_nul")),
    (b'{"a":"' + b"x" * BODY_BYTES_MAX + b'"}', BodyTooLarge(bytes_max=BODY_BYTES_MAX)),
]


@pytest.mark.parametrize(("body", "refusal"), REFUSED, ids=lambda one: repr(one)[:40])
def test_what_would_be_read_two_ways_is_refused_by_name(body: bytes, refusal: Failure) -> None:
    """Each hostile body gets its own named refusal, and never another exception."""
    with pytest.raises(Failure) as refused:
        load(body)

    assert refusal == refused.value


whole = st.integers(-(10**DIGITS_MAX) + 1, 10**DIGITS_MAX - 1)
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
values = st.recursive(
    st.none() | st.booleans() | whole | text,
    lambda inner: st.lists(inner) | st.dictionaries(text, inner),
    max_leaves=20,
)


@given(value=values, escape=st.booleans())
def test_everything_well_formed_is_read_as_written(value: Any, escape: bool) -> None:
    """A value made of text, whole numbers, lists and objects comes back as it was, escaped or not."""
    assert value == load(json.dumps(value, ensure_ascii=escape).encode())


@given(body=st.binary(max_size=200))
def test_any_bytes_get_a_value_or_a_named_refusal(body: bytes) -> None:
    """No bytes make the loader raise anything but its own failures."""
    try:
        load(body)
    except (MalformedJson, UnacceptableValue, BodyTooLarge):
        return


@pytest.mark.parametrize("depth", [DEPTH_MAX - 1, DEPTH_MAX])
def test_the_permitted_depth_is_permitted(depth: int) -> None:
    """Nesting up to the limit passes: the limit is exact."""
    assert load(b"[" * depth + b"]" * depth) is not None


def test_the_standard_parser_would_let_these_through() -> None:
    """The corpus bites: the parser we replace accepts what we refuse."""
    kind = [body for body, _ in REFUSED if _accepted_by_standard(body)]

    assert len(kind) >= 12


def _accepted_by_standard(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
