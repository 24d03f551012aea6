"""Reading files: what is right comes back byte for byte, what is wrong is refused by line, record and field."""

from dataclasses import replace

import pytest
from tests.rails.bank.nacha import paper
from tests.rails.bank.nacha.paper import addenda05, addenda98, addenda99, batch, batch_header, entry

from tuppence.rails.bank import nacha
from tuppence.rails.bank.nacha import Category, Direction, NachaError, reader
from tuppence.rails.bank.nacha.model import File

SIMPLE = paper.file(batch(batch_header(), entry(), entry("27", amount=300, sequence=2)))

RIGHT: dict[str, bytes] = {
    "PPD credit and debit": SIMPLE,
    "PPD with addenda": paper.file(batch(batch_header(), entry(addenda=True), addenda05())),
    "prenote": paper.file(batch(batch_header(), entry("23", amount=0), entry("28", amount=0, sequence=2))),
    "savings, general ledger, loan": paper.file(
        batch(batch_header(), entry("32"), entry("47", sequence=2), entry("52", sequence=3))
    ),
    "WEB": paper.file(batch(batch_header("WEB", service="220"), entry(discretionary="S"))),
    "CCD": paper.file(batch(batch_header("CCD", service="225"), entry("27"))),
    "CCD without money": paper.file(batch(batch_header("CCD"), entry("24", amount=0, addenda=True), addenda05())),
    "CTX": paper.file(
        batch(batch_header("CTX"), paper.corporate(count=2), addenda05(), addenda05("MORE", n=2)),
    ),
    "TEL reversal": paper.file(batch(batch_header("TEL", description="REVERSAL"), entry(), entry("27", sequence=2))),
    "RCK": paper.file(batch(batch_header("RCK", service="225", description="REDEPCHECK"), entry("27"))),
    "ARC, BOC and POP": paper.file(
        *(batch(batch_header(sec, number=n), entry("27")) for n, sec in enumerate(("ARC", "BOC", "POP"), 1))
    ),
    "XCK, TRC and CIE": paper.file(
        batch(batch_header("XCK", number=2), entry("27")),
        batch(batch_header("TRC", number=5), entry("27")),
        batch(batch_header("CIE", number=6), entry("22")),
    ),
    "POS, SHR and MTE": paper.file(
        *(
            batch(batch_header(sec, number=n), entry("27", discretionary="01", addenda=True), paper.card_terminal())
            for n, sec in enumerate(("POS", "SHR", "MTE"), 1)
        )
    ),
    "TRX": paper.file(batch(batch_header("TRX"), paper.corporate("27", count=1), addenda05())),
    "ACK and ATX": paper.file(
        batch(batch_header("ACK"), entry("24", amount=0)),
        batch(batch_header("ATX", number=2), paper.corporate("24", count=0, amount=0)),
    ),
    "DNE and ENR": paper.file(
        batch(batch_header("DNE", status=2), entry("23", amount=0, addenda=True), addenda05()),
        batch(batch_header("ENR", number=2), entry("23", amount=0, addenda=True), addenda05()),
    ),
    "ADV": paper.file(batch(batch_header("ADV", service="280"), paper.advice(), paper.advice("82", n=2))),
    "IAT": paper.file(batch(paper.iat_header(), *paper.international(1), *paper.international(2))),
    "IAT with 17 and 18": paper.file(
        batch(
            paper.iat_header(),
            *paper.international(
                1, f"717{'RENT':80}00010000001", f"718{'BANK OF FRANCE':35}01{'1456':34}FR {'':6}00010000001"
            ),
        )
    ),
    "return": paper.file(batch(batch_header("WEB"), entry("26", addenda=True), addenda99())),
    "return whose addenda leaves its own trace out": paper.file(
        batch(batch_header(), entry("26", addenda=True), addenda99(trace="0" * 15))
    ),
    "return, dishonored and contested": paper.file(
        batch(
            batch_header(),
            entry("26", addenda=True),
            addenda99("R07"),
            paper.dishonored(),
            paper.contested(),
        )
    ),
    "notification of change": paper.file(batch(batch_header("COR"), entry("21", amount=0, addenda=True), addenda98())),
    "CRLF": paper.file(batch(batch_header(), entry()), end="\r\n"),
    "last line without an end": SIMPLE.rstrip(b"\n"),
    "blank lines at the end": SIMPLE + b"\n\r\n",
    "block not filled": paper.file(batch(batch_header(), entry()), filled=False),
    "no line ends": paper.file(batch(batch_header(), entry()), end=""),
    "no line ends but the last": paper.file(batch(batch_header(), entry()), end="") + b"\r\n",
    "trailing blanks cut off": b"\n".join(line.rstrip(b" ") for line in SIMPLE.split(b"\n")),
    "trailing blanks added": SIMPLE.replace(b"\n", b"   \n"),
    "Latin-1 in a name": paper.file(batch(batch_header(), entry(name="JOSÉ NÚÑEZ"))),
    "UTF-8 in a name": paper.file(batch(batch_header(), entry(name="JOSÉ NÚÑEZ"))).decode("latin-1").encode(),
    "no entries today": paper.file(),
    "a hash of more than ten digits": paper.file(
        batch(batch_header(), *(entry(sequence=n, rdfi="989898980", amount=1) for n in range(1, 103)))
    ),
}


@pytest.mark.parametrize("raw", RIGHT.values(), ids=RIGHT.keys())
def test_a_right_file_comes_back_byte_for_byte(raw: bytes) -> None:
    """Whatever its classes, line ends, blanks and encoding."""
    assert raw == nacha.write(nacha.read(raw))


def test_what_is_written_follows_the_fields() -> None:
    """Writing joins fields: it does not hand back the bytes that were read. A changed field shows."""
    file = nacha.read(SIMPLE)
    control = file.records[5]
    changed = tuple("R" * 39 if value == " " * 39 else value for value in control.values)

    raw = nacha.write(_with(file, 5, changed))

    assert SIMPLE.split(b"\n")[5][:55] + b"R" * 39 == raw.split(b"\n")[5]


def _with(file: File, n: int, values: tuple[str, ...]) -> File:
    records = list(file.records)
    records[n] = replace(records[n], values=values)
    return replace(file, records=tuple(records))


def test_an_entry_says_what_it_is() -> None:
    """Amount, direction, bank, account, name and trace, from their columns."""
    first, second = nacha.read(SIMPLE).items

    assert (1250, Direction.CREDIT, "021000021", "123456789") == (
        first.amount_minor,
        first.direction,
        first.routing,
        first.account,
    )
    assert ("ANA BELL", "INVOICE 7", "061000050000001", 3) == (
        first.name,
        first.identification,
        first.trace,
        first.line,
    )
    assert (Direction.DEBIT, Category.FORWARD, "PPD") == (second.direction, second.category, second.sec)


def test_what_became_of_a_return_is_the_last_thing_said() -> None:
    """Returned, dishonored, contested: the item tells the last, with its code."""
    (item,) = nacha.read(RIGHT["return, dishonored and contested"]).items

    assert item.returned is not None
    assert (Category.CONTESTED, "R73") == (item.category, item.returned.code.code)


def test_neither_account_nor_name_prints() -> None:
    """Records and entries may be logged."""
    file = nacha.read(SIMPLE)

    printed = repr(file.items) + repr(file.records) + str(file)

    assert "123456789" not in printed
    assert "ANA" not in printed


def _changed(line: int, start: int, text: str, raw: bytes = SIMPLE) -> bytes:
    """A file with other characters from a column on, both counted from 1."""
    lines = raw.split(b"\n")
    old = lines[line - 1]
    lines[line - 1] = old[: start - 1] + text.encode("latin-1") + old[start - 1 + len(text) :]
    return b"\n".join(lines)


def _without(line: int, raw: bytes = SIMPLE) -> bytes:
    lines = raw.split(b"\n")
    return b"\n".join(lines[: line - 1] + lines[line:])


_CTX = RIGHT["CTX"]
_IAT = RIGHT["IAT with 17 and 18"]
_RETURN = RIGHT["return"]
_ADDENDA = RIGHT["PPD with addenda"]

WRONG: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 0, "file_header.type"),
    "no header": (_without(1), 1, "batch_header.type"),
    "two headers": (SIMPLE.replace(b"\n5", b"\n" + SIMPLE.split(b"\n")[0] + b"\n5", 1), 2, "file_header.type"),
    "priority": (_changed(1, 2, "02"), 1, "file_header.priority"),
    "destination": (_changed(1, 5, "061000105"), 1, "file_header.destination"),
    "origin of letters": (_changed(1, 14, "000TESTER1"), 1, "file_header.origin"),
    "no such day": (_changed(1, 24, "261301"), 1, "file_header.creation_date"),
    "no such time": (_changed(1, 30, "2460"), 1, "file_header.creation_time"),
    "small modifier": (_changed(1, 34, "a"), 1, "file_header.modifier"),
    "record size": (_changed(1, 35, "095"), 1, "file_header.record_size"),
    "blocking factor": (_changed(1, 38, "20"), 1, "file_header.blocking_factor"),
    "service class": (_changed(2, 2, "100"), 2, "batch_header.service_class"),
    "no company": (_changed(2, 5, " " * 16), 2, "batch_header.company_name"),
    "no company id": (_changed(2, 41, " " * 10), 2, "batch_header.company_id"),
    "entry class": (_changed(2, 51, "ABC"), 2, "batch_header.sec"),
    "no description": (_changed(2, 54, " " * 10), 2, "batch_header.description"),
    "no such effective day": (_changed(2, 70, "260231"), 2, "batch_header.effective_date"),
    "originator status": (_changed(2, 79, "7"), 2, "batch_header.originator_status"),
    "transaction code": (_changed(3, 2, "90"), 3, "entry.transaction_code"),
    "return without a reason": (_changed(3, 2, "21"), 3, "entry.transaction_code"),
    "debit in a batch of credits": (
        paper.file(batch(batch_header(service="220"), entry("27"))),
        3,
        "entry.transaction_code",
    ),
    "credit in a batch of debits": (
        paper.file(batch(batch_header(service="225"), entry("22"))),
        3,
        "entry.transaction_code",
    ),
    "credit by telephone": (paper.file(batch(batch_header("TEL"), entry("22"))), 3, "entry.transaction_code"),
    "check digit": (_changed(3, 12, "2"), 3, "entry.check_digit"),
    "no account": (_changed(3, 13, " " * 17), 3, "entry.account"),
    "amount": (_changed(3, 30, "00000A"), 3, "entry.amount"),
    "amount of nothing": (paper.file(batch(batch_header(), entry(amount=0))), 3, "entry.amount"),
    "prenote with money": (paper.file(batch(batch_header(), entry("23"))), 3, "entry.amount"),
    "check of too much money": (paper.file(batch(batch_header("ARC"), entry("27", amount=2500001))), 3, "entry.amount"),
    "payment type": (
        paper.file(batch(batch_header("WEB"), entry(discretionary="Q"))),
        3,
        "entry.discretionary",
    ),
    "DEL in a name": (_changed(3, 56, "\x7f"), 3, "entry.name"),
    "a character beyond Latin-1": (SIMPLE.replace(b"ANA", "AŻA".encode(), 1), 3, "entry.name"),
    "indicator without addenda": (_changed(3, 79, "1"), 3, "entry.addenda_indicator"),
    "indicator": (_changed(3, 79, "5"), 3, "entry.addenda_indicator"),
    "addenda without indicator": (_changed(3, 79, "0", _ADDENDA), 3, "entry.addenda_indicator"),
    "trace of another bank": (_changed(3, 80, "99"), 3, "entry.trace"),
    "trace that falls": (_changed(4, 94, "0"), 4, "entry.trace"),
    "trace that stays": (_changed(4, 94, "1"), 4, "entry.trace"),
    "two addenda where one may be": (
        paper.file(batch(batch_header(), entry(addenda=True), addenda05(), addenda05(n=2))),
        5,
        "addenda05.addenda_type",
    ),
    "addenda of another class": (
        paper.file(batch(batch_header(), entry(addenda=True), paper.card_terminal())),
        4,
        "addenda02.addenda_type",
    ),
    "addenda out of sequence": (_changed(5, 84, "0003", _CTX), 5, "addenda05.sequence"),
    "addenda of another entry": (_changed(4, 88, "0000009", _CTX), 4, "addenda05.entry_sequence"),
    "number of addenda": (_changed(3, 55, "0003", _CTX), 3, "entry.addenda_count"),
    "unknown addenda": (_changed(4, 2, "77", _ADDENDA), 4, "addenda.addenda_type"),
    "card terminal missing": (
        paper.file(batch(batch_header("POS"), entry("27", discretionary="01"))),
        3,
        "entry.addenda_indicator",
    ),
    "card transaction type": (
        paper.file(batch(batch_header("POS"), entry("27", discretionary="77", addenda=True), paper.card_terminal())),
        3,
        "entry.discretionary",
    ),
    "day of a card's use": (
        paper.file(
            batch(batch_header("POS"), entry("27", discretionary="01", addenda=True), paper.card_terminal(date="0000"))
        ),
        4,
        "addenda02.transaction_date",
    ),
    "return code": (_changed(4, 4, "R96", _RETURN), 4, "addenda99.return_code"),
    "change code": (
        paper.file(batch(batch_header("COR"), entry("21", amount=0, addenda=True), addenda98("C50"))),
        4,
        "addenda98.change_code",
    ),
    "nothing corrected": (
        paper.file(batch(batch_header("COR"), entry("21", amount=0, addenda=True), addenda98(corrected=""))),
        4,
        "addenda98.corrected",
    ),
    "notification with money": (
        paper.file(batch(batch_header("COR"), entry("21", addenda=True), addenda98())),
        3,
        "entry.amount",
    ),
    "notification in another class": (
        paper.file(batch(batch_header(), entry("21", amount=0, addenda=True), addenda98())),
        4,
        "addenda98.addenda_type",
    ),
    "notification without its addenda": (
        paper.file(batch(batch_header("COR"), entry("21", amount=0))),
        3,
        "entry.addenda_indicator",
    ),
    "return beside a payment": (
        paper.file(batch(batch_header(), entry(), entry("26", sequence=2, addenda=True), addenda99(sequence=2))),
        4,
        "entry.addenda_indicator",
    ),
    "contested before it was dishonored": (
        paper.file(batch(batch_header(), entry("26", addenda=True), paper.contested(), paper.dishonored())),
        5,
        "addenda99_dishonored.addenda_type",
    ),
    "two reasons of one return": (
        paper.file(batch(batch_header(), entry("26", addenda=True), addenda99("R07"), addenda99("R08"))),
        5,
        "addenda99.addenda_type",
    ),
    "death told by a company": (
        paper.file(batch(batch_header("DNE"), entry("23", amount=0, addenda=True), addenda05())),
        2,
        "batch_header.originator_status",
    ),
    "IAT without an addenda": (
        paper.file(batch(paper.iat_header(), *paper.international()[:5], *paper.international()[6:])),
        3,
        "entry.addenda_count",
    ),
    "IAT transaction type": (_changed(4, 4, "BIL", _IAT), 4, "addenda10.transaction_type"),
    "IAT bank's numbering": (_changed(7, 39, "09", _IAT), 7, "addenda13.id_qualifier"),
    "IAT exchange indicator": (_changed(2, 21, "XX", _IAT), 2, "batch_header.exchange_indicator"),
    "IAT line short by one": (
        _IAT.replace(b"713FIRST TEST ", b"713FIRST TEST", 1),
        7,
        "addenda13.entry_sequence",
    ),
    "advice": (
        paper.file(batch(batch_header("ADV", service="280"), paper.advice("89"))),
        3,
        "entry.transaction_code",
    ),
    "batch control's class": (_changed(5, 2, "220"), 5, "batch_control.service_class"),
    "batch control's count": (_changed(5, 10, "9"), 5, "batch_control.entry_count"),
    "batch control's hash": (_changed(5, 20, "9"), 5, "batch_control.entry_hash"),
    "batch control's debit": (_changed(5, 32, "9"), 5, "batch_control.debit"),
    "batch control's credit": (_changed(5, 44, "9"), 5, "batch_control.credit"),
    "batch control's company": (_changed(5, 45, "X"), 5, "batch_control.company_id"),
    "batch control's bank": (_changed(5, 80, "99"), 5, "batch_control.odfi"),
    "batch control's number": (_changed(5, 94, "9"), 5, "batch_control.batch_number"),
    "batch without an entry": (_without(3, _without(3)), 3, "batch_control.type"),
    "batch without a control": (_without(5), 5, "file_control.type"),
    "batch in a batch": (_changed(4, 1, batch_header(number=2)), 4, "batch_header.type"),
    "batches out of order": (
        paper.file(batch(batch_header(number=2), entry()), batch(batch_header(number=1), entry())),
        5,
        "batch_header.batch_number",
    ),
    "entry outside a batch": (_without(2), 2, "entry.type"),
    "addenda outside an entry": (_without(3, _ADDENDA), 3, "addenda.type"),
    "file control's batches": (_changed(6, 7, "2"), 6, "file_control.batch_count"),
    "file control's blocks": (_changed(6, 13, "2"), 6, "file_control.block_count"),
    "file control's count": (_changed(6, 21, "9"), 6, "file_control.entry_count"),
    "file control's hash": (_changed(6, 31, "9"), 6, "file_control.entry_hash"),
    "file control's debit": (_changed(6, 43, "9"), 6, "file_control.debit"),
    "file control's credit": (_changed(6, 55, "9"), 6, "file_control.credit"),
    "no file control": (SIMPLE[: 95 * 5], 5, "file_control.type"),
    "cut off within a batch": (SIMPLE[: 95 * 4], 4, "batch_control.type"),
    "something after the end": (SIMPLE.replace(b"9" * 94, b"9" * 93 + b"8", 1), 7, "filler.nines"),
    "unknown record": (_changed(3, 1, "4"), 3, "record.type"),
    "line too long": (SIMPLE.replace(b"\n5", b"X\n5", 1), 1, "line.length"),
    "line without end": (SIMPLE.split(b"\n")[0] + b" " * 5000, 1, "line.length"),
}


@pytest.mark.parametrize(("raw", "line", "path"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_file_is_refused_by_line_record_and_field(raw: bytes, line: int, path: str) -> None:
    """And nothing that stood in the file is repeated."""
    with pytest.raises(NachaError) as refused:
        nacha.read(raw)

    assert (line, path) == (refused.value.line, refused.value.path)
    assert "123456789" not in str(refused.value)


@pytest.mark.parametrize("total", ["count", "hash", "debit", "credit"])
@pytest.mark.parametrize("control", ["batch", "file"])
def test_a_reader_that_trusts_controls_takes_wrong_totals(
    control: str, total: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seeded bug: without adding up, these are taken, so the table above does hold the counting to its word."""
    raw, _, _ = WRONG[f"{control} control's {total}"]
    monkeypatch.setattr(reader.Tally, "verify", lambda *_: None)

    nacha.read(raw)
