"""Bytes into lines of ninety-four characters and back, in bounded memory, keeping how they lay.

Taken as they come: lines without their trailing blanks or with more of them, any of LF and CRLF, the last without
one, a file without line ends at all, one without its last block filled up, blank lines after the end.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from tuppence.rails.bank.nacha.errors import NachaError
from tuppence.rails.bank.nacha.model import Run
from tuppence.rails.bank.nacha.record import Record
from tuppence.rails.bank.nacha.spec import RECORD_LENGTH

_LONGEST = 1024  # a line's bytes, trailing blanks included; whoever sends more is no sender of ACH files


class Stream(Protocol):
    """What a file is read from: anything opened in binary mode."""

    def readline(self, limit: int, /) -> bytes:
        """The next line, or as many of its bytes as asked for."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes."""


class Lines:
    """The lines of a file, each padded to its full length, and in `layout` how they lay."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._runs: list[Run] = []  # those that have ended
        self._run: tuple[int, bytes, str] | None = None  # length, ending and encoding of the one that goes on ...
        self._length = 0  # ... and how many lines it has
        self.count = 0

    @property
    def layout(self) -> tuple[Run, ...]:
        """How the lines lay, so far."""
        return (*self._runs, *self._ended())

    def __iter__(self) -> Iterator[str]:
        raw = self._stream.readline(_LONGEST)
        if _is_unbroken(raw):
            yield from self._unbroken(raw)
            return
        while raw:
            yield self._line(raw)
            raw = self._stream.readline(_LONGEST)

    def _line(self, raw: bytes) -> str:
        ending = b"\r\n" if raw.endswith(b"\r\n") else b"\n" if raw.endswith(b"\n") else b""
        text, encoding = _decoded(raw[: len(raw) - len(ending)])
        self._note((len(text), ending, encoding))
        if text[RECORD_LENGTH:].strip(" ") or len(raw) == _LONGEST:
            raise NachaError(self.count, "line", "length", f"must be at most {RECORD_LENGTH} characters")
        return text[:RECORD_LENGTH].ljust(RECORD_LENGTH)

    def _unbroken(self, first: bytes) -> Iterator[str]:
        held = first
        while held:
            held += self._stream.read(max(0, RECORD_LENGTH + 3 - len(held)))
            if len(held) <= RECORD_LENGTH + 2:  # the last one may have a line end
                yield self._line(held)
                return
            text, held = held[:RECORD_LENGTH], held[RECORD_LENGTH:]
            yield self._line(text)

    def _note(self, run: tuple[int, bytes, str]) -> None:
        self.count += 1
        if run != self._run:
            self._runs += self._ended()
            self._run, self._length = run, 0
        self._length += 1

    def _ended(self) -> list[Run]:
        return [] if self._run is None else [Run(self._length, *self._run)]


def laid_out(records: Sequence[Record], layout: Iterable[Run]) -> bytes:
    """The bytes of records in their lines."""
    runs = (run for run in layout for _ in range(run.count))
    return b"".join(
        record.render()[: run.length].ljust(run.length).encode(run.encoding) + run.ending
        for record, run in zip(records, runs, strict=True)
    )


def _is_unbroken(first: bytes) -> bool:
    """Whether a file's first bytes go on into a second record without a line end."""
    return len(first) >= 2 * RECORD_LENGTH and first[RECORD_LENGTH : RECORD_LENGTH + 1].isdigit()


def _decoded(raw: bytes) -> tuple[str, str]:
    """A line's characters and how they were encoded. Some senders write names in UTF-8, some in Latin-1."""
    for encoding in ("ascii", "utf-8"):
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1"), "latin-1"
