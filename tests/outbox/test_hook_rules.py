"""What may be an endpoint, what is sent next, what follows from an answer: decided without a clock or a network."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.outbox.hooks import rules
from tuppence.outbox.hooks.addresses import is_public
from tuppence.outbox.hooks.errors import TypeRefused, UrlRefused
from tuppence.outbox.hooks.model import Outcome, Waiting

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
OK, DOWN, GONE = Outcome(204, None, "", 3), Outcome(None, "not_reached", "", 3), Outcome(410, None, "", 3)


def _waiting(seq: int, *, due_s: float = 0, first_s: float | None = None, tries: int = 0) -> Waiting:
    first = None if first_s is None else NOW + timedelta(seconds=first_s)
    return Waiting(seq, UUID(int=seq), tries, tries, first, NOW + timedelta(seconds=due_s))


def _after(one: Waiting, outcome: Outcome, *, failures: int = 0, succeeded_s: float | None = None) -> rules.Verdict:
    succeeded = None if succeeded_s is None else NOW + timedelta(seconds=succeeded_s)
    return rules.after(one, outcome, failures=failures, succeeded_at=succeeded, now=NOW, jitter=0)


# - addresses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.31.255.255",
        "192.168.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_no_address_of_our_own_network_is_public(text: str) -> None:
    """Private, loopback, link-local, shared, documentation, multicast, and all of them inside a version 6 address."""
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_an_address_of_the_internet_is_public(text: str) -> None:
    """What anybody may call we may call, wrapped or not."""
    assert is_public(ip_address(text))


@given(st.ip_addresses())
def test_we_call_nothing_that_python_takes_for_private(address: object) -> None:
    """Another list of the same registries finds nothing that ours lets through."""
    if is_public(address):  # type: ignore[arg-type]
        assert not address.is_private  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/hooks", "not_https"),
        ("ftp://example.com/", "not_https"),
        ("https:///hooks", "not_https"),
        ("//example.com", "not_https"),
        ("https://ann:secret@example.com/", "has_credentials_or_fragment"),
        ("https://example.com/#here", "has_credentials_or_fragment"),
        ("https://127.0.0.1/", "not_public"),
        ("https://[::1]:8443/", "not_public"),
        ("https://[::ffff:192.168.1.1]/", "not_public"),
        ("https://example.com:99999/", "not_a_url"),
        ("https://example.com/a b", "not_a_url"),
        ("https://exämple.com/", "not_a_url"),
        ("https://example.com/" + "a" * 2048, "not_a_url"),
    ],
)
def test_what_is_no_public_https_address_is_refused(url: str, reason: str) -> None:
    """Outside a sandbox; each with its reason."""
    with pytest.raises(UrlRefused) as refused:
        rules.clean_url(url, sandbox=False, loopback=False)

    assert {"reason": reason} == refused.value.facts


def test_a_sandbox_may_call_its_developers() -> None:
    """http and this machine where a sandbox's setting allows it; a private network never."""
    for url in ("http://localhost:3000/hooks", "http://127.0.0.1:3000/", "https://example.com/hooks?from=tuppence"):
        assert url == rules.clean_url(url, sandbox=True, loopback=True)
    for url, loopback in (("http://127.0.0.1/", False), ("http://10.0.0.1/", True)):
        with pytest.raises(UrlRefused):
            rules.clean_url(url, sandbox=True, loopback=loopback)


def test_a_type_that_there_is_not_is_refused() -> None:
    """A misspelt filter would hear nothing for ever."""
    assert ("charge.declined", "payout.paid") == rules.clean_types(["payout.paid", "charge.declined", "payout.paid"])
    with pytest.raises(TypeRefused):
        rules.clean_types(["charge.declind"])


# - what is sent next -------------------------------------------------------------------------------------------------


def test_the_line_is_kept_in_order_until_its_head_stands_aside() -> None:
    """What fails holds those behind it for a minute; then they pass it, and it is tried when it is due."""
    fresh, behind = _waiting(1, due_s=5, first_s=-3, tries=1), _waiting(2)
    stuck = _waiting(1, due_s=200, first_s=-61, tries=2)

    assert NOW + timedelta(seconds=5) == rules.pick([fresh, behind], NOW)
    assert behind == rules.pick([stuck, behind], NOW)
    assert stuck.due_at == rules.pick([stuck], NOW)
    assert _waiting(1) == rules.pick([_waiting(1), behind], NOW)
    assert None is rules.pick([], NOW)


def test_a_head_that_is_due_after_it_stands_aside_lets_the_next_one_pass_then() -> None:
    """With 5 minutes to its next try, the line moves on when the minute is over, not when the try is."""
    head = _waiting(1, due_s=300, first_s=-6, tries=2)

    assert NOW + timedelta(seconds=54) == rules.pick([head, _waiting(2)], NOW)


# - what follows ------------------------------------------------------------------------------------------------------


def test_the_schedule_is_the_specifications() -> None:
    """Ten tries: at once, 5 s, 5 min, 30 min, 2, 5, 10, 14, 20, 24 h; jitter only ever adds."""
    waits = []
    for tries in range(9):
        verdict = _after(_waiting(1, tries=tries), DOWN)
        later = rules.after(_waiting(1, tries=tries), DOWN, failures=0, succeeded_at=None, now=NOW, jitter=1)
        assert "pending" == verdict.state
        assert verdict.due_at < later.due_at <= NOW + (verdict.due_at - NOW) * 1.1001
        waits.append(round((verdict.due_at - NOW).total_seconds()))

    assert [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400] == waits
    assert "dead" == _after(_waiting(1, tries=9), DOWN).state


def test_only_2xx_is_success() -> None:
    """A redirect, a client's error, a server's and no answer at all are failures; 410 ends it."""
    for status in (100, 199, 301, 302, 307, 308, 400, 404, 429, 500, 503):
        assert "pending" == _after(_waiting(1), Outcome(status, None, "", 1)).state
    for status in (200, 201, 204, 299):
        assert "delivered" == _after(_waiting(1), Outcome(status, None, "", 1)).state
    assert ("dead", "gone") == (_after(_waiting(1), GONE).state, _after(_waiting(1), GONE).disables)


def test_patience_is_given_where_it_is_asked_for() -> None:
    """Retry-After beats the schedule when it is longer, rests the whole endpoint, and is believed for a day at most."""
    asked = Outcome(503, None, "", 1, timedelta(hours=1))
    greedy = Outcome(503, None, "", 1, timedelta(days=400))
    short = Outcome(429, None, "", 1, timedelta(seconds=1))

    assert NOW + timedelta(hours=1) == _after(_waiting(1), asked).due_at == _after(_waiting(1), asked).rest_until
    assert NOW + timedelta(hours=24) == _after(_waiting(1), greedy).rest_until
    assert NOW + timedelta(seconds=5) == _after(_waiting(1), short).due_at


def test_an_endpoint_that_is_down_rests_and_is_back_with_one_success() -> None:
    """After three failures in a row it rests, ever longer, five minutes at most; a success makes what waits due."""
    rests = [_after(_waiting(1), DOWN, failures=n).rest_until for n in range(12)]
    seconds = [None if one is None else (one - NOW).total_seconds() for one in rests]

    assert [None, None, 5, 10, 20, 40, 80, 160, 300, 300, 300, 300] == seconds
    assert [False, True] == [_after(_waiting(1), OK, failures=n).pulls_in for n in (2, 3)]


def test_only_a_receiver_that_heard_nothing_meanwhile_is_given_up() -> None:
    """The last try of one bad event is a dead letter; if nothing else got through either, the endpoint is disabled."""
    last = _waiting(1, tries=9, first_s=-272_000)

    assert None is _after(last, DOWN, succeeded_s=-60).disables
    assert "failing" == _after(last, DOWN, succeeded_s=-300_000).disables
    assert "failing" == _after(last, DOWN).disables
