"""Which exchange the worker uses with our bank."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.rails.bank.exchange.conftest import Bank, bank, sshd

from tuppence.app.bank import exchange, look_s
from tuppence.rails.bank.exchange import Folder
from tuppence.settings import Settings

__all__ = ["bank", "sshd"]  # fixtures


def _settings(tmp_path: Path, **given: object) -> Settings:
    return Settings(data_dir=tmp_path, **given)  # type: ignore[arg-type]  # what a file or the environment may say


async def test_folders_unless_the_operator_names_a_server(tmp_path: Path) -> None:
    """Below the data folder, looked into every second."""
    settings = _settings(tmp_path)

    assert isinstance(exchange(settings), Folder)
    assert (tmp_path / "bank" / "outbox").is_dir()
    assert look_s(settings) <= 1


async def test_a_server_that_is_named_gets_the_files(tmp_path: Path, bank: Bank) -> None:
    """From settings to a file in the bank's folder, and back from its inbox; a connection a minute, not a second."""
    login = bank.login
    settings = _settings(
        tmp_path,
        bank_sftp=f"sftp://{login.user}@127.0.0.1:{login.port}{bank.root}/files",
        bank_sftp_key_file=login.key,
        bank_sftp_host_key=login.host_key,
    )
    (bank.inbox / "back.ach").write_bytes(b"back")

    await exchange(settings).put("out.ach", b"out")

    assert b"out" == (bank.outbox / "out.ach").read_bytes()
    assert b"back" == (await exchange(settings).fetch("back.ach")).read_bytes()
    assert look_s(settings) >= 60


@pytest.mark.parametrize(
    "given",
    [
        {"bank_sftp": "sftp://us@bank.example/files"},
        {"bank_sftp": "sftp://us@bank.example/files", "bank_sftp_key_file": "key"},
        {"bank_sftp": "sftp://bank.example/files", "bank_sftp_key_file": "key", "bank_sftp_host_key": "ssh-ed25519 A"},
        {"bank_sftp": "https://us@bank.example", "bank_sftp_key_file": "key", "bank_sftp_host_key": "ssh-ed25519 A"},
    ],
)
def test_a_server_without_its_key_or_ours_is_no_setting(tmp_path: Path, given: dict[str, str]) -> None:
    """A host whose key nobody pinned is never spoken to: the process does not start."""
    with pytest.raises(ValidationError):
        _settings(tmp_path, **given)
