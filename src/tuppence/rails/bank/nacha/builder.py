"""Writing: lists of entries into files that add up. What is written is read back before it leaves."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from itertools import groupby

from tuppence.core.calendar import FED
from tuppence.rails.bank.nacha import spec
from tuppence.rails.bank.nacha.classes import service_class
from tuppence.rails.bank.nacha.codes import (
    CHANGE_CODES,
    RETURN_CODES,
    TRANSACTION_CODES,
    AccountKind,
    Direction,
    Purpose,
    check_digit,
    transaction_code,
)
from tuppence.rails.bank.nacha.errors import NachaError
from tuppence.rails.bank.nacha.model import Item, Totals
from tuppence.rails.bank.nacha.reader import Tally, totals
from tuppence.rails.bank.nacha.record import Record, fitted, make
from tuppence.rails.bank.routing import check_digit_holds

WRITTEN_CLASSES = ("PPD", "WEB", "CCD")
MODIFIERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"  # one for each file of a day between the same two


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a file to whom. `origin` is what the receiving bank assigned: ten characters, often a blank first."""

    destination: str
    destination_name: str
    origin: str
    origin_name: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """Whose entries a batch holds, and through which bank: the first eight digits of its routing number."""

    name: str
    id: str
    odfi: str
    discretionary: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to be written. `sequence` is the caller's: the last seven digits of the trace, rising in a batch."""

    sequence: int
    direction: Direction
    routing: str
    account: str = field(repr=False)
    amount_minor: int
    name: str = field(repr=False)
    kind: AccountKind = AccountKind.CHECKING
    identification: str = ""
    information: str = ""  # at most 80 characters, in an addenda of its own
    recurring: bool = False  # WEB only
    prenote: bool = False  # asks whether the account is there; its amount is zero


@dataclass(frozen=True, slots=True)
class Offset:
    """The company's own account: it gets an entry that brings its batch's debits and credits to the same sum."""

    sequence: int
    routing: str
    account: str = field(repr=False)
    name: str
    kind: AccountKind = AccountKind.CHECKING


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries of one company, class, purpose and day. `description` is what the receiver reads on the statement."""

    company: Company
    sec: str
    description: str
    effective: date
    entries: Sequence[Entry]
    offset: Offset | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """An entry that a bank sends back, and why."""

    item: Item
    code: str
    information: str = ""
    death: date | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry of which a bank wants the next one to differ. `corrected` as `corrected_data` lays it out."""

    item: Item
    code: str
    corrected: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """A file ready to go, and what it adds up to."""

    content: bytes = field(repr=False)
    totals: Totals


def build(sender: Sender, batches: Sequence[Batch], *, created: datetime, modifier: str = "A") -> Written:
    """A file of batches, numbered from 1, filled up with nines to a whole block.

    Raises: NachaError, with the record and field of whatever cannot be written as asked.
    """
    return _file(sender, created, modifier, [_batch(batch, n) for n, batch in enumerate(batches, 1)])


def build_returns(
    sender: Sender, returned: Sequence[Returned], *, created: datetime, modifier: str = "A", first_sequence: int = 1
) -> Written:
    """What a receiving bank sends back: each entry as it came, with its reason and a trace of the bank's own."""
    return _back(sender, returned, created, modifier, first_sequence)


def build_changes(
    sender: Sender, changed: Sequence[Changed], *, created: datetime, modifier: str = "A", first_sequence: int = 1
) -> Written:
    """Notifications of change: what a receiving bank wants different from now on. They move no money."""
    return _back(sender, changed, created, modifier, first_sequence)


def corrected_data(code: str, **values: str) -> str:
    """The corrected values of a change as its code lays them out. Source: Nacha, appendix 4, table 5."""
    names = CHANGE_CODES[code].corrects
    assert names == tuple(values), names
    widths = {"C03": (12, 17), "C06": (20, 2), "C07": (9, 17, 2)}.get(code, (29,))
    return "".join(text.ljust(width) for text, width in zip(values.values(), widths, strict=True)).rstrip()


def _file(sender: Sender, created: datetime, modifier: str, batches: Sequence[Sequence[Record]]) -> Written:
    if modifier not in MODIFIERS or len(modifier) != 1:
        raise NachaError(0, "file_header", "modifier", "must be a digit or a capital")
    local = created.astimezone(FED.zone)
    header = make(
        spec.FILE_HEADER,
        destination=_routed(sender.destination),
        origin=sender.origin,
        creation_date=local.date(),
        creation_time=f"{local:%H%M}",
        modifier=modifier,
        destination_name=fitted(sender.destination_name, 23),
        origin_name=fitted(sender.origin_name, 23),
        reference=fitted(sender.reference, 8),
    )
    records = [header, *(record for batch in batches for record in batch)]
    records.append(_file_control([batch[-1] for batch in batches], len(records) + 1))
    lines = [record.render() for record in records]
    lines += ["9" * spec.RECORD_LENGTH] * (-len(lines) % spec.BLOCKING_FACTOR)
    content = ("\n".join(lines) + "\n").encode("ascii")
    return Written(content, totals(BytesIO(content)))


def _routed(destination: str) -> str:
    if not check_digit_holds(destination):
        raise NachaError(0, "file_header", "destination", "is not a routing number")
    return f" {destination}"


def _file_control(controls: Sequence[Record], records: int) -> Record:
    summed = {name: sum(one.number(name) for one in controls) for name in ("entry_count", "debit", "credit")}
    return make(
        spec.FILE_CONTROL,
        batch_count=len(controls),
        block_count=-(-records // spec.BLOCKING_FACTOR),
        entry_hash=sum(one.number("entry_hash") for one in controls) % Tally.HASH,
        **summed,
    )


def _batch(batch: Batch, number: int) -> list[Record]:
    if batch.sec not in WRITTEN_CLASSES:
        raise NachaError(0, "batch_header", "sec", f"must be one of {', '.join(WRITTEN_CLASSES)}")
    entries = [*batch.entries, *_offset(batch)]
    header = make(
        spec.BATCH_HEADER,
        service_class=service_class(frozenset(entry.direction for entry in entries)),
        company_name=fitted(batch.company.name, 16),
        company_discretionary=fitted(batch.company.discretionary, 20),
        company_id=batch.company.id,
        sec=batch.sec,
        description=batch.description,
        effective_date=batch.effective,
        originator_status=1,
        odfi=batch.company.odfi,
        batch_number=number,
    )
    items = [_item(header, entry) for entry in entries]
    return _closed(header, items)


def _offset(batch: Batch) -> Iterator[Entry]:
    """The entry that balances a batch, unless it is balanced as it is."""
    owed = sum(entry.amount_minor * (1 if entry.direction is Direction.CREDIT else -1) for entry in batch.entries)
    if batch.offset is None or owed == 0:
        return
    offset = batch.offset
    direction = Direction.DEBIT if owed > 0 else Direction.CREDIT
    amount, name = abs(owed), offset.name
    yield Entry(offset.sequence, direction, offset.routing, offset.account, amount, name, offset.kind, name)


def _item(header: Record, entry: Entry) -> Item:
    _demand(header, entry)
    trace = f"{header['odfi']}{entry.sequence:07d}"
    purpose = Purpose.PRENOTE if entry.prenote else Purpose.LIVE
    record = make(
        spec.ENTRY,
        transaction_code=transaction_code(entry.kind, entry.direction, purpose),
        rdfi=entry.routing[:8],
        check_digit=entry.routing[8:],
        account=entry.account,
        amount=entry.amount_minor,
        identification=fitted(entry.identification, 15),
        name=fitted(entry.name, 22),
        discretionary=("R" if entry.recurring else "S") if header["sec"] == "WEB" else "",
        addenda_indicator=int(bool(entry.information)),
        trace=trace,
    )
    if not entry.information:
        return Item(header, record)
    addenda = make(spec.ADDENDA05, information=entry.information, sequence=1, entry_sequence=entry.sequence)
    return Item(header, record, (addenda,))


def _demand(header: Record, entry: Entry) -> None:
    """What we ask of our own entries beyond what is asked of other people's."""
    wrong = {
        "rdfi": not check_digit_holds(entry.routing) and "is not a routing number",
        "amount": entry.amount_minor < 0 and "must not be negative",
        "name": not fitted(entry.name, 22) and "must not be blank",
        # A credit between people tells the receiver who sent it. Source: Nacha, person-to-person via WEB, 2015.
        "identification": header["sec"] == "WEB"
        and entry.direction is Direction.CREDIT
        and not entry.identification.strip()
        and "must name the sender",
        "trace": not 0 < entry.sequence < 10**7 and "must end in seven digits above zero",
    }
    for name, reason in wrong.items():
        if reason:
            raise NachaError(0, "entry", name, reason)


def _closed(header: Record, items: Iterable[Item]) -> list[Record]:
    """A batch's records, with the control that adds them up."""
    tally, records = Tally(), [header]
    for item in items:
        tally.add(item)
        records += [item.entry, *item.addenda]
    control = make(
        spec.BATCH_CONTROL,
        service_class=header["service_class"],
        entry_count=tally.entries,
        entry_hash=tally.entry_hash,
        debit=tally.amounts[Direction.DEBIT],
        credit=tally.amounts[Direction.CREDIT],
        company_id=header["company_id"],
        odfi=header["odfi"],
        batch_number=header["batch_number"],
    )
    return [*records, control]


def _back(
    sender: Sender, asks: Sequence[Returned | Changed], created: datetime, modifier: str, sequence: int
) -> Written:
    batches: list[list[Record]] = []
    for _, group in groupby(asks, lambda ask: (ask.item.batch.line, ask.item.routing)):
        some = list(group)
        header = _back_header(some, len(batches) + 1)
        items = [_back_item(header, ask, sequence + n) for n, ask in enumerate(some)]
        batches.append(_closed(header, items))
        sequence += len(some)
    return _file(sender, created, modifier, batches)


def _back_header(asks: Sequence[Returned | Changed], number: int) -> Record:
    """The original batch's header, but from the bank that sends it back."""
    first = asks[0].item
    kept = {name: first.batch[name] for name in _KEPT_OF_BATCH}
    return make(
        spec.BATCH_HEADER,
        **kept
        | {
            "service_class": f"{service_class(frozenset(ask.item.direction for ask in asks))}",
            "sec": "COR" if isinstance(asks[0], Changed) else first.sec,
            "originator_status": "1",
            "odfi": first.routing[:8],
            "batch_number": f"{number}",
        },
    )


def _back_item(header: Record, ask: Returned | Changed, sequence: int) -> Item:
    item, odfi = ask.item, ask.item.batch["odfi"]
    code = TRANSACTION_CODES[item.entry["transaction_code"]]
    trace = f"{header['odfi']}{sequence:07d}"
    changes = {
        "transaction_code": transaction_code(code.kind, code.direction, Purpose.RETURN),
        "rdfi": odfi,
        "check_digit": f"{check_digit(odfi)}",
        "addenda_indicator": "1",
        "trace": trace,
    }
    if isinstance(ask, Changed):
        changes["amount"] = "0"
    entry = make(item.entry.spec, **{name: item.entry[name] for name in item.entry.spec.at} | changes)
    return Item(header, entry, (_reason(ask, trace),))


def _reason(ask: Returned | Changed, trace: str) -> Record:
    about = {"original_trace": ask.item.trace, "original_rdfi": ask.item.routing[:8], "trace": trace}
    if isinstance(ask, Changed):
        assert ask.code in CHANGE_CODES
        return make(spec.ADDENDA98, change_code=ask.code, corrected=ask.corrected, **about)
    assert RETURN_CODES[ask.code].stage == "rdfi"
    information = fitted(ask.information, 44)
    return make(spec.ADDENDA99, return_code=ask.code, death_date=ask.death, information=information, **about)


_KEPT_OF_BATCH = (
    "company_name",
    "company_discretionary",
    "company_id",
    "description",
    "descriptive_date",
    "effective_date",
)
