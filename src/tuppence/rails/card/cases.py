"""Chargebacks on the wire: what a clearing file says of them, and what an acquirer answers. ADR 0043.

A case begins with `chargeback`, which takes the money. It ends with `won`, which brings it back, or with `lost`; in
between the issuer may have `contested` an answer. `contested` and `lost` move nothing.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from tuppence.core import CURRENCIES

Word = Literal["chargeback", "contested", "won", "lost"]
Verdict = Literal["represent", "accept"]

# What each reason code stands for, after the numbers of Visa's dispute conditions.
REASONS = {"10.4": "fraud", "12.5": "wrong_amount", "12.6": "duplicate", "13.1": "not_received"}
EVIDENCE_MOST = 4_000
FOLDER = "responses"  # within the folder of the clearing files

_CODES = {f"{one.numeric:03d}": one.code for one in CURRENCIES.values()}
_RECORD = re.compile(
    r"C\|(\d{6})\|(chargeback|contested|won|lost)\|([0-9a-f]{32})\|([0-9A-Z]{12})\|([0-9A-Za-z]{12})"
    r"\|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z\|(\d{12})\|(\d{3})\|(\d\d\.\d)\|(\d{4}-\d\d-\d\d|-)",
    re.ASCII,
)
_NUMBER = re.compile(r"[0-9A-Z]{12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """What a file says of a chargeback. The amount is what is disputed, in minor units."""

    word: Word
    reference: str  # the attempt id of the debit, 32 hexadecimal digits
    number: str  # the case's
    rrn: str
    at: datetime
    amount_minor: int
    currency: str
    reason: str  # a code of REASONS
    respond_by: date | None  # where an answer is wanted
    fee_minor: int = 0

    @property
    def signed_minor(self) -> int:
        """What it does to our cash."""
        return {"chargeback": -self.amount_minor, "won": self.amount_minor}.get(self.word, 0)


def pack_case(number: int, line: CaseLine) -> str:
    """The record of a line, without its end."""
    by = line.respond_by.isoformat() if line.respond_by else "-"
    return (
        f"C|{number:06d}|{line.word}|{line.reference}|{line.number}|{line.rrn}|{line.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
        f"|{line.amount_minor:012d}|{CURRENCIES[line.currency].numeric:03d}|{line.reason}|{by}"
    )


def unpack_case(record: str) -> CaseLine:
    """The line in a record. Raises: ValueError, which says why and never the data."""
    found = _RECORD.fullmatch(record)
    if found is None or found[8] not in _CODES or found[9] not in REASONS:
        raise ValueError("is no case")
    return CaseLine(
        word=_word(found[2]),
        reference=found[3],
        number=found[4],
        rrn=found[5],
        at=datetime.fromisoformat(found[6]).replace(tzinfo=UTC),
        amount_minor=int(found[7]),
        currency=_CODES[found[8]],
        reason=found[9],
        respond_by=None if found[10] == "-" else date.fromisoformat(found[10]),
    )


def _word(text: str) -> Word:
    words: dict[str, Word] = {"chargeback": "chargeback", "contested": "contested", "won": "won", "lost": "lost"}
    return words[text]


@dataclass(frozen=True, slots=True)
class Response:
    """What an acquirer answers: it contests a chargeback with evidence, or accepts it."""

    id: str
    number: str
    verdict: Verdict
    evidence: str

    @property
    def name(self) -> str:
        return f"response-{self.id}.json"

    def text(self) -> bytes:
        """The bytes of its file."""
        told = {"id": self.id, "case": self.number, "verdict": self.verdict, "evidence": self.evidence}
        return json.dumps(told, ensure_ascii=True, sort_keys=True).encode() + b"\n"


def read_response(data: bytes) -> Response:
    """The answer in some bytes. Raises: ValueError, whatever the bytes."""
    told = json.loads(data)
    if not isinstance(told, dict) or told.keys() != {"id", "case", "verdict", "evidence"}:
        raise ValueError("is no answer")
    if not all(isinstance(one, str) for one in told.values()) or not _NUMBER.fullmatch(told["case"]):
        raise ValueError("names no case")
    if told["verdict"] not in ("represent", "accept") or len(told["evidence"]) > EVIDENCE_MOST:
        raise ValueError("has no such verdict, or too much evidence")
    return Response(told["id"], told["case"], told["verdict"], told["evidence"])
