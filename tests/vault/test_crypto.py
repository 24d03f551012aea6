"""The envelope: what was sealed opens in its own row, and nowhere and nohow else."""

import asyncio
import pickle
from dataclasses import fields, replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence.vault import crypto, records
from tuppence.vault.crypto import Key, Place, Sealed
from tuppence.vault.errors import CardUnreadable
from tuppence.vault.keks.local import LocalKeks
from tuppence.vault.keys import text_of

NUMBER = b"4111111111111111"


class Memory:
    """A key file without a disk."""

    def __init__(self, keks: dict[str, str]) -> None:
        self.held: Any = {"kek_id": "kek_a", "keks": keks, "fingerprint": text_of(Key.random())}

    def load(self) -> dict[str, Any]:
        return dict(self.held)

    def save(self, held: Any) -> None:
        self.held = held


def ring(*versions: int) -> LocalKeks:
    return LocalKeks(Memory({str(version): text_of(Key.random()) for version in versions or (1,)}))


def seal(ring: LocalKeks, place: Place, number: bytes) -> Sealed:
    """Through the whole way in; nothing of it waits for anything, so a loop of its own does no harm."""
    (sealed,) = asyncio.run(records.seal(ring, [(place, number)]))
    return sealed


def unseal(ring: LocalKeks, place: Place, sealed: Sealed) -> bytes:
    """The whole way out. Raises CardUnreadable."""
    (number,) = asyncio.run(records.unseal(ring, [(place, sealed)]))
    if isinstance(number, CardUnreadable):
        raise number
    return number


def place() -> Place:
    return Place(crypto.new_token(), uuid4())


RING, HERE, THERE = ring(1, 2), place(), place()


@given(st.binary(min_size=13, max_size=19))
def test_what_is_sealed_opens_in_its_place(number: bytes) -> None:
    """Unsealing is the inverse of sealing, and the ciphertext does not contain the number."""
    sealed = seal(RING, HERE, number)

    assert number == unseal(RING, HERE, sealed)
    assert number not in sealed.ciphertext


def flipped(sealed: Sealed, name: str) -> list[Sealed]:
    """The same record with one bit of one field turned, once for every bit of it."""
    value = getattr(sealed, name)
    turned: list[Any]
    if isinstance(value, bytes):
        turned = [(int.from_bytes(value) ^ 1 << bit).to_bytes(len(value)) for bit in range(len(value) * 8)]
    elif isinstance(value, str):
        turned = [value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :] for at in range(len(value))]
    else:
        turned = [value ^ 1 << bit for bit in range(8)]
    return [replace(sealed, **{name: one}) for one in turned]


@pytest.mark.parametrize("name", [field.name for field in fields(Sealed)])
def test_a_turned_bit_anywhere_is_refused(name: str) -> None:
    """Every bit of every field of a record is authenticated: turned, the record does not open."""
    sealed = seal(RING, HERE, NUMBER)

    for other in flipped(sealed, name):
        with pytest.raises(CardUnreadable):
            unseal(RING, HERE, other)


@pytest.mark.parametrize("taken", [("ciphertext", "nonce"), ("wrapped_dek",), ("wrapped_dek", "ciphertext", "nonce")])
def test_a_record_does_not_open_in_another_row(taken: tuple[str, ...]) -> None:
    """Ciphertext, wrapped key or both moved between two rows of one database open in neither."""
    mine, theirs = seal(RING, HERE, NUMBER), seal(RING, THERE, b"5555555555554444")

    for row, own, other in ((HERE, mine, theirs), (THERE, theirs, mine)):
        with pytest.raises(CardUnreadable):
            unseal(RING, row, replace(own, **{name: getattr(other, name) for name in taken}))


@pytest.mark.parametrize("where", [replace(HERE, person_id=THERE.person_id), replace(HERE, token=THERE.token)])
def test_a_record_belongs_to_its_person_and_token(where: Place) -> None:
    """The same row with another person or another token written into it does not open."""
    sealed = seal(RING, HERE, NUMBER)

    with pytest.raises(CardUnreadable):
        unseal(RING, where, sealed)


def test_without_bound_data_the_swap_would_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seeded bug: with empty associated data, as the best open vault has it, a swapped record opens."""
    monkeypatch.setattr(crypto, "_record_aad", lambda *_: b"")
    monkeypatch.setattr(crypto, "wrap_aad", lambda *_: b"")
    theirs = seal(RING, THERE, b"5555555555554444")

    assert b"5555555555554444" == unseal(RING, HERE, theirs)


def test_another_version_of_the_key_is_refused() -> None:
    """A record opens with the version that it names only, and a record of an unknown version not at all."""
    sealed = seal(RING, HERE, NUMBER)

    for version in (1, 3):
        with pytest.raises(CardUnreadable):
            unseal(RING, HERE, replace(sealed, kek_version=version))


def test_rewrapping_changes_the_key_and_not_the_ciphertext() -> None:
    """After a rewrap the record names the newest version, opens with it, and its ciphertext is the same bytes."""
    store = Memory({"1": text_of(Key.random())})
    old, young = LocalKeks(store), LocalKeks(store)
    sealed = seal(old, HERE, NUMBER)

    assert 2 == asyncio.run(young.add_version())
    (fresh,) = asyncio.run(records.rewrap(young, [(HERE, sealed)]))

    assert isinstance(fresh, Sealed)
    assert (2, sealed.ciphertext) == (fresh.kek_version, fresh.ciphertext)
    assert NUMBER == unseal(young, HERE, fresh)
    with pytest.raises(CardUnreadable):
        unseal(old, HERE, fresh)


def test_resealing_changes_everything_but_the_number() -> None:
    """After a reseal the record has another key, nonce and ciphertext, and the same number."""
    sealed = seal(RING, HERE, NUMBER)
    (fresh,) = asyncio.run(records.reseal(RING, [(HERE, sealed)]))

    assert isinstance(fresh, Sealed)
    assert not {sealed.wrapped_dek, sealed.nonce, sealed.ciphertext} & {
        fresh.wrapped_dek,
        fresh.nonce,
        fresh.ciphertext,
    }
    assert NUMBER == unseal(RING, HERE, fresh)


@pytest.mark.parametrize(
    ("name", "reason"), [("wrapped_dek", "truncated"), ("nonce", "truncated"), ("ciphertext", "record")]
)
def test_a_record_cut_short_is_refused_wherever_it_ends(name: str, reason: str) -> None:
    """Every length of every field but the right one is refused, and what is refused says why."""
    sealed = seal(RING, HERE, NUMBER)
    whole = getattr(sealed, name)
    for end in range(len(whole)):
        with pytest.raises(CardUnreadable) as refused:
            unseal(RING, HERE, replace(sealed, **{name: whole[:end]}))
        assert refused.value.facts["reason"] in (reason, "truncated")


def test_a_broken_record_spoils_no_other() -> None:
    """In a batch the neighbours of a record that does not open are opened, rewrapped and resealed, in their places."""
    good, bad = seal(RING, HERE, NUMBER), seal(RING, THERE, NUMBER)
    batch = [(HERE, good), (HERE, bad), (HERE, good)]

    for verb in (records.unseal, records.rewrap, records.reseal):
        results: list[Any] = asyncio.run(verb(RING, batch))
        assert [False, True, False] == [isinstance(one, CardUnreadable) for one in results]


def test_a_fingerprint_needs_its_key() -> None:
    """The same number has the same 128 bits under one key, and others under another."""
    mine, again = (crypto.fingerprint(RING.fingerprint, "4111111111111111") for _ in range(2))

    assert 16 == len(mine)
    assert mine == again
    assert mine != crypto.fingerprint(ring().fingerprint, "4111111111111111")
    assert mine != crypto.fingerprint(RING.fingerprint, "4111111111111112")


@given(st.lists(st.binary(max_size=8), max_size=4), st.lists(st.binary(max_size=8), max_size=4))
def test_canonical_is_unambiguous(one: list[bytes], other: list[bytes]) -> None:
    """Two lists of parts read the same only if they are the same."""
    assert (one == other) == (crypto.canonical(*one) == crypto.canonical(*other))


def test_a_token_is_never_taken_for_a_number() -> None:
    """A token is `card_` and 160 random bits in letters and few digits; a thousand of them differ."""
    tokens = {crypto.new_token() for _ in range(1000)}

    assert 1000 == len(tokens)
    assert all(token.startswith("card_") and len(token) == 37 for token in tokens)


def test_a_key_does_not_show_itself() -> None:
    """Printing, formatting or pickling a key gives none of it away."""
    key = Key(b"k" * 32)

    assert "kkk" not in f"{key} {key!r} {RING!r} {[key]}"
    with pytest.raises(TypeError):
        pickle.dumps(key)
