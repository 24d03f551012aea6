"""Shares with custodians: enough of them open the key file, fewer open nothing, wrong ones are refused and ring."""

import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vault.test_app import asked

from tuppence.vault.crypto import Key
from tuppence.vault.errors import KeyFileRefused, ShareRefused
from tuppence.vault.keks import local, shamir
from tuppence.vault.keks.custodians import PATIENCE_S, Custody, Locked, SealedFile, Share, hand_out
from tuppence.vault.keks.keyring import Keyring, from_file

SECRET = bytes(range(32))


@pytest.mark.parametrize(("one", "other", "product"), [(0x57, 0x83, 0xC1), (0x57, 0x13, 0xFE), (0x02, 0x80, 0x1B)])
def test_the_field_is_the_one_of_fips_197(one: int, other: int, product: int) -> None:
    """The products that FIPS 197, section 4.2, works out by hand."""
    assert product == shamir.times(one, other) == shamir.times(other, one)


def test_shares_worked_out_by_hand_give_their_secret() -> None:
    """The line 0x2a + 0x07·x: at 1 it is 0x2d, at 2 it is 0x24, at 3 it is 0x23; each two of them give 0x2a."""
    line = {1: b"\x2d", 2: b"\x24", 3: b"\x23"}
    assert [b"\x2a"] * 3 == [shamir.combine({at: line[at] for at in pair}) for pair in combinations(line, 2)]


@given(secret=st.binary(min_size=1, max_size=40), shares=st.integers(2, 7), data=st.data())
def test_any_threshold_of_shares_gives_the_secret(secret: bytes, shares: int, data: Any) -> None:
    """Whichever custodians come, as long as enough do."""
    threshold = data.draw(st.integers(2, shares))
    split = shamir.split(secret, shares=shares, threshold=threshold)

    who = data.draw(st.permutations(list(split)))[:threshold]

    assert secret == shamir.combine({at: split[at] for at in who})


def test_fewer_shares_say_nothing_of_the_secret() -> None:
    """With one share of a threshold of two, every secret is as likely as any other: some second share gives each."""
    share = shamir.split(b"\x2a", shares=2, threshold=2)[1]

    assert set(range(256)) == {shamir.combine({1: share, 2: bytes([other])})[0] for other in range(256)}


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Path, list[str], local.LocalKeks]:
    """A key file for three custodians of whom two must come; their shares; the keys as they were before."""
    path = tmp_path / "vault.json"
    before = local.create(path)
    return path, hand_out(path, shares=3, threshold=2), before


@pytest.mark.parametrize("who", list(combinations(range(3), 2)))
async def test_two_of_three_open_the_file(who: tuple[int, int], sealed: Any) -> None:
    """Any two, in either order, and what the keys wrapped before is opened by what comes out."""
    path, shares, before = sealed
    dek = Key.random()
    wrapped = await before.wrap([("card_a", dek)])

    for first, second in (who, reversed(who)):
        locked = Locked(path)
        assert locked.open(shares[first]) is None
        keks = locked.open(shares[second])
        assert keks is not None
        (opened,) = await keks.unwrap(wrapped)
        assert isinstance(opened, Key)
        assert dek.reveal() == opened.reveal()


def test_nothing_unlocks_with_one(sealed: Any) -> None:
    """The same share however often; a share's own value as the root key; nothing of the file in the plain."""
    path, shares, before = sealed
    locked = Locked(path)
    custody = Custody.of(json.loads(path.read_text()))

    assert [None] * 5 == [locked.open(shares[0]) for _ in range(5)]
    assert (1, 2) == (locked.given, locked.needed)
    for text in shares:
        share = Share.read(text)
        for guess in (share.value, Key(shamir.combine({share.index: share.value.reveal()}))):
            with pytest.raises(KeyFileRefused):
                SealedFile(path, custody, guess).load()
    assert before.kek_id not in path.read_text()
    assert 0o600 == path.stat().st_mode & 0o777


def test_a_split_that_needs_one_share_only_would_be_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seeded bug: polynomials without coefficients, so that each share is the secret: one custodian opens it all."""
    monkeypatch.setattr("secrets.token_bytes", bytes)
    path = tmp_path / "vault.json"
    share = Share.read(hand_out(path, shares=3, threshold=2)[0])
    custody = Custody.of(json.loads(path.read_text()))

    assert "keks" in SealedFile(path, custody, share.value).load()


WRONG: dict[str, tuple[Callable[[str, str], str], str]] = {
    "a letter changed": (lambda share, _: ("A" if share[0] != "A" else "B") + share[1:], "mistyped"),
    "a letter missing": (lambda share, _: share[:-1], "mistyped"),
    "not letters": (lambda *_: "§ ½ ü", "mistyped"),
    "nothing": (lambda *_: "", "mistyped"),
    "another vault's": (lambda _, other: other, "of_another_set"),
    "made up for this vault": (
        lambda share, _: Share(Share.read(share).set_id, 2, Key.random()).text,
        "wrong",
    ),
    "under another custodian's index": (
        lambda share, _: Share(Share.read(share).set_id, 2, Share.read(share).value).text,
        "wrong",
    ),
    "of a custodian that there is not": (
        lambda share, _: Share(Share.read(share).set_id, 9, Share.read(share).value).text,
        "wrong",
    ),
}


@pytest.mark.parametrize("how", WRONG)
def test_a_wrong_share_is_refused_and_the_right_ones_still_count(how: str, sealed: Any, tmp_path: Path) -> None:
    """Refused when it is given, with the reason; it does not spoil what was given before."""
    path, shares, _ = sealed
    make, reason = WRONG[how]
    other = hand_out(tmp_path / "other.json", shares=2, threshold=2)[0]
    locked = Locked(path)
    assert locked.open(shares[0]) is None

    with pytest.raises(ShareRefused) as refused:
        locked.open(make(shares[0], other))

    assert {"reason": reason} == refused.value.facts
    assert 1 == locked.given
    assert locked.open(shares[1].lower().replace("-", " ")) is not None


def test_a_share_waits_only_so_long(sealed: Any) -> None:
    """A quarter of an hour after the first the vault forgets it: nobody leaves a half-open door."""
    path, shares, _ = sealed
    at = [0.0]
    locked = Locked(path, clock=lambda: at[0])
    locked.open(shares[0])
    at[0] = PATIENCE_S + 1

    assert locked.open(shares[1]) is None
    assert 1 == locked.given


@pytest.mark.parametrize(("shares", "threshold"), [(1, 1), (3, 1), (2, 3), (0, 0), (256, 2)])
def test_a_split_that_guards_nothing_is_refused(shares: int, threshold: int, tmp_path: Path) -> None:
    """Never fewer than two, never more than there are; and the file stays as it was."""
    path = tmp_path / "vault.json"
    local.create(path)
    before = path.read_bytes()

    with pytest.raises(ValueError, match="two custodians"):
        hand_out(path, shares=shares, threshold=threshold)
    assert before == path.read_bytes()


def test_shares_are_handed_out_once(sealed: Any) -> None:
    """A sealed file is not sealed again: the shares that open it would be lost."""
    with pytest.raises(KeyFileRefused, match="sealed already"):
        hand_out(sealed[0], shares=3, threshold=2)


@pytest.mark.parametrize("change", [{"threshold": 1}, {"threshold": 3}, {"commitments": {}}, {"set": "000000"}])
def test_a_file_changed_by_hand_does_not_open(change: dict[str, Any], sealed: Any) -> None:
    """What the file says in the open is bound to what it seals: a lower threshold buys nothing."""
    path, shares, _ = sealed
    held = json.loads(path.read_text())
    held["custodians"] |= change
    path.write_text(json.dumps(held))

    with pytest.raises((KeyFileRefused, ShareRefused)):  # noqa: PT012 - whichever step notices it first
        locked = Locked(path)
        for share in shares:
            assert locked.open(share) is None


async def test_a_version_added_while_open_is_sealed_too(sealed: Any) -> None:
    """The vault adds a version without the custodians; after the next start their shares open both."""
    path, shares, _ = sealed
    first, second = Locked(path), Locked(path)
    first.open(shares[0])
    keks = first.open(shares[1])
    assert keks is not None

    assert 2 == await keks.add_version()

    second.open(shares[2])
    again = second.open(shares[0])
    assert again is not None
    assert {1, 2} == set(again.versions)


# - the vault's process, over HTTP ----------------------------------------------------------------------------------


@pytest.fixture
def house(house: Any, tmp_path: Path) -> Any:
    """The house with its key file sealed for custodians; their shares are in `house.shares`."""
    shares = hand_out(tmp_path / "vault.json", shares=3, threshold=2)
    locked = house.restarted(keys=from_file(tmp_path / "vault.json"))
    locked.shares = shares
    return locked


VERBS = ["describe", "use", "inquire", "delete", "rewrap", "reseal", "add-version", "retire"]
VERBS += ["reshare", "reshare/confirm"]


async def test_a_locked_vault_refuses_everything_by_name(served: Any, rail: Any) -> None:
    """Health says what is awaited; every verb and the card form answer 503 before they read a word."""
    told = [(await served.call(f"/v1/{verb}", raw=b"x")) for verb in VERBS]
    form = await served.browser("/card-form/cards", served.typed())
    health = (await served.http.get("/health")).json()

    assert {(503, "vault_locked")} == {(one.status_code, one.json()["code"]) for one in [*told, form]}
    assert ("locked", 0, 2) == (health["status"], health["shares_given"], health["shares_needed"])
    assert [] == rail.checked


async def test_two_custodians_open_the_vault(served: Any) -> None:
    """One after the other, from two calls; then cards are taken and used, and a third share is not needed."""
    one, two, three = served.house.shares

    first = await served.call("/v1/unlock", {"share": one})
    second = await served.call("/v1/unlock", {"share": three})
    late = await served.call("/v1/unlock", {"share": two})
    token = await served.token()
    paid = await served.call("/v1/use", {"attempts": [asked(token)]})

    assert {"status": "locked", "shares_given": 1, "shares_needed": 2} == first.json()
    assert {"status": "ok"} == second.json()
    assert (409, "vault_not_locked") == (late.status_code, late.json()["code"])
    assert "accepted" == paid.json()["state"]


async def test_a_wrong_share_rings(served: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """403 by name, an alarm in log, table and health, no word of the share in any of them; the vault stays locked."""
    share = served.house.shares[0]
    wrong = Share(Share.read(share).set_id, 2, Key.random()).text

    refused = [await served.call("/v1/unlock", {"share": text}) for text in (wrong, share[:-2])]
    health = (await served.http.get("/health")).json()

    logged = capsys.readouterr().out
    assert [(403, "share_refused", "wrong"), (403, "share_refused", "mistyped")] == [
        (one.status_code, one.json()["code"], one.json()["reason"]) for one in refused
    ]
    assert ("locked", {"wrong_share": 2}) == (health["status"], health["alarms"])
    assert "wrong_share" in logged
    assert wrong not in logged
    assert wrong.replace("-", "") not in logged


async def test_only_who_holds_the_key_may_offer_a_share(served: Any) -> None:
    """A share from a stranger is not even read."""
    answer = await served.call("/v1/unlock", {"share": served.house.shares[0]}, bearer="Bearer x")

    assert 401 == answer.status_code
    assert 0 == (await served.http.get("/health")).json()["shares_given"]


async def test_keys_that_open_no_card_here_leave_the_vault_locked(served: Any, tmp_path: Path) -> None:
    """The right custodians of the wrong vault: refused, alarmed, locked."""
    unlocked = served.house.restarted(keys=Keyring(local.create(tmp_path / "another.json")))
    await unlocked.enrol()

    first, second = [await served.call("/v1/unlock", {"share": one}) for one in served.house.shares[:2]]

    assert 200 == first.status_code
    assert (409, "keys_refused") == (second.status_code, second.json()["code"])
    health = (await served.http.get("/health")).json()
    assert ("locked", {"wrong_keys": 1}) == (health["status"], health["alarms"])
