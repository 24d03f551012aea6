"""Faults: backends that are killed, a replica that never answers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import psycopg
import pytest

from tuppence.db.embedded import Server, Urls


@pytest.fixture
def kill(server: Server, urls: Urls) -> Callable[[str], int]:
    """Terminate the backends of this test's database that match a condition; how many."""
    name = urls.app.rpartition("/")[2].partition("?")[0]

    def terminate(where: str) -> int:
        query = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}' AND {where}"
        with psycopg.connect(server.superuser_url, autocommit=True) as admin:
            return len(admin.execute(query.encode()).fetchall())

    return terminate


@pytest.fixture
def silent_replica(server: Server) -> Callable[[], AbstractAsyncContextManager[Callable[..., Awaitable[int]]]]:
    """Every COMMIT waits for a standby that is not there, as when the network to it is cut.

    Gives a function that waits for such a COMMIT and, if told to, cancels it as an impatient driver would.
    """

    @asynccontextmanager
    async def silence() -> AsyncIterator[Callable[..., Awaitable[int]]]:
        with psycopg.connect(server.superuser_url, autocommit=True) as admin:
            admin.execute("SET synchronous_commit = local")
            admin.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            admin.execute("SELECT pg_reload_conf()")

            async def waiting(*, cancel: bool) -> int:
                for _ in range(500):
                    rows = admin.execute("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'").fetchall()
                    for (pid,) in rows:
                        if cancel:
                            admin.execute("SELECT pg_cancel_backend(%s)", (pid,))
                        return int(pid)
                    await asyncio.sleep(0.01)
                raise AssertionError("nobody waits")

            try:
                await asyncio.sleep(0.2)
                yield waiting
            finally:
                admin.execute("ALTER SYSTEM RESET synchronous_standby_names")
                admin.execute("SELECT pg_reload_conf()")

    return silence
