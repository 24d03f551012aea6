"""Where the simulated banks keep what they once decided: the young in memory, the rest in a file that nobody else sees.

The file is no record: the journal is. It goes with the process, and is filled again from the journal.
"""

import sqlite3
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar
from uuid import UUID

YOUNG_MOST = 50_000
_FILE = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16000;
CREATE TABLE old (n INTEGER PRIMARY KEY, id BLOB UNIQUE, place TEXT, card TEXT, row TEXT);
CREATE INDEX of_place ON old (place);
CREATE INDEX of_card ON old (card, n);
"""

V = TypeVar("V")


@dataclass(frozen=True)
class Form(Generic[V]):
    """How values are found and written."""

    place: Callable[[V], str]
    card: Callable[[V], str | None]
    pack: Callable[[V], str]
    unpack: Callable[[str], V]


class Shelf(MutableMapping[UUID, V]):
    """Values by id, each put in once and never changed; also by their place in the traffic, and by card."""

    def __init__(self, form: Form[V], young_most: int = YOUNG_MOST) -> None:
        self._form, self._most = form, young_most
        self._young: dict[UUID, V] = {}
        self._places: dict[str, UUID] = {}
        self._opened: sqlite3.Connection | None = None

    def __getitem__(self, key: UUID) -> V:
        found = self._young.get(key)
        if found is not None:
            return found
        row = self._old("SELECT row FROM old WHERE id = ?", key.bytes)
        if row is None:
            raise KeyError(key)
        return self._form.unpack(row)

    def __setitem__(self, key: UUID, value: V) -> None:
        self._young[key] = value
        self._places[self._form.place(value)] = key
        if len(self._young) >= self._most:
            self._put_by(self._most // 2)

    def __delitem__(self, key: UUID) -> None:
        raise TypeError("what was decided stays decided")

    def __iter__(self) -> Iterator[UUID]:
        self._put_by(len(self._young))
        return (UUID(bytes=key) for (key,) in self._file.execute("SELECT id FROM old ORDER BY n"))

    def __len__(self) -> int:
        return len(self._young) + (self._old("SELECT count(*) FROM old") or 0)

    def is_taken(self, place: str) -> bool:
        """Whether something stands at a place."""
        return place in self._places or self._old("SELECT n FROM old WHERE place = ?", place) is not None

    def of_card(self, card: str) -> list[V]:
        """What was put in for a card, in order."""
        self._put_by(len(self._young))
        found = self._file.execute("SELECT row FROM old WHERE card = ? ORDER BY n", (card,))
        return [self._form.unpack(row) for (row,) in found]

    @property
    def _file(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            self._opened.executescript(_FILE)
        return self._opened

    def _old(self, asked: str, *given: object) -> Any:
        """The first column of the first row, if there are any."""
        row = self._opened.execute(asked, given).fetchone() if self._opened else None
        return row[0] if row else None

    def _put_by(self, many: int) -> None:
        """Put the oldest of the young into the file. They are in either place for whoever reads meanwhile."""
        put, form = list(islice(self._young.items(), many)), self._form
        rows = [(key.bytes, form.place(one), form.card(one), form.pack(one)) for key, one in put]
        self._file.execute("BEGIN")
        self._file.executemany("INSERT INTO old (id, place, card, row) VALUES (?, ?, ?, ?)", rows)
        self._file.execute("COMMIT")
        for key, one in put:
            del self._young[key]
            self._places.pop(form.place(one), None)
