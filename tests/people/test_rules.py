"""Handles, names, passwords, PINs and the counting of tries: pure rules."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.core import Failure
from tuppence.core.policy import PinPolicy
from tuppence.people import errors, rules

NOW = datetime(2026, 11, 23, tzinfo=UTC)
POLICY = PinPolicy(tries=5, lock_seconds=3600)


def refusal(call: Callable[[], object]) -> object:
    """The reason of a refusal; None if there was none."""
    try:
        call()
    except Failure as failure:
        return failure.facts["reason"]
    return None


@pytest.mark.parametrize(
    ("typed", "handle"),
    [
        ("ada", "ada"),
        ("ADA", "ada"),
        ("Ada_L.1", "ada_l.1"),
        ("ａｄａ", "ada"),  # full-width
        ("ﬁona", "fiona"),  # a ligature
        ("ada１２", "ada12"),  # full-width digits
        ("a" * 20, "a" * 20),
        ("_ada", None),
        (".ada", None),
        ("ada.", None),
        ("ad", None),
        ("a" * 21, None),
        ("", None),
        ("ada lovelace", None),
        ("ada\u0000", None),
        ("ada\u202e", None),
        ("a\u200bda", None),
        ("аda", None),  # a Cyrillic a
        ("ada\ud800", None),
        ("٣٣٣", None),  # Arabic digits
        ("a" * 100_000, None),
        ("ada\n", None),
    ],
)
def test_a_handle_has_one_form(typed: str, handle: str | None) -> None:
    """Different ways to type a handle give one handle; what looks like a trick gives none."""
    try:
        assert handle == rules.normal_handle(typed)
    except errors.HandleRefused:
        assert handle is None


@pytest.mark.parametrize("handle", ["admin", "Tuppence", "supp0rt", "1egal", "sign.in", "ａｄｍｉｎ"])
def test_the_house_keeps_its_names(handle: str) -> None:
    """A name of the house is taken, and so is what looks like one."""
    with pytest.raises((errors.HandleTaken, errors.HandleRefused)):
        rules.new_handle(handle)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("bob", "b0b", True),
        ("alice", "a1ice", True),
        ("a.da", "a_da", True),
        ("modern", "modem", True),
        ("vvanda", "wanda", True),
        ("ada", "adam", False),
        ("p1_0", "p10", False),
        ("user2", "user3", False),
    ],
)
def test_look_alikes_have_one_look(one: str, other: str, alike: bool) -> None:
    """Handles that a hasty eye confuses share their look, and others do not."""
    assert alike == (rules.look(one) == rules.look(other))


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("ada", "ada"),
        ("@Ada", "ada"),
        ("https://pay.example/add/ada", "ada"),
        ("http://localhost:8000/add/ada/", "ada"),
        (" @ada ", "ada"),
        ("https://pay.example/add/ada?x=1#y", "ada"),
        ("https://pay.example/pay/ada", None),
        ("/add/", None),
        ("https://[broken/add/ada", None),
        ("javascript:alert(1)", None),
    ],
)
def test_a_handle_is_found_in_what_people_paste(text: str, handle: str | None) -> None:
    """A handle, an @handle and a link lead to the same person; anything else to nobody."""
    try:
        assert handle == rules.handle_in(text)
    except errors.HandleRefused:
        assert handle is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "a" * 51,
        "a" * 1_000_000,
        "Ali\u202eecilA",
        "Ada\u2066x\u2069",
        "A\u200bda",
        "A\u200dda",
        "A\u2060da",
        "Ada\ufeff",
        "Ada\u0000",
        "Ada\nLovelace",
        "Ada\tL",
        "Ada\u2028L",
        "\ud800",
        "Ada\ue000",
        "\u3164",
        "\u2800\u2800",
        "\uffa0",
        "Ada\U000e0041",
        "Ada\ufe0f",
        "A\u034fda",
        "a" + "\u0301" * 40,
        "\u0301a",
        "\u00ad",
    ],
)
def test_a_name_that_cannot_all_be_seen_is_refused(name: str) -> None:
    """Nothing that hides, reorders or piles up gets into a name, since people read it before they pay."""
    with pytest.raises(errors.NameRefused):
        rules.clean_name(name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Ada", "Ada"),
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("Zoe\u0308", "Zoë"),
        ("Nguyễn Thị", "Nguyễn Thị"),
        ("李小龙", "李小龙"),
        ("محمد", "محمد"),
        ("ज्ञानेश", "ज्ञानेश"),
        ("O'Brien-Ñ", "O'Brien-Ñ"),
        ("Ada 🙂", "Ada 🙂"),
        ("Ada\u00a0L", "Ada L"),
        ("<b>&", "<b>&"),  # text is text: escaping is the page's work
    ],
)
def test_people_may_be_called_what_they_are_called(typed: str, name: str) -> None:
    """Names of many languages pass, in composed form and with single spaces."""
    assert name == rules.clean_name(typed)


@given(st.text(max_size=60))
def test_a_clean_name_is_clean(text: str) -> None:
    """Whatever comes in, what comes out is short, composed, storable, and cleaning it again changes nothing."""
    try:
        name = rules.clean_name(text)
    except errors.NameRefused:
        return
    assert name == rules.clean_name(name)
    assert unicodedata.is_normalized("NFC", name)
    assert 1 <= len(name) <= 50
    assert "\0" not in name
    name.encode()


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short12", "too_short"),
        ("x" * 257, "too_long"),
        ("password", "too_common"),
        ("PASSWORD123", "too_common"),
        ("aaaaaaaaaaaa", "too_common"),
        ("abababababab", "too_common"),
        ("ada_lovelace", "too_common"),
        ("good pass \ud800", "not_text"),
        ("correct horse battery", None),
        ("пароль-пароль", None),
        ("x7\0Kq9!!zz", None),
    ],
)
def test_passwords_that_everybody_tries_are_refused(password: str, reason: str | None) -> None:
    """Length and commonness count; mixtures of characters do not."""
    assert reason == refusal(lambda: rules.new_password(password, "ada_lovelace"))


def test_a_password_is_the_same_on_every_keyboard() -> None:
    """Composed and decomposed letters are one password."""
    assert rules.clean_password("caf\u00e9 caf\u00e9") == rules.clean_password("cafe\u0301 cafe\u0301")


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        ("493817", None),
        ("4938", None),
        ("49381", None),
        ("123456", "too_common"),
        ("654321", "too_common"),
        ("7890", "too_common"),
        ("0987", "too_common"),
        ("000000", "too_common"),
        ("1212", "too_common"),
        ("121212", "too_common"),
        ("123123", "too_common"),
        ("111222", "too_common"),
        ("1122", "too_common"),
        ("1987", "too_common"),
        ("2026", "too_common"),
        ("2580", "too_common"),
        ("159753", "too_common"),
        ("123", "not_4_to_6_digits"),
        ("4938172", "not_4_to_6_digits"),
        ("", "not_4_to_6_digits"),
        ("４９３８１７", "not_4_to_6_digits"),
        ("٤٩٣٨", "not_4_to_6_digits"),
        ("4938\n", "not_4_to_6_digits"),
        ("-4938", "not_4_to_6_digits"),
    ],
)
def test_pins_that_everybody_tries_are_refused(pin: str, reason: str | None) -> None:
    """Runs, repeats, years and shapes on the keypad are no PIN, nor are digits of other alphabets."""
    assert reason == refusal(lambda: rules.new_pin(pin))


def test_few_pins_are_banned() -> None:
    """The ban costs an attacker the likely guesses, and leaves 99 of 100 six-digit PINs to choose from."""
    some = [f"{one:06}" for one in range(0, 1_000_000, 97)]
    allowed = [pin for pin in some if refusal(partial(rules.new_pin, pin)) is None]

    assert len(allowed) > 0.99 * len(some)


@pytest.mark.parametrize(
    ("text", "good"), [("en", True), ("fr-CA", True), ("EN", False), ("en_US", False), ("", False)]
)
def test_a_locale_is_a_language_and_perhaps_a_country(text: str, good: bool) -> None:
    """A locale goes into pages and headers, so it has one plain form."""
    try:
        assert good == (text == rules.clean_locale(text))
    except errors.LocaleRefused:
        assert not good


@given(waits_seconds=st.lists(st.integers(0, 100_000), min_size=1, max_size=60))
def test_wrong_pins_lock_for_ever_longer(waits_seconds: list[int]) -> None:
    """However tries are spread, at most five are looked at between two locks, and each lock doubles the last."""
    pin, now, looked_at, locks = rules.PinTries(0, 0, datetime.min.replace(tzinfo=UTC)), NOW, 0, 0
    for wait in waits_seconds:
        now += timedelta(seconds=wait)
        taken = rules.take_try(pin, now, POLICY)
        if taken is None:
            assert now < pin.locked_until
            continue
        looked_at += 1
        if taken.locked_until > now:
            locks += 1
            assert looked_at == 5 * locks
            assert timedelta(seconds=3600 * 2 ** (min(locks, 13) - 1)) == taken.locked_until - now
        pin = taken


@given(waits_seconds=st.lists(st.integers(0, 90), min_size=1, max_size=80))
def test_a_gate_lets_through_its_burst_and_its_rate(waits_seconds: list[int]) -> None:
    """Over any stretch of time no more pass than the burst and one for each interval."""
    gate = rules.Gate("test", 5, timedelta(seconds=30))
    now, full_at, passed = NOW, NOW - timedelta(days=1), list[datetime]()
    for wait in waits_seconds:
        now += timedelta(seconds=wait)
        result = rules.pass_gate(gate, full_at, now)
        if isinstance(result, datetime):
            full_at = result
            passed.append(now)
        else:
            assert timedelta(0) < result <= gate.every
    for start, first in enumerate(passed):
        for end, last in enumerate(passed[start:], start):
            assert end - start + 1 <= gate.burst + (last - first) / gate.every


def test_refusals_say_what_was_written() -> None:
    """Every refusal of this room has a sentence and a code of its own."""
    failures = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Failure)]
    own = [one for one in failures if one is not Failure]

    assert len(own) == len({one.code for one in own})
    assert all(one.sentence().endswith(".") for one in own)
