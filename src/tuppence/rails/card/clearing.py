"""The card network's clearing file: what it did for us in a business day, and what it settles for it. ADR 0028.

Text, a record a line, fields between bars. Reading is as strict as for messages: bytes that we would have written
otherwise are refused, so counts, sums and the digest are proven by writing the file again.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cached_property

from tuppence.core import CURRENCIES
from tuppence.rails.card.cases import CaseLine, pack_case, unpack_case

CUT_OFF = time(17)  # in the zone of the Fed's calendar: what is done from then on belongs to the next business day
FIRST = "0" * 64  # what stands for the digest of the file before the first
CASH_IN = frozenset({"debit", "purchase", "return"})  # movements that bring us money; the others take it
MOVEMENTS = CASH_IN | {"push", "refund", "reversal"}

_CODES = {f"{one.numeric:03d}": one.code for one in CURRENCIES.values()}
_HEADER = re.compile(r"H\|TUPPENCE CLEARING 1\|(\d{6,11})\|(\d{4}-\d\d-\d\d)\|(\d{6})\|([0-9a-f]{64})", re.ASCII)
_DETAIL = re.compile(
    r"D\|(\d{6})\|([a-z]+)\|([0-9a-f]{32})\|(\d{6})\|([0-9A-Za-z]{12})\|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z"
    r"\|(\d{12})\|(\d{3})\|(\d{2})\|([0-9A-Za-z]{6})\|([+-]\d{9})\|(\d{6}\*{6}\d{4})",
    re.ASCII,
)


class ClearingError(Exception):
    """These bytes are no clearing file; `line` says where, `reason` why. Never the data."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line, self.reason = line, reason


@dataclass(frozen=True, slots=True)
class Line:
    """One financial message that the network carried out, or undid. Amounts in minor units, never negative."""

    movement: str
    reference: str  # the attempt id of the request, 32 hexadecimal digits
    stan: str
    rrn: str
    at: datetime
    amount_minor: int
    currency: str
    approval: str
    fee_minor: int  # interchange and the network's own fee; negative where it is given back
    masked: str
    response: str = "00"

    @property
    def signed_minor(self) -> int:
        """What it does to our cash, fees apart."""
        return self.amount_minor if self.movement in CASH_IN else -self.amount_minor


@dataclass(frozen=True)
class ClearingFile:
    """A business day of one acquirer's. `before` is the digest of the file that came before."""

    acquirer: str
    day: date
    sequence: int
    before: str
    lines: tuple[Line, ...] = field(repr=False)
    cases: tuple[CaseLine, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        return f"clearing-{self.acquirer}-{self.day}-{self.sequence:06d}.txt"

    @cached_property
    def text(self) -> bytes:
        """The bytes of the file."""
        return pack(self)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text).hexdigest()

    def net_minor(self, currency: str) -> int:
        """What settlement brings us in a currency, fees taken off."""
        every: list[Line | CaseLine] = [*self.lines, *self.cases]
        return sum(one.signed_minor - one.fee_minor for one in every if one.currency == currency)


def pack(file: ClearingFile) -> bytes:
    """The bytes: header, details, a sum for each currency, trailer."""
    details = [_detail(number, line) for number, line in enumerate(file.lines, 1)]
    head = f"H|TUPPENCE CLEARING 1|{file.acquirer}|{file.day}|{file.sequence:06d}|{file.before}"
    details += [pack_case(number, line) for number, line in enumerate(file.cases, len(details) + 1)]
    body = "".join(f"{record}\n" for record in [head, *details, *_sums([*file.lines, *file.cases])])
    return f"{body}T|{len(details):06d}|{hashlib.sha256(body.encode()).hexdigest()}\n".encode("ascii")


def unpack(data: bytes) -> ClearingFile:
    """The file in some bytes. Raises: ClearingError, whatever the bytes."""
    try:
        records = data.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise ClearingError(1, "is not ASCII") from None
    head = _HEADER.fullmatch(records[0])
    if head is None:
        raise ClearingError(1, "is no header of ours")
    lines = tuple(_line(number, one) for number, one in enumerate(records[1:], 2) if one.startswith("D"))
    cases = tuple(_case(number, one) for number, one in enumerate(records[1:], 2) if one.startswith("C"))
    try:
        file = ClearingFile(head[1], date.fromisoformat(head[2]), int(head[3]), head[4], lines, cases)
        same = file.text == data
    except ValueError as error:
        raise ClearingError(1, "has no such day") from error
    if not same:
        raise ClearingError(len(lines) + len(cases) + 2, "counts, sums or digest are not those of the details")
    return file


def _detail(number: int, line: Line) -> str:
    assert line.movement in MOVEMENTS, line.movement
    fields = (
        f"D|{number:06d}|{line.movement}|{line.reference}|{line.stan}|{line.rrn}|{line.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z",
        f"{line.amount_minor:012d}|{CURRENCIES[line.currency].numeric:03d}|{line.response}|{line.approval}",
        f"{line.fee_minor:+010d}|{line.masked}",
    )
    return "|".join(fields)


def _line(number: int, record: str) -> Line:
    found = _DETAIL.fullmatch(record)
    if found is None:
        raise ClearingError(number, "is no detail")
    if found[2] not in MOVEMENTS or found[8] not in _CODES:
        raise ClearingError(number, "has a movement or a currency that we do not know")
    try:
        at = datetime.fromisoformat(found[6]).replace(tzinfo=UTC)
    except ValueError:
        raise ClearingError(number, "has no such time") from None
    return Line(
        movement=found[2],
        reference=found[3],
        stan=found[4],
        rrn=found[5],
        at=at,
        amount_minor=int(found[7]),
        currency=_CODES[found[8]],
        response=found[9],
        approval=found[10],
        fee_minor=int(found[11]),
        masked=found[12],
    )


def _case(number: int, record: str) -> CaseLine:
    try:
        return unpack_case(record)
    except ValueError as error:
        raise ClearingError(number, str(error)) from None


def _sums(lines: Sequence[Line | CaseLine]) -> list[str]:
    """A record a currency: count and sum of what comes in, of what goes out, fees, and the net that is settled."""
    by_currency: dict[str, list[Line | CaseLine]] = defaultdict(list)
    for line in lines:
        by_currency[line.currency].append(line)
    return [_sum(currency, by_currency[currency]) for currency in sorted(by_currency)]


def _sum(currency: str, lines: Sequence[Line | CaseLine]) -> str:
    moved = [one.signed_minor for one in lines if not isinstance(one, CaseLine) or one.signed_minor]
    ways = [[one for one in moved if one >= 0], [-one for one in moved if one < 0]]
    fees = sum(one.fee_minor for one in lines)
    net = sum(ways[0]) - sum(ways[1]) - fees
    counted = "|".join(f"{len(way):06d}|{sum(way):015d}" for way in ways)
    return f"S|{CURRENCIES[currency].numeric:03d}|{counted}|{fees:+016d}|{net:+016d}"
