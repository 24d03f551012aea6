"""Reading: one pass, one entry at a time, everything checked. What it costs in memory does not grow with the file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import ClassVar

from tuppence.rails.bank.nacha import spec
from tuppence.rails.bank.nacha.classes import ENTRY_CLASSES
from tuppence.rails.bank.nacha.codes import CHANGE_CODES, RETURN_CODES, Direction
from tuppence.rails.bank.nacha.errors import NachaError
from tuppence.rails.bank.nacha.lines import Lines, Stream, laid_out
from tuppence.rails.bank.nacha.model import Category, File, Item, Run, Totals
from tuppence.rails.bank.nacha.record import Record, parse
from tuppence.rails.bank.nacha.rules import verify_batch_header, verify_item
from tuppence.rails.bank.routing import check_digit_holds


@dataclass(slots=True)
class Tally:
    """What control records must say."""

    HASH: ClassVar[int] = 10**10  # a hash keeps the last ten digits of its sum

    entries: int = 0
    items: int = 0
    entry_hash: int = 0
    amounts: dict[Direction, int] = field(default_factory=lambda: dict.fromkeys(Direction, 0))

    def add(self, item: Item) -> None:
        self.entries += 1 + len(item.addenda)
        self.items += 1
        self.entry_hash = (self.entry_hash + item.entry.number("rdfi")) % Tally.HASH
        self.amounts[item.direction] += item.amount_minor

    def include(self, other: "Tally") -> None:
        self.entries += other.entries
        self.items += other.items
        self.entry_hash = (self.entry_hash + other.entry_hash) % Tally.HASH
        for direction, minor in other.amounts.items():
            self.amounts[direction] += minor

    def verify(self, control: Record) -> None:
        told = {
            "entry_count": self.entries,
            "entry_hash": self.entry_hash,
            "debit": self.amounts[Direction.DEBIT],
            "credit": self.amounts[Direction.CREDIT],
        }
        for name, counted in told.items():
            if control.number(name) != counted:
                raise control.error(name, f"is not {counted}, as counted")


@dataclass(slots=True)
class _Batch:
    header: Record
    tally: Tally = field(default_factory=Tally)
    last_trace: str = ""
    category: Category | None = None


class Reader:
    """Iterate over it for the items of a file, in order.

    What comes out is right as an entry; that the batch and the file add up is known when the iteration has ended.
    Whoever acts on entries reads the file to its end first. Raises: NachaError at the first thing that is wrong.
    """

    def __init__(self, stream: Stream, *, keep: bool = False) -> None:
        self._lines = Lines(stream)
        self._kept: list[Record] | None = [] if keep else None
        self._file = Tally()
        self._batches = 0
        self._last_batch = 0
        self._batch: _Batch | None = None
        self._entry: Record | None = None
        self._addenda: list[Record] = []
        self._header: Record | None = None
        self._control: Record | None = None
        self._only_advices = False  # accounting advices add up in wider fields

    @property
    def header(self) -> Record:
        """The file's header, once the first item is out."""
        assert self._header is not None
        return self._header

    @property
    def totals(self) -> Totals:
        """What the file adds up to, once it is read."""
        assert self._control is not None
        tally = self._file
        debit, credit = tally.amounts[Direction.DEBIT], tally.amounts[Direction.CREDIT]
        return Totals(self._batches, tally.entries, tally.items, tally.entry_hash, debit, credit)

    @property
    def records(self) -> tuple[Record, ...]:
        """Every record, if they are kept."""
        assert self._kept is not None
        return tuple(self._kept)

    @property
    def layout(self) -> tuple[Run, ...]:
        """How the records lay in their lines."""
        return self._lines.layout

    def __iter__(self) -> Iterator[Item]:
        for text in self._lines:
            record = parse(self._spec(text), text, self._lines.count)
            if self._kept is not None:
                self._kept.append(record)
            if text[0] != "7" and self._entry is not None:
                yield self._close_entry()
            _TAKES[text[0]](self, record)
        self._close_file()

    def _spec(self, text: str) -> spec.RecordSpec:
        """Which record a line must be, by its first character and where it stands."""
        if self._control is not None:
            return spec.BLANK if text.isspace() else spec.FILLER
        header = None if self._batch is None else self._batch.header
        if text[0] == "5":
            iat = text[50:53] == "IAT" or text[4:20].strip() == "IATCOR"
            return spec.IAT_BATCH_HEADER if iat else spec.BATCH_HEADER
        if text[0] == "6" and header is not None:
            return _entry_spec(header)
        if text[0] == "7" and header is not None:
            return self._addenda_spec(text, header)
        if text[0] == "8" and header is not None:
            return spec.ADV_BATCH_CONTROL if header["sec"] == "ADV" else spec.BATCH_CONTROL
        if text[0] == "9":
            return spec.ADV_FILE_CONTROL if self._only_advices else spec.FILE_CONTROL
        if text[0] in "678":
            raise NachaError(self._lines.count, _NAMES[text[0]], "type", "stands outside a batch")
        if text[0] != "1":
            raise NachaError(self._lines.count, "record", "type", "must be 1, 5, 6, 7, 8 or 9")
        return spec.FILE_HEADER

    def _addenda_spec(self, text: str, header: Record) -> spec.RecordSpec:
        if self._entry is None:
            raise NachaError(self._lines.count, "addenda", "type", "stands outside an entry")
        kind, iat = text[1:3], self._entry.spec is spec.IAT_ENTRY
        if iat and kind in spec.IAT_ADDENDA:
            return spec.IAT_ADDENDA[kind]
        if kind == "98":
            refused = text[3:6] in CHANGE_CODES and CHANGE_CODES[text[3:6]].refuses
            return spec.ADDENDA98_REFUSED if refused else spec.IAT_ADDENDA98 if iat else spec.ADDENDA98
        if kind == "99":
            return _return_spec(text[3:6], iat=iat)
        if kind not in ("02", "05") or iat:
            raise NachaError(self._lines.count, "addenda", "addenda_type", f"{header['sec']} does not take this one")
        return spec.ADDENDA02 if kind == "02" else spec.ADDENDA05

    def _take_file_header(self, record: Record) -> None:
        if self._header is not None:
            raise record.error("type", "stands there twice")
        if not check_digit_holds(record.text("destination").zfill(9)[-9:]):
            raise record.error("destination", "is not a routing number")
        _verify_day(record, "creation_date")
        _verify_time(record, "creation_time")
        self._header = record

    def _take_batch_header(self, record: Record) -> None:
        self._needs_header(record)
        if self._batch is not None:
            raise record.error("type", "stands inside a batch")
        verify_batch_header(record)
        if record.number("batch_number") <= self._last_batch:
            raise record.error("batch_number", f"must be above {self._last_batch}")
        _verify_day(record, "effective_date")
        self._batch = _Batch(record)
        self._only_advices = record["sec"] == "ADV"

    def _take_entry(self, record: Record) -> None:
        self._entry = record

    def _take_addenda(self, record: Record) -> None:
        self._addenda.append(record)

    def _close_entry(self) -> Item:
        assert self._batch is not None
        assert self._entry is not None
        item = Item(self._batch.header, self._entry, tuple(self._addenda))
        self._entry, self._addenda = None, []
        verify_item(item)
        self._verify_place(self._batch, item)
        self._batch.tally.add(item)
        return item

    def _verify_place(self, batch: _Batch, item: Item) -> None:
        """What must hold of an entry next to the others of its batch."""
        if item.trace and item.trace <= batch.last_trace:
            raise item.entry.error("trace", "must rise within a batch")
        if item.trace and item.trace[:8] != batch.header["odfi"]:
            raise item.entry.error("trace", "must begin with the batch's originating bank")
        if batch.category is not None and batch.category is not item.category:
            raise item.entry.error("addenda_indicator", f"a batch of {batch.category} entries takes no others")
        batch.last_trace, batch.category = item.trace, item.category

    def _take_batch_control(self, record: Record) -> None:
        batch = self._batch
        assert batch is not None
        if batch.category is None:
            raise record.error("type", "a batch needs an entry")
        for name in ("service_class", "company_id", "odfi", "batch_number"):
            told = record.text(name) if name in record.spec.at else ""
            if told and told != batch.header.text(name):  # some leave an IAT batch's company out
                raise record.error(name, "is not the batch header's")
        batch.tally.verify(record)
        self._file.include(batch.tally)
        self._last_batch = record.number("batch_number")
        self._batches += 1
        self._batch = None

    def _take_file_control(self, record: Record) -> None:
        self._needs_header(record)
        if self._batch is not None:
            raise record.error("type", "stands inside a batch")
        if record.number("batch_count") != self._batches:
            raise record.error("batch_count", f"is not {self._batches}, as counted")
        self._file.verify(record)
        blocks = -(-self._lines.count // spec.BLOCKING_FACTOR)
        if record.number("block_count") != blocks:
            raise record.error("block_count", f"is not {blocks}, as counted")
        self._control = record

    def _take_rest(self, record: Record) -> None:
        """Nines up to the end of the block; blank lines are an editor's."""

    def _take_9(self, record: Record) -> None:
        (self._take_rest if record.spec is spec.FILLER else self._take_file_control)(record)

    def _needs_header(self, record: Record) -> None:
        if self._header is None:
            raise record.error("type", "stands before the file's header")

    def _close_file(self) -> None:
        line = self._lines.count
        if self._header is None:
            raise NachaError(line, "file_header", "type", "is missing")
        if self._control is None:
            name = "file_control" if self._batch is None else "batch_control"
            raise NachaError(line, name, "type", "is missing")


_TAKES = {
    "1": Reader._take_file_header,
    "5": Reader._take_batch_header,
    "6": Reader._take_entry,
    "7": Reader._take_addenda,
    "8": Reader._take_batch_control,
    "9": Reader._take_9,
    " ": Reader._take_rest,
}
_NAMES = {"6": "entry", "7": "addenda", "8": "batch_control"}


def read(raw: bytes) -> File:
    """A whole file in memory. `write` gives back the very bytes. Raises NachaError."""
    reader = Reader(BytesIO(raw), keep=True)
    items = tuple(reader)
    return File(reader.records, items, reader.totals, reader.layout)


def write(file: File) -> bytes:
    """The bytes of a file that was read."""
    return laid_out(file.records, file.layout)


def totals(stream: Stream) -> Totals:
    """Read a file to its end, keeping nothing. Raises NachaError: whoever gets an answer may act on the entries."""
    reader = Reader(stream)
    for _ in reader:
        pass
    return reader.totals


def _entry_spec(header: Record) -> spec.RecordSpec:
    if header.spec is spec.IAT_BATCH_HEADER:
        return spec.IAT_ENTRY
    return spec.ADV_ENTRY if header["sec"] == "ADV" else ENTRY_CLASSES[header["sec"]].entry


def _return_spec(code: str, *, iat: bool) -> spec.RecordSpec:
    stage = RETURN_CODES[code].stage if code in RETURN_CODES else "rdfi"
    if stage == "odfi":
        return spec.ADDENDA99_DISHONORED
    if stage == "rdfi_again":
        return spec.ADDENDA99_CONTESTED
    return spec.IAT_ADDENDA99 if iat else spec.ADDENDA99


def _verify_day(record: Record, name: str) -> None:
    """A date, blank, or zeros where a date would stand: some senders leave it to the bank so."""
    try:
        if record[name] != "000000":
            record.day(name)
    except ValueError:
        raise record.error(name, "is not a date") from None


def _verify_time(record: Record, name: str) -> None:
    text = record[name]
    if not text.isspace() and not (text[:2] < "24" and text[2:] < "60"):
        raise record.error(name, "is not a time")
