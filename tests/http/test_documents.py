"""Statements and receipts: exact amounts, any name, both languages, nothing that a spreadsheet would run."""

import asyncio
import csv
import io
import json
import os
import string
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import manimgx_fonts
import manimgx_fonts_cjk
import pytest
import typst
from pypdf import PdfReader

from tuppence.core import uuid7
from tuppence.http import documents
from tuppence.http.documents import LINES_MOST, Press, PressBusy, Words, statement, table
from tuppence.http.documents.words import LANGUAGES, catalogue
from tuppence.payments.statements import Line, Period, Summary, Totals
from tuppence.payments.statements.model import Move
from tuppence.people import Person, Profile

NEW_YORK = ZoneInfo("America/New_York")
SAYS = Path(__file__).parents[2] / "docs/design/what-a-payment-says.json"
AT = datetime(2026, 11, 25, 22, 35, tzinfo=UTC)
NAMES = (
    "Bo Berg",
    "Chloé Œuvrard",
    "Иван",
    "Ωμέγα",
    "דוד",
    "王小明",
    "田中さくら",
    "김철수",
    "สมชาย",
    "Հայկ",
    "#panic()",
)


VIEW: dict[str, Any] = {
    "id": "01a21511-3ae6-7a15-9671-671d0dae7784",
    "payer": {"name": "Ann Lee", "handle": "ann.lee"},
    "payee": {"name": "דוד", "handle": "david"},
    "amount_minor": 2_000,
    "currency": "USD",
    "note": "Ramen 🍜",
    "state": "credited",
    "funding": None,
    "receiving": {"brand": "bank", "last4": "0010", "bank": "Harbor Savings"},
    "arrival": {"earliest": "2026-11-27T14:00:00Z", "latest": "2026-11-30T14:00:00Z"},
    "approval": "A12345",
    "trace": None,
    "created_at": "2026-11-25T22:35:00Z",
    "timeline": [{"state": "crediting", "at": "2026-11-25T22:35:00Z"}, {"state": "late", "at": "2026-12-02T14:00:00Z"}],
}


def _line(name: str = "Bo Berg", *, move: Move = Move.SENT, **changes: Any) -> Line:
    plain = Line(uuid7(), AT, move, Profile(uuid7(), "bo.berg", name), 123_456_789, "USD", "", None)
    return replace(plain, **changes)


def _statement(lines: list[Line], *, locale: str = "en") -> dict[str, Any]:
    person = Person(uuid7(), "ann.lee", "Ann Lee", locale, True, True, AT)
    period = Period(date(2026, 11, 1), date(2026, 11, 30), NEW_YORK)
    sums = Totals("USD", 0, 2_000, 1_500, 0, 0, 500, 0, 0, 0)
    told = Summary(len(lines), (sums,)), lines
    return statement(person, period, told, Words(locale, NEW_YORK), now=AT, sandbox=True)


def _text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


# - words -------------------------------------------------------------------------------------------------------------


def test_every_word_is_there_in_every_language_with_the_same_blanks() -> None:
    """A document in French lacks no word, and no name that the English one has."""
    for key, words in catalogue().items():
        blanks = {language: _blanks(words[language]) for language in LANGUAGES}

        assert set(LANGUAGES) == set(words), key
        assert blanks["en"] == blanks["fr"], key


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_states_are_called_what_screens_call_them() -> None:
    """A receipt says the same of a payment as the app does."""
    timeline = json.loads(SAYS.read_text())["timeline"]

    assert {f"state_{state}": words for state, words in timeline.items()} == {
        key: words for key, words in catalogue().items() if key.startswith("state_")
    }


@pytest.mark.parametrize(
    ("minor", "currency", "english", "french", "plain"),
    [
        (1, "USD", "$0.01", "0,01\u00a0$US", "0.01"),
        (123_456_789, "USD", "$1,234,567.89", "1\u202f234\u202f567,89\u00a0$US", "1234567.89"),
        (2_000, "JPY", "¥2,000", "2\u202f000\u00a0JPY", "2000"),
        (5, "BHD", "BHD\u00a00.005", "0,005\u00a0BHD", "0.005"),
        (10**15 + 1, "EUR", "€10,000,000,000,000.01", "10\u202f000\u202f000\u202f000\u202f000,01\u00a0€", None),
    ],
)
def test_amounts_are_exact(minor: int, currency: str, english: str, french: str, plain: str | None) -> None:
    """As many decimals as the currency has, and no float on the way: a cent in ten trillion is still there."""
    assert english == Words("en", NEW_YORK).money(minor, currency)
    assert french == Words("fr", NEW_YORK).money(minor, currency)
    assert plain in (None, documents.words.plain(minor, currency))


@pytest.mark.parametrize(("locale", "language"), [("en-GB", "en"), ("fr-CA", "fr"), ("de", "en"), ("zz-zz", "en")])
def test_a_language_that_we_lack_reads_english(locale: str, language: str) -> None:
    """Dates and numbers go with the words that are said."""
    words = Words(locale, NEW_YORK)

    assert language == words.language
    assert "2026" in words.day(date(2026, 11, 25))


# - CSV ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"])
def test_a_spreadsheet_runs_nothing(text: str) -> None:
    """A note or a name that looks like a formula is shown as the text that it is."""
    (_, row) = _rows([_line(text, note=text)])

    assert f"'{text}" == row[3] == row[5]


def test_what_is_no_formula_stays_as_it_was_written() -> None:
    """Commas, quotes and lines inside a note survive; an ordinary one gets nothing added."""
    note = 'half of "it", thanks\nBo = kind'
    (_, row) = _rows([_line(note=note)])

    assert ("Bo Berg", note) == (row[3], row[5])


def test_csv_has_one_column_for_each_way_money_moves() -> None:
    """Out, in and kept stand apart, unsigned, so that columns can be added up."""
    head, *rows = _rows([_line(move=move) for move in (Move.SENT, Move.RECEIVED, Move.PARKED)])

    assert ["Out", "In", "Kept for you"] == head[6:9]
    assert [["1234567.89", "", ""], ["", "1234567.89", ""], ["", "", "1234567.89"]] == [row[6:9] for row in rows]
    assert ["2026-11-25 17:35:00-05:00", "2026-11-25 22:35:00 UTC"] == rows[0][:2]


def _rows(lines: list[Line]) -> list[list[str]]:
    words = Words("en", NEW_YORK)
    text = table.head(words) + table.rows(lines, words)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


# - PDF ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def press() -> Press:
    return Press()


async def test_a_pdf_can_be_read_by_people_and_machines(press: Press) -> None:
    """Text comes out again, whatever script a name is in; title, language and tags are there for screen readers."""
    pdf = await press.pdf("statement", _statement([_line(name, note="Ramen 🍜") for name in NAMES], locale="fr"))
    reader = PdfReader(io.BytesIO(pdf))
    text = _text(pdf)

    root: Any = reader.root_object
    assert reader.metadata
    assert "Relevé – Ann Lee" == reader.metadata.title
    assert "fr" == root["/Lang"]
    assert root["/MarkInfo"]["/Marked"]
    assert [] == [name for name in NAMES if name not in text]
    assert "1\u202f234\u202f567,89\u00a0$US" in text
    assert "25 nov. 2026, 17:35:00" in text
    assert "2026-11-25 22:35:00 UTC" in text
    assert "Bac à sable" in text


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("template", ["statement", "receipt"])
def test_documents_pass_for_accessible(template: str, locale: str) -> None:
    """The typesetter itself, asked for PDF/UA-1, finds a title, a language, headings in order and tables with heads."""
    receipt = documents.receipt(VIEW, Words(locale, NEW_YORK), now=AT, sandbox=False)
    facts = {"statement": _statement([_line()], locale=locale), "receipt": receipt}
    folder = Path(str(documents.__file__)).parent
    fonts = [Path(str(package.__file__)).parent for package in (manimgx_fonts, manimgx_fonts_cjk)]
    pdf = typst.compile(
        folder / f"{template}.typ",
        root=folder,
        font_paths=typst.Fonts(False, False, fonts),
        ignore_system_fonts=True,
        sys_inputs={"facts": json.dumps(facts[template])},
        format="pdf",
        pdf_standards=["ua-1"],
    )

    assert pdf.startswith(b"%PDF-")


async def test_a_receipt_says_where_the_money_arrives(press: Press) -> None:
    """An account is its bank's name; what is not known yet is left out; two days of one interval are both said."""
    text = _text(await press.pdf("receipt", documents.receipt(VIEW, Words("en", NEW_YORK), now=AT, sandbox=False)))

    assert "Harbor Savings ••0010" in text
    assert "November 27, 2026 to November 30, 2026" in text
    assert "Later than expected" in text
    assert [] == [word for word in ("Trace number", "Taken from", "Sandbox", "None") if word in text]


async def test_the_typesetter_is_told_no_secret(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes through a large native library meets no password of ours in its own process."""
    monkeypatch.setenv("TUPPENCE_DATABASE_URL", "postgresql://tuppence_app:secret@/x")
    seen: list[str] = []
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(press.pdf("statement", _statement([_line() for _ in range(500)])))
        while not seen and not working.done():
            await asyncio.sleep(0.005)
            seen = _environments("typeset.py")

    assert seen
    assert "secret" not in seen[0]


def _environments(program: str) -> list[str]:
    """What our own child processes that run a program were told."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    running = [Path(f"/proc/{child}") for child in children]
    return [(one / "environ").read_text() for one in running if program in (one / "cmdline").read_text()]


async def test_the_longest_statement_is_made_in_time(press: Press) -> None:
    """As many lines as are allowed, each with the longest name and note, take seconds, not minutes."""
    lines = [_line("W" * 50, note="m" * 280) for _ in range(LINES_MOST)]
    async with asyncio.timeout(60):
        pdf = await press.pdf("statement", _statement(lines))

    assert 50 < len(PdfReader(io.BytesIO(pdf)).pages) < 500


async def test_who_waits_too_long_is_sent_away() -> None:
    """One document at a time: the one that cannot begin is refused by name, and the next finds the press free."""
    press = Press(wait_seconds=0.05)
    facts = _statement([_line() for _ in range(1_000)])
    first = asyncio.create_task(press.pdf("statement", facts))
    await asyncio.sleep(0)
    with pytest.raises(PressBusy):
        await press.pdf("statement", facts)
    await first

    assert (await press.pdf("statement", _statement([]))).startswith(b"%PDF-")


async def test_a_document_that_takes_too_long_is_ended() -> None:
    """The process is killed, the caller told to come back, and the next document is made."""
    press = Press(work_seconds=0.01)
    with pytest.raises(PressBusy):
        await press.pdf("statement", _statement([_line() for _ in range(1_000)]))
    press._work_seconds = 60

    assert (await press.pdf("statement", _statement([]))).startswith(b"%PDF-")


# - through HTTP ------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def unhurried(request: pytest.FixtureRequest) -> None:
    """Limits are another test's matter."""
    if "world" in request.fixturenames:
        request.getfixturevalue("world").served.house.limits.forget()


async def _get(world: Any, path: str, who: str = "ann") -> Any:
    headers = {"Authorization": f"Bearer {getattr(world, who).token}"}
    return await world.ann.http.get(path, headers=headers)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=2026-11-02&to=2026-11-01", "period_refused"),
        ("from=2025-01-01&to=2026-11-01", "period_refused"),
        ("from=2026-11-01", "invalid_request"),
        ("from=2026-02-30&to=2026-03-01", "invalid_request"),
        ("from=0001-01-01&to=0001-01-02", "invalid_request"),
        ("from=9999-12-31&to=9999-12-31", "invalid_request"),
        ("from=1700000000&to=1700000000", "invalid_request"),
        ("from=２０２６-11-01&to=2026-11-02", "invalid_request"),
        ("from=2026-11-01&to=2026-11-02&zone=../../etc/passwd", "invalid_request"),
        ("from=2026-11-01&to=2026-11-02&zone=America", "invalid_request"),
        ("from=2026-11-01&to=2026-11-02&zone=Mars/Olympus", "invalid_request"),
        ("from=2026-11-01&to=2026-11-02&format=xls", "invalid_request"),
    ],
)
async def test_what_is_no_period_is_refused_by_name(world: Any, query: str, code: str) -> None:
    """In both forms, before the first byte of a document."""
    for form in ("pdf", "csv"):
        response = await _get(world, f"/v1/statements?format={form}&{query}")

        assert (422, code) == (response.status_code, response.json()["code"])


@pytest.mark.parametrize(("form", "kind"), [("pdf", "application/pdf"), ("csv", "text/csv; charset=utf-8")])
async def test_somebody_without_payments_gets_an_empty_statement(world: Any, form: str, kind: str) -> None:
    """A file with a name of its own that no cache keeps."""
    await world.mallory.call("PATCH", "/v1/me", {"locale": "en"})  # other tests of this room speak French for her
    response = await _get(world, f"/v1/statements?from=2026-11-01&to=2026-11-30&format={form}", "mallory")
    name = f"tuppence-statement-2026-11-01-2026-11-30.{form}"

    assert (200, kind) == (response.status_code, response.headers["content-type"])
    assert f'attachment; filename="{name}"' == response.headers["content-disposition"]
    assert "no-store" == response.headers["cache-control"]
    assert (response.text.count("\r\n") == 1) if form == "csv" else ("No money" in _text(response.content))


async def test_a_receipt_is_for_those_who_see_the_payment(world: Any) -> None:
    """The payer gets it; to anybody else the payment does not exist."""
    await world.ann.call("PATCH", "/v1/me", {"locale": "en"})  # other tests of this room speak French for her
    response = await _get(world, f"/v1/payments/{world.payment_id}/receipt?zone=America/New_York")
    text = _text(response.content)

    assert 200 == response.status_code
    assert [] == [one for one in ("$20.00", world.payment_id, world.bo.handle, "Created", "UTC") if one not in text]
    assert 404 == (await _get(world, f"/v1/payments/{world.payment_id}/receipt", "mallory")).status_code


async def test_documents_are_counted(world: Any) -> None:
    """Ten at once, then one every fifteen seconds: typesetting is the dearest thing that a reader can ask for."""
    path = "/v1/statements?from=2026-11-01&to=2026-11-30&format=csv"
    answers = [(await _get(world, path)).status_code for _ in range(11)]

    assert [200] * 10 + [429] == answers
