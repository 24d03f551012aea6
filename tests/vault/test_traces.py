"""What is left behind: who used which card and why; and alarms, for each way a record can have been meddled with."""

from typing import Any

import psycopg
import pytest

from tuppence.core import Failure, uuid7
from tuppence.db.embedded import Urls
from tuppence.vault.limits import Limits, Rate
from tuppence.vault.network import Outcome, State
from tuppence.vault.states import Kind


async def test_every_use_of_a_card_leaves_a_trace(house: Any) -> None:
    """Stored, described, debited, refunded, deleted: a row each, with caller and reason; a repeat adds none."""
    token = await house.enrol()
    await house.describe(token)
    debit = house.ask(token)
    refund = house.ask(token, Kind.REFUND, of_id=debit.id, payment_id=debit.payment_id)
    for ask in (debit, refund, debit):
        await house.use(ask)
    await house.delete(token)

    traces = await house.rows("SELECT verb, caller, reason, attempt_id, token FROM vault.access_log ORDER BY id")

    assert [
        ("store", "form", "add", None, token),
        ("describe", "server", "adopt", None, token),
        ("use", "worker", "debit", debit.id, token),
        ("use", "worker", "refund", refund.id, token),
        ("delete", "worker", "no longer needed", None, token),
    ] == traces


async def test_no_number_is_used_without_its_trace(house: Any, rail: Any, urls: Urls) -> None:
    """Where the trace cannot be written nothing is sent: they stand or fall together."""
    token = await house.enrol()
    with psycopg.connect(urls.owner) as owner:
        owner.execute("REVOKE INSERT ON vault.access_log FROM tuppence_vault")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await house.use(house.ask(token))

    assert [] == rail.sent
    assert [] == await house.rows("SELECT id FROM vault.attempt")


TAMPERED = {
    "a bit turned in the number": (
        "ciphertext = set_byte(ciphertext, 3, 1 # get_byte(ciphertext, 3))",
        "record",
    ),
    "the ciphertext cut short": ("ciphertext = substr(ciphertext, 1, 16)", "truncated"),
    "a byte of the ciphertext missing": ("ciphertext = substr(ciphertext, 1, 31)", "record"),
    "another person's card": ("person_id = gen_random_uuid()", "record"),
    "a key of another version": ("kek_version = 7", "version"),
    "a format from elsewhere": ("format = 2", "format"),
}


@pytest.mark.parametrize("how", TAMPERED)
async def test_a_tampered_record_is_refused_and_rings(
    how: str, house: Any, rail: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is sent, the attempt is declined, the alarm names card and reason, in the log and in the table."""
    change, reason = TAMPERED[how]
    token = await house.enrol()
    await house.tamper(f"UPDATE vault.card SET {change}")

    (told,) = await house.use(house.ask(token))

    assert ("declined", "malfunction", []) == (told.state, told.decline_code, rail.sent)
    assert [("card_unreadable", reason, token)] == await house.rows("SELECT kind, reason, token FROM vault.alarm")
    assert "alarm" in capsys.readouterr().out


async def test_swapped_ciphertexts_are_refused_and_ring(house: Any, rail: Any) -> None:
    """Two rows' whole envelopes swapped: neither opens, both ring, and a neighbour pays as before."""
    one, other, third = sorted([await house.enrol() for _ in range(3)])
    await house.tamper(
        "UPDATE vault.card SET wrapped_dek = them.wrapped_dek, nonce = them.nonce, ciphertext = them.ciphertext"
        " FROM vault.card AS them WHERE (card.token, them.token) IN ((%(one)s, %(other)s), (%(other)s, %(one)s))",
        one=one,
        other=other,
    )

    told = await house.use(*(house.ask(token) for token in (one, other, third)))

    assert ["declined", "declined", "accepted"] == [each.state for each in told]
    assert 1 == len(rail.sent)
    assert [one, other] == sorted(row[0] for row in await house.rows("SELECT token FROM vault.alarm"))


async def test_health_counts_what_rang_and_what_waits(served: Any, rail: Any) -> None:
    """Alarms by kind within a day, and open cases: what monitoring watches."""
    token = await served.token()
    quiet = (await served.http.get("/health")).json()
    await served.house.tamper("UPDATE vault.card SET kek_version = 7")
    ask = {"id": str(uuid7()), "payment_id": str(uuid7()), "kind": "debit", "token": token}
    await served.call("/v1/use", {"attempts": [ask | {"amount_minor": 2000, "currency": "USD"}]})
    ringing = (await served.http.get("/health")).json()

    assert {"status": "ok", "alarms": {}, "cases": 0} == quiet
    assert {"card_unreadable": 1} == ringing["alarms"]


async def test_a_card_is_used_only_so_often(house: Any, rail: Any) -> None:
    """Over its share an ask is refused for good and its id void; its neighbours go through; later there is room."""
    mine, theirs = await house.enrol(), await house.enrol()
    await house.describe(mine, theirs)
    house.limits._rates = dict(house.limits._rates) | {"use_card": Rate(2, 3600)}
    asks = [house.ask(mine) for _ in range(3)] + [house.ask(theirs)]

    told = await house.use(*asks)

    assert ["too_many_uses"] == [one.code for one in told if isinstance(one, Failure)]
    assert ("issuer_down", {"limit": "use_card"}) == (told[2].decline_code, told[2].facts)
    assert [asks[0].id, asks[1].id, asks[3].id] == [one.attempt_id for one in rail.sent]
    house.clock.forward(hours=1)
    (again,) = await house.use(asks[2])
    (next_one,) = await house.use(house.ask(mine))
    assert ("attempt_void", "accepted") == (again.code, next_one.state)


async def test_refunds_have_no_limit(house: Any, rail: Any) -> None:
    """What gives back money uses no number, so no brake on numbers stops it."""
    token = await house.enrol()
    debit = house.ask(token)
    await house.use(debit)
    house.limits._rates = dict(house.limits._rates) | {"use_card": Rate(0, 3600)}

    (told,) = await house.use(house.ask(token, Kind.REFUND, of_id=debit.id, payment_id=debit.payment_id))

    assert "accepted" == told.state


async def test_asking_too_often_is_refused(served: Any) -> None:
    """A caller that reads a card over and over is turned away by name, with nothing told."""
    token = await served.token()
    answers = [await served.call("/v1/describe", {"tokens": [token]}) for _ in range(121)]

    assert [200] * 120 == [one.status_code for one in answers[:-1]]
    assert (429, "too_many_reads") == (answers[-1].status_code, answers[-1].json()["code"])


def test_a_bucket_fills_again_evenly() -> None:
    """Ten a minute: all at once, then one every six seconds; refused from one bucket, none is taken from another."""
    at = [0.0]
    limits = Limits({"card": Rate(10, 60), "caller": Rate(100, 60)}, clock=lambda: at[0])
    taken = [limits.take(card="a", caller="w") for _ in range(12)]

    assert [None] * 10 + ["card"] * 2 == taken
    assert [None] * 90 + ["caller"] == [limits.take(caller="w") for _ in range(91)]
    at[0] = 6.5
    assert [None, "card"] == [limits.take(card="a") for _ in range(2)]
    assert limits.take(card="b") is None


def test_full_buckets_are_forgotten() -> None:
    """A use of each of 20,000 cards, a hundred a second: what is full again is let go, what is empty stays."""
    at = [0.0]
    limits = Limits({"card": Rate(600, 3600), "person": Rate(10, 3600)}, clock=lambda: at[0])
    assert [None] * 10 == [limits.take(person="thief") for _ in range(10)]
    most = 0
    for card in range(20_000):
        at[0] += 0.01
        assert limits.take(card=str(card)) is None
        most = max(most, len(limits))

    assert most < 3 * 600  # six seconds' worth are not full yet
    assert "person" == limits.take(person="thief")


async def test_a_reversal_in_vain_becomes_a_case(house: Any, rail: Any) -> None:
    """After six tries a person is told, once; it goes on being tried, and closes by itself when acknowledged."""
    token = await house.enrol()
    rail.answers, rail.acknowledges = [Outcome(State.UNKNOWN)], [False] * 8
    ask = house.ask(token)
    await house.use(ask)

    seen = []
    for _ in range(9):
        await house.round()
        seen.append([(case.attempt_id, case.tries) for case in await house.reversals.cases()])
        house.clock.forward(minutes=2)

    assert [[]] * 6 + [[(ask.id, 7)], [(ask.id, 8)], []] == seen
    assert [False, *[True] * 8] == [repeat for _, repeat in rail.reversals]
    assert "reversed" == (await house.attempts.inquire([ask.id]))[0].state
