"""`tuppence files check`, as an operator uses it."""

from pathlib import Path

import pytest
from tests.rails.bank.nacha.test_reading import RIGHT, WRONG
from tests.rails.bank.sepa.messages import IBAN, notification, report, statement
from tests.rails.bank.sepa.test_orders import order
from tests.rails.card.test_standard import ADVICE, PAN
from typer.testing import CliRunner

from tuppence.cli import app
from tuppence.rails.bank.sepa import write_order

GOOD = {
    "ppd.ach": (RIGHT["PPD credit and debit"], "ACH, batches 1, entries 2, debits 3.00, credits 12.50"),
    "crlf.ach": (RIGHT["CRLF"], "ACH, batches 1, entries 1, debits 0.00, credits 12.50"),
    "order.xml": (write_order(order()), "pain.001, orders 1, transfers 1"),
    "report.xml": (report(), "pain.002, order PART, transfers 2"),
    "statement.xml": (statement(), "camt.053, accounts 1, bookings 1"),
    "odd.xml": (statement(closing="1.00"), "camt.053, accounts 1, bookings 1, 1 do not add up"),
    "notification.xml": (notification(), "camt.054, accounts 1, bookings 1"),
    "advice.dat": (ADVICE + b"\n", "ISO 8583, <0420 2=••• 3=000000 4=000000002000"),
}
BAD = {
    "hash.ach": (WRONG["batch control's hash"][0], "refused as ach: line 5, batch_control.entry_hash: is not"),
    "empty": (b"", "refused as ach: line 0, file_header.type: is missing"),
    "cut.xml": (statement()[:900], "refused as sepa: Document: is not XML"),
    "bomb.xml": (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "refused as sepa: Document: has a document type"),
    "advice.dat": (ADVICE.replace(b"1125", b"1325"), "refused as iso8583: 0420.7: not MMDDhhmmss"),
}


def _check(tmp_path: Path, files: dict[str, bytes], *more: str) -> tuple[int, str]:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    run = CliRunner().invoke(app, ["files", "check", *more, *(str(tmp_path / name) for name in files)])
    return run.exit_code, run.output


@pytest.mark.parametrize("name", GOOD)
def test_a_right_file_is_told_in_a_line(name: str, tmp_path: Path) -> None:
    """What it is, by how it begins, and what it adds up to."""
    content, said = GOOD[name]

    code, output = _check(tmp_path, {name: content})

    assert 0 == code
    assert f"{tmp_path / name}: {said}" in output.replace("\n", "")
    assert IBAN not in output
    assert PAN not in output


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_file_is_told_by_place_and_reason(name: str, tmp_path: Path) -> None:
    """And the command fails."""
    content, said = BAD[name]

    code, output = _check(tmp_path, {name: content})

    assert 1 == code
    assert said in output.replace("\n", "")


def test_one_wrong_file_among_others_fails_the_whole(tmp_path: Path) -> None:
    """All are looked at all the same."""
    code, output = _check(tmp_path, {"a.ach": BAD["hash.ach"][0], "b.ach": GOOD["ppd.ach"][0]})

    assert 1 == code
    assert "refused as ach" in output
    assert "entries 2" in output


def test_a_kind_that_is_named_is_taken_at_its_word(tmp_path: Path) -> None:
    """An ACH file is no SEPA message, whatever it begins with."""
    code, output = _check(tmp_path, {"ppd.ach": GOOD["ppd.ach"][0]}, "--as", "sepa")

    assert 1 == code
    assert "refused as sepa" in output
