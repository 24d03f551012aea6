"""Giving files to a bank and taking them from it: through folders, and over SFTP with a real OpenSSH server."""

import asyncio
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.rails.bank.exchange.conftest import Bank

from tuppence.rails.bank.exchange import (
    ContentDiffers,
    Exchange,
    ExchangeAway,
    FileTooLarge,
    Folder,
    HostKeyDiffers,
    NameRefused,
    Sftp,
    disk,
)

FILE = b"101 061000104\n"


@dataclass
class Place:
    """An exchange, and the bank's view of it."""

    outbox: Path
    inbox: Path
    ours: Path
    again: Callable[..., Exchange]

    def sees(self) -> dict[str, bytes]:
        """What the bank finds in our outbox; it looks at no name that begins with a dot."""
        return {one.name: one.read_bytes() for one in self.outbox.iterdir() if not one.name.startswith(".")}


@pytest.fixture(params=["folder", "sftp"])
def place(request: pytest.FixtureRequest, tmp_path: Path, bank: Bank) -> Place:
    """Each test runs through folders and over SFTP."""
    if request.param == "folder":
        Folder(tmp_path)
        return Place(tmp_path / "outbox", tmp_path / "inbox", tmp_path, lambda **how: Folder(tmp_path, **how))
    return Place(bank.outbox, bank.inbox, tmp_path, lambda **how: Sftp(bank.login, tmp_path, **how))


async def test_the_same_file_twice_is_one_file(place: Place) -> None:
    """Also when the bank took it in between, and when whoever asks was started anew."""
    await place.again().put("one.ach", FILE)
    assert {"one.ach": FILE} == place.sees()
    await place.again().put("one.ach", FILE)
    assert {"one.ach": FILE} == place.sees()

    (place.outbox / "one.ach").unlink()
    await place.again().put("one.ach", FILE)

    assert {} == place.sees()


async def test_a_name_stands_for_one_content_and_a_content_for_one_name(place: Place) -> None:
    """A file that was changed, or sent again under another name, would be paid twice: it is refused."""
    await place.again().put("one.ach", FILE)

    with pytest.raises(ContentDiffers):
        await place.again().put("one.ach", FILE + b"5")
    with pytest.raises(ContentDiffers):
        await place.again().put("two.ach", FILE)

    assert {"one.ach": FILE} == place.sees()


class Crash(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("taken", [False, True], ids=["still there", "taken by the bank"])
@pytest.mark.parametrize("at", ["laid ready", "content noted", "noted", "appeared"])
async def test_a_crash_at_any_step_leaves_one_file(
    place: Place, at: str, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked again afterwards, the bank sees the file once: not never, and not again after it took it."""
    crashed = _crash(monkeypatch, at)
    with pytest.raises(Crash):
        await place.again().put("one.ach", FILE)
    crashed.undo()
    seen = len(place.sees())
    if taken:
        for one in place.sees():
            (place.outbox / one).unlink()

    await place.again().put("one.ach", FILE)

    assert (at == "appeared") == bool(seen)
    assert 1 == (seen if taken and seen else len(place.sees()))
    assert taken or {"one.ach": FILE} == place.sees()


def _crash(monkeypatch: pytest.MonkeyPatch, at: str) -> pytest.MonkeyPatch:
    """Let the process end right after a step of `put`."""
    if at == "laid ready":
        monkeypatch.setattr(disk.Sent, "note", _gone)
    elif at == "content noted":
        real = disk.write_whole
        calls: list[Path] = []

        def once(path: Path, content: bytes) -> None:
            calls.append(path)
            real(path, content) if len(calls) == 1 else _gone()

        monkeypatch.setattr(disk, "write_whole", once)
    elif at == "noted":
        note = disk.Sent.note

        def then_gone(self: disk.Sent, name: str, content: bytes) -> None:
            note(self, name, content)
            _gone()

        monkeypatch.setattr(disk.Sent, "note", then_gone)
    else:
        import asyncssh

        move, rename = disk.move, asyncssh.SFTPClient.rename

        def moved(old: Path, new: Path) -> None:
            move(old, new)
            if new.parent.name == "outbox":
                _gone()

        async def renamed(self: Any, old: str, new: str) -> None:
            await rename(self, old, new)
            _gone()

        monkeypatch.setattr(disk, "move", moved)
        monkeypatch.setattr(asyncssh.SFTPClient, "rename", renamed)
    return monkeypatch


def _gone(*_: object) -> None:
    raise Crash


async def test_an_exchange_that_forgets_sends_twice(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seeded bug: without what was noted, a file that the bank took is given to it again."""
    await place.again().put("one.ach", FILE)
    (place.outbox / "one.ach").unlink()
    monkeypatch.setattr(disk.Sent, "knows", lambda *_: False)

    await place.again().put("one.ach", FILE)

    assert {"one.ach": FILE} == place.sees()


async def test_what_the_bank_leaves_waits_until_it_is_done(place: Place) -> None:
    """In order of name, any number of times, without what is still on its way; then it is kept aside."""
    for name in ("b.ach", "a.ach", ".c.ach", "not a name"):
        (place.inbox / name).write_bytes(name.encode())

    assert ["a.ach", "b.ach"] == list(await place.again().waiting())
    assert b"a.ach" == (await place.again().fetch("a.ach")).read_bytes()
    await place.again().done("a.ach")
    await place.again().done("a.ach")

    assert ["b.ach"] == list(await place.again().waiting())
    assert b"a.ach" == (place.ours / "read" / "a.ach").read_bytes()


async def test_a_bank_that_uses_a_name_again_overwrites_nothing(place: Place) -> None:
    """Both files are kept."""
    for content in (b"first", b"second", b"second"):
        (place.inbox / "a.ach").write_bytes(content)
        await place.again().done("a.ach")

    assert {b"first", b"second"} == {one.read_bytes() for one in (place.ours / "read").iterdir()}


@pytest.mark.parametrize("name", ["", ".hidden", "../out", "a/b", "a b", "é.ach", "x" * 101, "a\n"])
async def test_no_name_leads_out_of_its_folder(place: Place, name: str) -> None:
    """Neither ours nor one that a bank tells us."""
    with pytest.raises(NameRefused):
        await place.again().put(name, FILE)
    with pytest.raises(NameRefused):
        await place.again().fetch(name)
    with pytest.raises(NameRefused):
        await place.again().done(name)


async def test_a_huge_file_is_left_where_it_is(place: Place) -> None:
    """It does not fill our memory."""
    (place.inbox / "big.ach").write_bytes(b"9" * 1000)

    with pytest.raises(FileTooLarge):
        await place.again(most_bytes=999).fetch("big.ach")

    assert 1000 == (await place.again(most_bytes=1000).fetch("big.ach")).stat().st_size


async def test_only_we_can_look_into_what_is_kept(place: Place) -> None:
    """Files hold account numbers."""
    await place.again().put("one.ach", FILE)

    for one in (place.ours / "sent", place.ours / "read"):
        assert 0o700 == stat.S_IMODE(one.stat().st_mode)
    assert 0o600 == stat.S_IMODE((place.ours / "sent" / "one.ach").stat().st_mode)


async def test_many_at_once_each_arrive_once(place: Place) -> None:
    """Ten files, each asked for twice at the same time one after the other."""
    files = {f"{n}.ach": f"{n}".encode() for n in range(10)}

    await asyncio.gather(*(place.again().put(name, content) for name, content in files.items()))
    await asyncio.gather(*(place.again().put(name, content) for name, content in files.items()))

    assert files == place.sees()


async def test_a_host_with_another_key_gets_nothing(bank: Bank, tmp_path: Path) -> None:
    """The bank's key is pinned: somebody else at its address learns neither file nor name."""
    other = " ".join((bank.root / "other_key.pub").read_text().split()[:2])
    sftp = Sftp(replace(bank.login, host_key=other), tmp_path)

    with pytest.raises(HostKeyDiffers):
        await sftp.put("one.ach", FILE)

    assert [] == list(bank.outbox.iterdir())


async def test_a_key_that_the_bank_does_not_know_is_refused(bank: Bank, tmp_path: Path) -> None:
    """And told as the bank being away, with the kind of refusal."""
    sftp = Sftp(replace(bank.login, key=bank.root / "other_key"), tmp_path)

    with pytest.raises(ExchangeAway) as refused:
        await sftp.waiting()

    assert {"reason": "PermissionDenied"} == refused.value.facts


async def test_a_bank_that_is_not_there_is_away(bank: Bank, tmp_path: Path) -> None:
    """Nothing was sent, nothing noted: asked again when it is back, the file goes."""
    away = Sftp(replace(bank.login, port=1), tmp_path, wait_s=2)

    with pytest.raises(ExchangeAway):
        await away.put("one.ach", FILE)
    await Sftp(bank.login, tmp_path).put("one.ach", FILE)

    assert {"one.ach"} == {one.name for one in bank.outbox.iterdir()}


async def test_a_bank_that_says_nothing_is_given_up(tmp_path: Path, bank: Bank) -> None:
    """A server that accepts and keeps silent costs the time that we wait, no more."""
    over = asyncio.Event()

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()
        await writer.wait_closed()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with silent:
        port = silent.sockets[0].getsockname()[1]
        with pytest.raises(ExchangeAway):
            await Sftp(replace(bank.login, port=port), tmp_path, wait_s=0.5).waiting()
        over.set()
