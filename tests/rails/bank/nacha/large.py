"""A file of any size that nobody holds: its lines are made as they are read."""

from collections.abc import Iterator

from tests.rails.bank.nacha import paper

BATCH_OF = 200


class Large:
    """A binary stream of so many entries, in batches of two hundred."""

    def __init__(self, entries: int) -> None:
        self._lines = _lines(entries)

    def readline(self, _limit: int, /) -> bytes:
        """The next line; empty at the end."""
        return next(self._lines, b"")

    def read(self, _size: int, /) -> bytes:
        """Nobody asks for less than a line."""
        raise AssertionError


def _lines(entries: int) -> Iterator[bytes]:
    count, controls = 1, []
    yield paper.HEADER.encode() + b"\n"
    for number, first in enumerate(range(0, entries, BATCH_OF), 1):
        some = range(first + 1, min(first + BATCH_OF, entries) + 1)
        lines = paper.batch(paper.batch_header(number=number), *(paper.entry(sequence=n) for n in some))
        controls.append(lines[-1])
        count += len(lines)
        yield from (line.encode() + b"\n" for line in lines)
    yield paper.file_control(controls, count + 1).encode() + b"\n"
