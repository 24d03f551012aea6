"""Keys in a key service: the same promises as with a file, over the transit API of HashiCorp Vault and OpenBao."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.vault.conftest import listening
from tests.vault.key_service import SERVICES, TOKEN, Transit

from tuppence.vault.crypto import Key
from tuppence.vault.errors import CardUnreadable, KeksAway, KeyFileRefused
from tuppence.vault.keks.keyring import Keyring
from tuppence.vault.keks.transit import Service, TransitKeks, opened

DEK = Key.random()


@pytest.fixture(params=sorted(SERVICES))
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """A key service, and the file with our token to it."""
    token = tmp_path / "transit-token"
    token.write_text(TOKEN + "\n")
    async with SERVICES[request.param]() as url:
        yield Service(url, "cards", token)


@pytest.fixture
async def keks(service: Service, tmp_path: Path) -> AsyncIterator[TransitKeks]:
    """The keys that it keeps for us."""
    async with opened(service, tmp_path / "transit.json") as keks:
        yield keks


async def test_what_it_wrapped_it_unwraps_for_its_own_record_only(keks: TransitKeks) -> None:
    """Sixty bytes as with our own wrap; another token, version, KEK or bit and it is refused, neighbours apart."""
    (one,) = await keks.wrap([("card_a", DEK)])
    broken = [
        replace(one, token="card_b"),
        replace(one, kek_version=2),
        replace(one, kek_id="transit/other"),
        replace(one, wrapped_dek=one.wrapped_dek[:-1] + bytes([one.wrapped_dek[-1] ^ 1])),
        replace(one, wrapped_dek=one.wrapped_dek[:-1]),
    ]

    results = await keks.unwrap([one, *broken, one])

    assert 60 == len(one.wrapped_dek)
    assert [DEK.reveal()] * 2 == [result.reveal() for result in results if isinstance(result, Key)]
    assert ["key", "version", "version", "key", "truncated"] == [
        result.facts["reason"] for result in results if isinstance(result, CardUnreadable)
    ]


async def test_the_fingerprints_key_survives_a_restart_and_lies_nowhere_in_the_plain(
    keks: TransitKeks, service: Service, tmp_path: Path
) -> None:
    """Made at the first start, kept wrapped by the service in a file of 0600, the same at the next start."""
    path = tmp_path / "transit.json"

    async with opened(service, path) as again:
        assert keks.fingerprint.reveal() == again.fingerprint.reveal()
    assert 0o600 == path.stat().st_mode & 0o777
    assert {"kek_id", "kek_version", "fingerprint"} == set(json.loads(path.read_text()))


async def test_a_card_lives_through_a_change_of_keys(
    house: Any, rail: Any, keks: TransitKeks, service: Service
) -> None:
    """Added, used, rewrapped under a new version, the old one destroyed in the service, used again; nothing lost."""
    house = house.restarted(keys=Keyring(keks))
    token = await house.enrol()
    old = await house.rows("SELECT kek_id, kek_version, wrapped_dek FROM vault.card")

    assert 2 == await house.rotation.add_version()
    assert (1, 0) == await house.rotation.rewrap()
    assert [1] == await house.rotation.retire()
    (told,) = await house.use(house.ask(token))

    fresh = await house.rows("SELECT kek_id, kek_version FROM vault.card")
    assert [("transit/cards", 1), ("transit/cards", 2)] == [old[0][:2], fresh[0]]
    assert ("accepted", "4000110000000017") == (told.state, rail.sent[0].card.number.reveal())
    await house.tamper("UPDATE vault.card SET kek_version = 1, wrapped_dek = %(was)s, attach_by = NULL", was=old[0][2])
    (gone,) = await house.use(house.ask(token))
    assert ("declined", "malfunction") == (gone.state, gone.decline_code)
    async with opened(service, keks._path) as again:
        assert keks.fingerprint.reveal() == again.fingerprint.reveal()


async def test_without_our_token_nothing_is_told(keks: TransitKeks, service: Service) -> None:
    """A token that the service refuses is the same as no service; a renewed one is read at the next call."""
    (one,) = await keks.wrap([("card_a", DEK)])
    service.token_file.write_text("somebody else's")

    with pytest.raises(KeksAway):
        await keks.unwrap([one])

    service.token_file.write_text(TOKEN)
    assert isinstance((await keks.unwrap([one]))[0], Key)


@pytest.fixture
async def shaky(house: Any, tmp_path: Path) -> AsyncIterator[tuple[Any, Transit]]:
    """A house whose key service can go away, and that service."""
    transit, token = Transit(), tmp_path / "transit-token"
    token.write_text(TOKEN)
    path = tmp_path / "transit.json"
    async with listening(transit.app()) as url, opened(Service(url, "cards", token), path) as keks:
        yield house.restarted(keys=Keyring(keks)), transit


async def test_a_service_that_is_away_costs_nobody_money(shaky: Any, rail: Any) -> None:
    """A debit meanwhile was provably not sent and another try passes; a card is not stored half; no alarm rings."""
    house, transit = shaky
    token = await house.enrol()
    transit.away = True

    (told,) = await house.use(house.ask(token))
    with pytest.raises(KeksAway):
        await house.enrol()
    with pytest.raises(KeksAway):
        await house.rotation.rewrap()

    assert ("declined", "issuer_down", []) == (told.state, told.decline_code, rail.sent)
    assert [(1, 0)] == await house.rows(
        "SELECT (SELECT count(*)::int FROM vault.card), (SELECT count(*)::int FROM vault.alarm)"
    )
    transit.away = False
    (again,) = await house.use(house.ask(token))
    assert "accepted" == again.state


async def test_a_rotation_asks_in_batches(shaky: Any) -> None:
    """Fifty cards are rewrapped with two calls, not a hundred."""
    house, transit = shaky
    for _ in range(50):
        await house.enrol()
    await house.rotation.add_version()
    before = transit.calls

    assert (50, 0) == await house.rotation.rewrap()
    assert 2 == transit.calls - before


async def test_a_key_of_another_kind_is_refused_at_the_start(tmp_path: Path) -> None:
    """A kind that binds no associated data would let records be swapped: the vault does not start with it."""
    transit, token = Transit(), tmp_path / "token"
    transit.kind = "rsa-4096"
    token.write_text(TOKEN)
    async with listening(transit.app()) as url:
        with pytest.raises(KeyFileRefused, match="aes256-gcm96"):
            async with opened(Service(url, "cards", token), tmp_path / "transit.json"):
                pass


async def test_a_service_that_forgets_the_bound_data_would_be_caught(
    shaky: Any, rail: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seeded bug: wrapped without associated data, two cards' keys and numbers can change places unnoticed."""
    house, _ = shaky
    swap = (
        "UPDATE vault.card SET wrapped_dek = them.wrapped_dek FROM vault.card AS them"
        " WHERE card.token <> them.token AND card.deleted_at IS NULL AND them.deleted_at IS NULL"
    )
    for bound, expected in ((True, "key"), (False, "record")):
        with monkeypatch.context() as patched:
            if not bound:
                patched.setattr("tuppence.vault.crypto.wrap_aad", lambda *_: b"")
            one, other = await house.enrol(), await house.enrol()
            await house.tamper(swap)
            await house.use(house.ask(one))
        reasons = await house.rows("SELECT reason FROM vault.alarm ORDER BY id")
        assert expected == reasons[-1][0]
        await house.delete(one, other)
