"""One task at a time for each id, in this process."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID
from weakref import WeakValueDictionary


class Alone:
    """Locks by id, which live as long as somebody holds or awaits them."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def __call__(self, ids: Iterable[UUID]) -> AsyncIterator[None]:
        """Wait until nobody else works on any of these: in id order, so that two batches cannot block each other."""
        async with AsyncExitStack() as held:
            for one in sorted(set(ids)):
                await held.enter_async_context(self._locks.setdefault(one, asyncio.Lock()))
            yield

    def busy(self, one: UUID) -> bool:
        lock = self._locks.get(one)
        return lock is not None and lock.locked()
