"""What a file holds, as frozen nouns."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tuppence.rails.bank.nacha.codes import (
    ADV_DIRECTIONS,
    CHANGE_CODES,
    RETURN_CODES,
    TRANSACTION_CODES,
    AccountKind,
    ChangeCode,
    Direction,
    Purpose,
    ReturnCode,
)
from tuppence.rails.bank.nacha.record import Record
from tuppence.rails.bank.nacha.spec import (
    ADDENDA98_REFUSED,
    ADDENDA99_CONTESTED,
    ADDENDA99_DISHONORED,
    ADV_ENTRY,
    IAT_ENTRY,
)


class Category(StrEnum):
    """Which way an entry goes."""

    FORWARD = "forward"
    RETURN = "return"
    CHANGE = "change"
    REFUSED_CHANGE = "refused_change"
    DISHONORED = "dishonored"
    CONTESTED = "contested"


@dataclass(frozen=True, slots=True)
class Return:
    """Why an entry comes back, and which one: its trace, as its originator numbered it."""

    code: ReturnCode
    original_trace: str
    original_rdfi: str
    information: str
    death_date: date | None


@dataclass(frozen=True, slots=True, repr=False)
class Change:
    """What the bank wants changed. `corrected` may hold an account number, so it does not print."""

    code: ChangeCode
    original_trace: str
    original_rdfi: str
    corrected: str

    def parts(self) -> dict[str, str]:
        """The corrected values by name, as far as the code says which they are."""
        return dict(zip(self.code.corrects, _cut(self.code.code, self.corrected), strict=False))

    def __repr__(self) -> str:
        return f"<{self.code.code} about {self.original_trace}>"


def _cut(code: str, text: str) -> list[str]:
    """Corrected data into its values: where they stand is for the code to say. Source: Nacha, appendix 4, table 5."""
    if code == "C03":
        return [text[:9], text[9:].strip()]
    if code == "C06":
        return [part.strip() for part in text.rsplit(None, 1)]
    if code == "C07":
        rest = text[9:].rsplit(None, 1)
        return [text[:9], *(rest if len(rest) == 2 else (text[9:26].strip(), text[26:28]))]
    return [text.strip()]


@dataclass(frozen=True, slots=True, repr=False)
class Item:
    """An entry as it stands in a file, with its batch's header and its addenda. Prints neither account nor name."""

    batch: Record
    entry: Record
    addenda: tuple[Record, ...] = ()

    @property
    def line(self) -> int:
        """Where in the file it stands, from 1."""
        return self.entry.line

    @property
    def sec(self) -> str:
        """Its standard entry class, as its batch says."""
        return self.batch["sec"]

    @property
    def trace(self) -> str:
        """Fifteen digits: its own trace number, not the one of the entry that it may be about."""
        return "" if self.entry.spec is ADV_ENTRY else self.entry["trace"]

    @property
    def direction(self) -> Direction:
        """Credit or debit, of the account that it names."""
        code = self.entry["transaction_code"]
        return ADV_DIRECTIONS[code] if code in ADV_DIRECTIONS else TRANSACTION_CODES[code].direction

    @property
    def account_kind(self) -> AccountKind:
        """Checking, savings, …"""
        return TRANSACTION_CODES[self.entry["transaction_code"]].kind

    @property
    def is_prenote(self) -> bool:
        """Whether it only asks if the account is there."""
        return TRANSACTION_CODES[self.entry["transaction_code"]].purpose is Purpose.PRENOTE

    @property
    def routing(self) -> str:
        """Nine digits: the bank that it is for."""
        return self.entry["rdfi"] + self.entry["check_digit"]

    @property
    def account(self) -> str:
        """The account number. Never log it."""
        return self.entry.text("account")

    @property
    def amount_minor(self) -> int:
        """In cents; zero in a prenote and in a notification of change."""
        return self.entry.number("amount")

    @property
    def identification(self) -> str:
        """What the originator calls it."""
        return "" if self.entry.spec is IAT_ENTRY else self.entry.text("identification")

    @property
    def name(self) -> str:
        """The receiver's."""
        return "" if self.entry.spec is IAT_ENTRY else self.entry.text("name")

    @property
    def information(self) -> str:
        """What its addenda 05 say, put together."""
        return "".join(one["information"] for one in self.addenda if one["addenda_type"] == "05").rstrip()

    @property
    def category(self) -> Category:
        """Which way it goes, as its addenda say."""
        last = self.addenda[-1] if self.addenda else None
        if last is not None and last["addenda_type"] == "99":
            return {ADDENDA99_DISHONORED: Category.DISHONORED, ADDENDA99_CONTESTED: Category.CONTESTED}.get(
                last.spec, Category.RETURN
            )
        if last is not None and last["addenda_type"] == "98":
            return Category.REFUSED_CHANGE if last.spec is ADDENDA98_REFUSED else Category.CHANGE
        return Category.FORWARD

    @property
    def returned(self) -> Return | None:
        """Why it comes back, if it does: also when dishonored or contested, with that code, the last one said."""
        found = self.addenda[-1] if self.addenda else None
        if found is None or found["addenda_type"] != "99":
            return None
        return Return(
            RETURN_CODES[found["return_code"]],
            found["original_trace"],
            found["original_rdfi"],
            found.text("information") if "information" in found.spec.at else "",
            found.day("death_date") if "death_date" in found.spec.at else None,
        )

    @property
    def change(self) -> Change | None:
        """What the bank wants changed, if this is a notification of change."""
        found = self.addenda[-1] if self.addenda else None
        if found is None or found["addenda_type"] != "98" or found.spec is ADDENDA98_REFUSED:
            return None
        code = CHANGE_CODES[found["change_code"]]
        return Change(code, found["original_trace"], found["original_rdfi"], found["corrected"].rstrip())

    def __repr__(self) -> str:
        return f"<{self.sec} {self.category} {self.trace} on line {self.line}>"


@dataclass(frozen=True, slots=True)
class Totals:
    """What a file adds up to: as counted, which is as its control record says, or the file would have been refused."""

    batches: int = 0
    entries: int = 0  # entries and addenda, as control records count them
    items: int = 0  # entries alone
    entry_hash: int = 0
    debit_minor: int = 0
    credit_minor: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """Some lines in a row with the same length in characters, ending and encoding."""

    count: int
    length: int
    ending: bytes
    encoding: str


@dataclass(frozen=True, slots=True)
class File:
    """A whole file: its records in order, and how they lay in their lines."""

    records: tuple[Record, ...]
    items: tuple[Item, ...]
    totals: Totals
    layout: tuple[Run, ...]

    @property
    def header(self) -> Record:
        """The file's first record: who sends it to whom, and when it was made."""
        return self.records[0]
