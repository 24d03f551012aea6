"""Slow hashes: Argon2id in threads, never more at once than there are cores to spare, and the PIN's pepper."""

import asyncio
import hashlib
import hmac
import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.low_level import Type

from tuppence.db import Overloaded, in_transaction

# OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane.
_ARGON2 = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)
# What an unknown handle's password is compared with, so that it takes the same time as a known one's.
_NOBODYS = _ARGON2.hash(os.urandom(16))
_WAITING_MAX = 256
_PEPPER_BYTES = 32


class Hasher:
    """A few threads for slow hashes. A slot is taken before a try is counted, so that what is counted is looked at
    at once, and a crowd waits outside."""

    def __init__(self, at_once: int = 2) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="hash")
        self._waiting = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a thread. Raises Overloaded when too many wait already."""
        if self._waiting >= _WAITING_MAX:
            raise Overloaded
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._slots.release()

    async def hash(self, secret: str) -> str:
        """A new Argon2id hash, with its own salt."""
        assert not in_transaction(), "a slow hash holds up everybody who waits for a row"
        return await asyncio.get_running_loop().run_in_executor(self._threads, _ARGON2.hash, secret)

    async def verify(self, stored: str | None, secret: str) -> bool:
        """Whether the secret is the one that was hashed. None takes as long, and is never right."""
        assert not in_transaction(), "a slow hash holds up everybody who waits for a row"
        return await asyncio.get_running_loop().run_in_executor(self._threads, _verify, stored, secret)


def _verify(stored: str | None, secret: str) -> bool:
    try:
        return _ARGON2.verify(stored or _NOBODYS, secret) and stored is not None
    except VerifyMismatchError:
        return False


async def hash_password(password: str) -> str:
    """Hash a password outside any house, e.g. once for many seeded people."""
    return await asyncio.to_thread(_ARGON2.hash, password)


@dataclass(frozen=True, slots=True)
class Pepper:
    """A key that is mixed into every PIN before it is hashed. It is not in the database: whoever steals that alone
    cannot try the million PINs that there are."""

    key: bytes = field(repr=False)

    def on(self, person_id: UUID, pin: str) -> str:
        """HMAC-SHA256 of the PIN, bound to the person, as text for the slow hash."""
        return hmac.new(self.key, person_id.bytes + pin.encode(), hashlib.sha256).hexdigest()


def load_pepper(path: Path) -> Pepper:
    """Read the key file, made with mode 0600 if absent. Two processes that start together read the same one.

    Raises ValueError if the file holds anything but a key: nothing may be guessed here, or every PIN would be wrong.
    """
    if not path.exists():
        _make_key_file(path)
    key = path.read_bytes()
    if len(key) != _PEPPER_BYTES:
        raise ValueError(f"{path}: a pepper has {_PEPPER_BYTES} bytes")
    return Pepper(key)


def _make_key_file(path: Path) -> None:
    """Write aside, then link into place: either the whole key is there, or nothing; and the first to link wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(_PEPPER_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
