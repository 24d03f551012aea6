"""What is taken away from the app: statements, receipts, proofs."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from pypdf import PdfReader
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor

from tuppence.cli import prove, seeds
from tuppence.settings import Settings

pytestmark = pytest.mark.browser
SOON_MS = 30_000


def test_a_payment_is_taken_away_in_every_form(arrive: Arrive, settings: Settings, tmp_path: Path) -> None:
    """The receipt reads as the screen does, the proof holds on a machine without the house, both statements have it."""
    ann = arrive(seeds.ANN)
    ann.open_chat(seeds.CHLOE)
    ann.pay("2.75")
    expect(ann.payment()).to_contain_text("Delivered", timeout=SOON_MS)
    ann.page.locator(".pay-link").last.click()
    payment_id = ann.page.url.rpartition("/")[2]
    rows = ann.page.locator(".facts li")
    receipt = _saved(ann, rows.nth(0).get_by_role("button"), tmp_path)
    proof = _saved(ann, rows.nth(1).get_by_role("button"), tmp_path)
    ann.visit("/activity")
    csv_file, pdf_file = [_statement(ann, form, tmp_path) for form in ("CSV", "PDF")]

    assert payment_id in _text(receipt)
    assert "$2.75" in _text(receipt)
    assert f"tuppence-proof-{payment_id}.json" == proof.name
    assert "2.75 USD" in _verified(proof, settings, payment_id)
    assert payment_id in [row["Payment id"] for row in csv.DictReader(csv_file.read_text("utf-8-sig").splitlines())]
    assert payment_id in _text(pdf_file)


def _saved(visitor: Visitor, button: Locator, folder: Path) -> Path:
    with visitor.page.expect_download(timeout=SOON_MS) as download:
        button.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def _statement(visitor: Visitor, form: str, folder: Path) -> Path:
    visitor.page.get_by_role("button", name="Statement").click()
    return _saved(visitor, visitor.page.get_by_role("dialog").get_by_role("button", name=form), folder)


def _text(pdf: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(pdf).pages)


def _verified(proof: Path, settings: Settings, payment_id: str) -> str:
    """What the command says of it with nothing but the operator's key; one digit changed, and it must say no."""
    command = [sys.executable, "-m", "tuppence.cli", "books", "verify", "--key", prove.public_key(settings)]
    told = json.loads(proof.read_text())
    nowhere = {"PATH": "/nowhere", "HOME": "/nowhere"}
    spoilt = proof.with_name("spoilt.json")
    spoilt.write_text(json.dumps(told).replace('"amount": 275', '"amount": 276', 1).replace(": 275", ": 276", 1))
    verify = [*command, "--payment", payment_id]
    assert subprocess.run([*verify, str(spoilt)], env=nowhere, capture_output=True, check=False).returncode == 1
    return subprocess.run([*verify, str(proof)], env=nowhere, capture_output=True, text=True, check=True).stdout


def test_a_statement_says_why_it_cannot_be_made(arrive: Arrive) -> None:
    """Days the wrong way round, and no connection: told in the sheet, which stays open."""
    bo = arrive(seeds.BO)
    bo.visit("/activity")
    bo.page.get_by_role("button", name="Statement").click()
    bo.page.get_by_role("radio", name="Dates").press(" ")
    bo.page.get_by_label("From").fill("2026-03-02")
    bo.page.get_by_label("To").fill("2026-03-01")
    alert = bo.page.locator(".statement .error")
    expect(alert).to_have_text("The last day comes before the first.")
    bo.page.get_by_role("radio", name="This month").press(" ")
    expect(alert).to_have_text("")
    bo.context.set_offline(True)
    expect(alert).to_have_text("You’re offline. A statement needs a connection.")
    bo.page.get_by_role("button", name="PDF").click(force=True)  # it says that it is disabled, and does nothing
    expect(bo.page.get_by_role("dialog")).to_be_visible()


def test_a_refusal_is_told_and_can_be_answered(arrive: Arrive) -> None:
    """A refusal stands beside the button, which works the next time."""
    ann = arrive(seeds.ANN)
    ann.visit("/activity")
    body = json.dumps({"code": "statement_too_long", "status": 422, "request_id": "r"})
    ann.page.route(
        "**/v1/statements*",
        lambda route: route.fulfill(status=422, content_type="application/json", body=body),
        times=1,
    )
    ann.page.get_by_role("button", name="Statement").click()
    ann.page.get_by_role("button", name="PDF").click()
    expect(ann.page.get_by_role("dialog").get_by_role("alert")).to_contain_text("Too many moves for a PDF")
    with ann.page.expect_download(timeout=SOON_MS) as download:
        ann.page.get_by_role("button", name="PDF").click()

    assert download.value.suggested_filename.endswith(".pdf")
    expect(ann.page.get_by_text("Your statement is in your downloads.")).to_be_visible()
