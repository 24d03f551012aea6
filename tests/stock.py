"""Databases for tests: migrated and without rows, each used again by the next test that wants one.

To make one costs a thousand files; to empty one, a few milliseconds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
from psycopg import Connection, sql

from tuppence.db.embedded import DATABASE, Server, Urls

_MOST_USES = 60  # deleted rows stay in their files

_TABLES = """
SELECT oid::regclass::text FROM pg_class
WHERE relkind = 'r' AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
"""
# Whatever a test has created, altered or dropped has left a younger row, or one less.
_SHAPE = """
SELECT count(*), max(xmin::text::bigint) FROM pg_class UNION ALL
SELECT count(*), max(xmin::text::bigint) FROM pg_attribute UNION ALL
SELECT count(*), max(xmin::text::bigint) FROM pg_proc UNION ALL
SELECT count(*), max(xmin::text::bigint) FROM pg_trigger UNION ALL
SELECT count(*), max(xmin::text::bigint) FROM pg_constraint
"""
_OTHERS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


class Stock:
    """Those of one server; a test that changed more than rows takes its database with it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._free: list[str] = []
        self._uses: dict[str, int] = {}
        with self._enter(DATABASE) as admin:
            self._shape = _all(admin, _SHAPE)
            self._emptied = _emptied(admin)

    @contextmanager
    def lent(self) -> Iterator[Urls]:
        """A database as migrations leave it, for the three roles."""
        name = self._free.pop() if self._free else self._made()
        yield self._server.urls_of(name)
        self._uses[name] += 1
        if self._is_as_before(name) and self._uses[name] < _MOST_USES:
            self._free.append(name)
        else:
            self._drop(name)

    def _is_as_before(self, name: str) -> bool:
        """Whether it could be emptied and is like a new one then."""
        with self._enter(name) as admin:
            admin.execute(_OTHERS, [name])
            if _all(admin, _SHAPE) != self._shape:
                return False
            admin.execute(self._emptied.encode())
        return True

    def _made(self) -> str:
        name = f"test_{uuid4().hex}"
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER tuppence_owner STRATEGY file_copy")
        with self._enter("postgres") as admin:
            admin.execute(made.format(sql.Identifier(name), sql.Identifier(DATABASE)))
        self._uses[name] = 0
        return name

    def _drop(self, name: str) -> None:
        with self._enter("postgres") as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def _enter(self, name: str) -> Iterator[Connection[Any]]:
        url = self._server.superuser_url.replace("/postgres?", f"/{name}?")
        with psycopg.connect(url, autocommit=True) as admin:
            yield admin


def _all(admin: Connection[Any], statement: LiteralString) -> list[tuple[Any, ...]]:
    return admin.execute(statement).fetchall()


def _emptied(admin: Connection[Any]) -> str:
    """What takes every row out and puts in again what migrations put in. No trigger objects, as on a replica."""
    tables = [table for (table,) in _all(admin, _TABLES)]
    rows = "SELECT format('INSERT INTO {0} SELECT (%L::{0}).*', one) FROM {0} AS one"
    kept = [row for table in tables for (row,) in admin.execute(rows.format(table).encode()).fetchall()]
    return ";".join(["SET session_replication_role = replica", *(f"DELETE FROM {table}" for table in tables), *kept])
