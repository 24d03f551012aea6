"""Key files: made once, private, refused otherwise."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tuppence.vault import keys
from tuppence.vault.crypto import Key
from tuppence.vault.errors import CardUnreadable, KeyFileRefused
from tuppence.vault.keks import local

DEK = Key.random()


async def test_the_first_start_makes_the_keys_and_the_second_reads_them(tmp_path: Path) -> None:
    """Keys survive a restart, in a file of 0600 that holds nothing shorter than 256 bits."""
    path = tmp_path / "keys" / "vault.json"

    made, read = local.create(path), local.create(path)
    (wrapped,) = await made.wrap([("card_a", DEK)])
    (opened,) = await read.unwrap([wrapped])

    assert 0o600 == path.stat().st_mode & 0o777
    assert made.kek_id == read.kek_id
    assert isinstance(opened, Key)
    assert DEK.reveal() == opened.reveal()
    assert made.fingerprint.reveal() == read.fingerprint.reveal()
    assert made.fingerprint.reveal() not in json.loads(path.read_text())["keks"].values()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o666])
def test_a_key_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    """One bit for group or world and the vault does not start."""
    path = tmp_path / "vault.json"
    local.create(path)
    path.chmod(mode)

    with pytest.raises(KeyFileRefused, match="chmod 600"):
        local.create(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kek_id": "k", "keks": {"1": "c2hvcnQ="}, "fingerprint": "x"}'])
def test_a_broken_key_file_is_refused(tmp_path: Path, text: str) -> None:
    """A file that is no key file is refused by name, and never replaced."""
    path = tmp_path / "vault.json"
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(KeyFileRefused):
        local.create(path)
    assert text == path.read_text()


async def test_a_new_version_is_added_and_the_old_one_is_destroyed(tmp_path: Path) -> None:
    """Both versions open until the old one is retired; then it is in no file, and nothing that it wrapped opens."""
    path = tmp_path / "vault.json"
    keks, other = local.create(path), local.create(path)
    (old,) = await keks.wrap([("card_a", DEK)])

    assert 2 == await keks.add_version()
    (fresh,) = await keks.wrap([("card_a", DEK)])
    assert [True, True] == [isinstance(one, Key) for one in await keks.unwrap([old, fresh])]
    assert (2, {1}) == (fresh.kek_version, set(other.versions))
    await other.refresh()
    assert {1, 2} == set(other.versions)

    assert [1] == await keks.retire()
    assert ["2"] == list(json.loads(path.read_text())["keks"])
    assert [CardUnreadable(reason="version"), True] == [
        one if isinstance(one, CardUnreadable) else True for one in await local.create(path).unwrap([old, fresh])
    ]
    assert 0o600 == path.stat().st_mode & 0o777


def test_two_first_starts_agree(tmp_path: Path) -> None:
    """Server and vault start at once and both make the shared file: they end with the same keys."""
    path = tmp_path / "shared.json"

    with ThreadPoolExecutor(1) as other:
        theirs = other.submit(keys.create_shared, path)
        mine = keys.create_shared(path)

    assert mine.authorization == theirs.result().authorization
    assert [path.name] == os.listdir(tmp_path)
    assert {"ticket", "bearer"} == json.loads(path.read_text()).keys()
