"""Other custodians while the vault is open: new shares count once they were given back, and then they alone."""

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from tests.vault.test_app import asked

from tuppence.vault.crypto import Key
from tuppence.vault.errors import NothingToConfirm, NotSealed, ShareRefused
from tuppence.vault.keks import local
from tuppence.vault.keks.custodians import PATIENCE_S, Locked, Share, Split, hand_out
from tuppence.vault.keks.keyring import Keyring
from tuppence.vault.keks.resharing import Resharing

FOUR = Split(4, 3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vault.json"


@pytest.fixture
def old(path: Path) -> list[str]:
    """The shares of three custodians of whom two must come."""
    return hand_out(path, shares=3, threshold=2)


def opened(path: Path, *shares: str) -> local.LocalKeks | None:
    """What a vault that starts now makes of these."""
    locked, keks = Locked(path), None
    for share in shares:
        keks = locked.open(share)
    return keks


@pytest.fixture
def keyring(path: Path, old: list[str]) -> Keyring:
    return Keyring(opened(path, *old[:2]))


def handed_out(keyring: Keyring, old: list[str]) -> list[str]:
    assert [] == keyring.resharing.ask(old[2], FOUR)
    return [one.text for one in keyring.resharing.ask(old[0], FOUR)]


async def test_the_new_shares_alone_open(path: Path, old: list[str], keyring: Keyring) -> None:
    """Any three of the four new ones, none of the old; what was wrapped before is opened, and the vault goes on."""
    dek = Key.random()
    wrapped = await keyring.keks.wrap([("card_a", dek)])
    new = handed_out(keyring, old)
    assert [False, False, True] == [keyring.confirm(share) for share in new[1:]]

    for who in combinations(new, 3):
        keks = opened(path, *who)
        assert keks is not None
        (key,) = await keks.unwrap(wrapped)
        assert isinstance(key, Key)
        assert dek.reveal() == key.reveal()
    assert opened(path, *new[:2]) is None
    with pytest.raises(ShareRefused) as refused:
        opened(path, old[0])
    assert {"reason": "of_another_set"} == refused.value.facts
    assert 2 == await keyring.keks.add_version()
    assert {1, 2} == opened(path, *new[:3]).versions  # type: ignore[union-attr]


def test_until_they_are_given_back_the_old_ones_count(path: Path, old: list[str], keyring: Keyring) -> None:
    """Handed out, partly given back, and then the vault stops: nothing happened."""
    before = path.read_bytes()
    new = handed_out(keyring, old)
    assert [False, False] == [keyring.confirm(share) for share in new[:2]]

    assert before == path.read_bytes()
    assert opened(path, *old[1:]) is not None
    with pytest.raises(NothingToConfirm):
        Keyring(opened(path, *old[:2])).confirm(new[2])


def test_a_version_added_meanwhile_is_not_lost(path: Path, old: list[str], keyring: Keyring) -> None:
    """Between handing out and giving back the operator changes keys."""
    new = handed_out(keyring, old)
    keys = local.fresh()["keks"]["1"]
    store = keyring.keks.store  # type: ignore[attr-defined]
    held = store.load()
    store.save(held | {"keks": held["keks"] | {"2": keys}})
    assert [False, False, True] == [keyring.confirm(share) for share in new[:3]]

    assert {1, 2} == opened(path, *new[:3]).versions  # type: ignore[union-attr]


def test_custodians_agree_to_the_same_numbers(old: list[str], keyring: Keyring) -> None:
    """One who wants another set begins anew; a new set that was handed out and not given back is void."""
    assert [] == keyring.resharing.ask(old[0], FOUR)
    assert [] == keyring.resharing.ask(old[1], Split(5, 2))
    first = handed_out(keyring, old)
    second = handed_out(keyring, old)

    with pytest.raises(ShareRefused):
        keyring.confirm(first[0])
    assert [False, False, True] == [keyring.confirm(share) for share in second[:3]]


def _made_up(share: str) -> str:
    return Share(Share.read(share).set_id, 2, Key.random()).text


@pytest.mark.parametrize(("wrong", "reason"), [(_made_up, "wrong"), (lambda one: one[:-1], "mistyped")])
def test_a_wrong_share_counts_for_nothing(wrong: Any, reason: str, old: list[str], keyring: Keyring) -> None:
    """Asking and giving back: refused with the reason; what was given before still counts."""
    with pytest.raises(ShareRefused) as refused:
        keyring.resharing.ask(wrong(old[0]), FOUR)
    new = handed_out(keyring, old)
    assert not keyring.confirm(new[0])
    with pytest.raises(ShareRefused):
        keyring.confirm(wrong(new[1]))

    assert {"reason": reason} == refused.value.facts
    assert {"given": 1, "needed": 3} == keyring.resharing.progress


def test_nobody_leaves_it_half_done(path: Path, old: list[str]) -> None:
    """An old share waits for the others for a quarter of an hour."""
    at = [0.0]
    keks = opened(path, *old[:2])
    assert keks is not None
    resharing = Resharing(keks.store, clock=lambda: at[0])  # type: ignore[arg-type]
    assert [] == resharing.ask(old[0], FOUR)
    at[0] = PATIENCE_S + 1

    assert [] == resharing.ask(old[1], FOUR)
    assert {"given": 1, "needed": 2} == resharing.progress


def test_keys_that_nobody_holds_shares_of_cannot_be_shared_anew(tmp_path: Path) -> None:
    """A plain key file: it is sealed by its owner, not by custodians who have nothing."""
    with pytest.raises(NotSealed):
        _ = Keyring(local.create(tmp_path / "plain.json")).resharing


@pytest.fixture
def house(house: Any, path: Path, old: list[str], keyring: Keyring) -> Any:
    """The house with its key file sealed, and open; the old shares are in `house.shares`."""
    open_house = house.restarted(keys=keyring)
    open_house.shares = old
    return open_house


async def test_custodians_change_while_cards_are_used(served: Any, path: Path) -> None:
    """Over HTTP: a card taken before pays in between and after; a wrong share rings."""
    numbers, old = {"shares": 2, "threshold": 2}, served.house.shares
    token = await served.token()
    first = await served.call("/v1/reshare", {"share": old[0], **numbers})
    second = await served.call("/v1/reshare", {"share": old[1], **numbers})
    between = await served.call("/v1/use", {"attempts": [asked(token)]})
    wrong = await served.call("/v1/reshare/confirm", {"share": old[0]})
    new = second.json()["shares"]
    done = [(await served.call("/v1/reshare/confirm", {"share": one})).json()["done"] for one in new]
    after = await served.call("/v1/use", {"attempts": [asked(token)]})

    assert {"given": 1, "needed": 2, "shares": []} == first.json()
    assert 2 == len(new)
    assert (403, "of_another_set") == (wrong.status_code, wrong.json()["reason"])
    assert {"wrong_share": 1} == (await served.http.get("/health")).json()["alarms"]
    assert [False, True] == done
    assert ["accepted", "accepted"] == [one.json()["state"] for one in (between, after)]
    assert opened(path, *new) is not None


@pytest.mark.parametrize("numbers", [(1, 1), (3, 1), (2, 3), (256, 2)])
async def test_a_set_that_guards_nothing_is_not_made(numbers: tuple[int, int], served: Any) -> None:
    """Never fewer than two, never more than there are: refused before the share is looked at."""
    body = {"share": served.house.shares[0], "shares": numbers[0], "threshold": numbers[1]}

    assert 422 == (await served.call("/v1/reshare", body)).status_code
