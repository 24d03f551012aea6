"""Key files: made once, private, refused otherwise."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tuppence.vault import keys
from tuppence.vault.errors import KeyFileRefused


def test_the_first_start_makes_the_keys_and_the_second_reads_them(tmp_path: Path) -> None:
    """Keys survive a restart, in a file of 0600 that holds nothing shorter than 256 bits."""
    path = tmp_path / "keys" / "vault.json"

    made, read = keys.create(path).ring, keys.create(path).ring

    assert 0o600 == path.stat().st_mode & 0o777
    assert made.kek_id == read.kek_id
    assert made.keks[1].reveal() == read.keks[1].reveal()
    assert made.fingerprint.reveal() == read.fingerprint.reveal()
    assert made.fingerprint.reveal() != made.keks[1].reveal()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o666])
def test_a_key_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    """One bit for group or world and the vault does not start."""
    path = tmp_path / "vault.json"
    keys.create(path)
    path.chmod(mode)

    with pytest.raises(KeyFileRefused, match="chmod 600"):
        keys.create(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kek_id": "k", "keks": {"1": "c2hvcnQ="}, "fingerprint": "x"}'])
def test_a_broken_key_file_is_refused(tmp_path: Path, text: str) -> None:
    """A file that is no key file is refused by name, and never replaced."""
    path = tmp_path / "vault.json"
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(KeyFileRefused):
        keys.create(path)
    assert text == path.read_text()


def test_a_new_version_is_added_and_the_old_ones_stay(tmp_path: Path) -> None:
    """After `add_version` the file opens what both versions sealed, and a reload makes the new one the newest."""
    path = tmp_path / "vault.json"
    file = keys.create(path)
    first = file.ring.keks[1].reveal()

    assert 2 == keys.add_version(path)
    assert 1 == file.ring.newest
    file.reload()

    assert 2 == file.ring.newest
    assert first == file.ring.keks[1].reveal()
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
