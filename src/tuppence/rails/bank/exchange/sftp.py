"""A bank's folders over SFTP. One connection a call: files are few, and nothing is left open to go stale."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from tuppence.rails.bank.exchange import disk
from tuppence.rails.bank.exchange.errors import ExchangeAway, FileTooLarge, HostKeyDiffers
from tuppence.rails.bank.exchange.protocol import MOST_BYTES, check_name, is_name

_GONE = (OSError, asyncssh.Error, TimeoutError)


@dataclass(frozen=True, slots=True)
class Login:
    """Where the bank's folders are, who we are there, and the one host key that we believe.

    `host_key` is a line as in `ssh-ed25519 AAAA…`: the bank gives it to us by another way. It is pinned: a host with
    another key is not the bank. `key` is our private key's file.
    """

    host: str
    port: int
    user: str
    key: Path
    host_key: str
    outbox: str = "outbox"
    inbox: str = "inbox"


class Sftp:
    """An `Exchange` with a bank's server. What went through is kept below `root`, on our own disk."""

    def __init__(self, login: Login, root: Path, *, wait_s: float = 30.0, most_bytes: int = MOST_BYTES) -> None:
        self._login, self._wait_s, self._most_bytes = login, wait_s, most_bytes
        self._sent, self._read = disk.Sent(root / "sent"), disk.make(root / "read")
        self._coming = disk.make(root / "coming")

    async def put(self, name: str, content: bytes) -> None:
        """See Exchange; the steps are Folder's."""
        check_name(name)
        final = f"{self._login.outbox}/{name}"
        ready = f"{self._login.outbox}/.{name}"
        async with self._session() as bank:
            if not await asyncio.to_thread(self._sent.knows, name, content):
                await _upload(bank, ready, content)
                await asyncio.to_thread(self._sent.note, name, content)
            if await bank.exists(ready):
                await bank.rename(ready, final)

    async def waiting(self) -> Sequence[str]:
        """See Exchange."""
        async with self._session() as bank:
            names = [str(name) for name in await bank.listdir(self._login.inbox)]
            return sorted(name for name in names if is_name(name))

    async def fetch(self, name: str) -> Path:
        """See Exchange."""
        check_name(name)
        async with self._session() as bank:
            return await self._download(bank, name)

    async def done(self, name: str) -> None:
        """See Exchange: kept here, then removed there, as banks want it."""
        check_name(name)
        path = f"{self._login.inbox}/{name}"
        async with self._session() as bank:
            if await bank.exists(path):
                copy = await self._download(bank, name)
                await asyncio.to_thread(disk.put_aside, self._read, name, copy)
                copy.unlink()
                await bank.remove(path)

    async def _download(self, bank: asyncssh.SFTPClient, name: str) -> Path:
        """A copy on our disk, a block at a time."""
        path, copy = f"{self._login.inbox}/{name}", self._coming / name
        if ((await bank.stat(path)).size or 0) > self._most_bytes:
            raise FileTooLarge
        await bank.get(path, copy)
        return copy

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[asyncssh.SFTPClient]:
        """A connection to the bank and to nobody else: no agent, no configuration of the user's, one host key."""
        login = self._login
        try:
            async with (
                asyncio.timeout(self._wait_s),
                asyncssh.connect(
                    login.host,
                    login.port,
                    username=login.user,
                    client_keys=[str(login.key)],
                    known_hosts=([asyncssh.import_public_key(login.host_key)], [], []),
                    agent_path=None,
                    config=None,
                ) as connection,
                connection.start_sftp_client() as bank,
            ):
                yield bank
        except asyncssh.HostKeyNotVerifiable:
            raise HostKeyDiffers from None
        except _GONE as error:
            raise ExchangeAway(reason=type(error).__name__) from error


async def _upload(bank: asyncssh.SFTPClient, path: str, content: bytes) -> None:
    async with bank.open(path, "wb") as target:
        await target.write(content)
        try:
            await target.fsync()
        except asyncssh.SFTPOpUnsupported:
            return  # a server without fsync@openssh.com promises nothing; the bank's acknowledgement does
