"""Somebody reports a payment from its receipt, sees the dates, and gets the money back; the friend is asked."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Arrive
from tests.browser.visitor import DESKTOP, Visitor

from tuppence.cli import disputing, seeds
from tuppence.payments.disputes import Ask, Event
from tuppence.settings import Settings

pytestmark = pytest.mark.browser
SOON_MS = 30_000


def open_receipt(visitor: Visitor) -> None:
    visitor.payment().get_by_role("link").first.click()
    expect(visitor.page.get_by_role("heading", name="Receipt")).to_be_visible()


def decide(settings: Settings, dispute_id: str, event: Event) -> None:
    """As an operator does at the command line."""
    ask = Ask(UUID(dispute_id), event, operator="olga", says="looked at it")
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright's own loop runs in this thread
        elsewhere.submit(lambda: asyncio.run(disputing.act(settings, ask))).result()


def test_ann_reports_a_payment_and_gets_her_money_back(arrive: Arrive, settings: Settings, tmp_path: Path) -> None:
    """By keyboard, on a phone and a wide screen, in two languages; the friend reads of it when asked."""
    ann = arrive(seeds.ANN)
    ann.open_chat(seeds.BO)
    ann.pay("7")
    expect(ann.payment()).to_contain_text("You paid", timeout=SOON_MS)
    expect(ann.payment()).to_contain_text("Delivered", timeout=SOON_MS)
    open_receipt(ann)
    section = ann.page.locator(".wrong")
    expect(section).to_contain_text("You can report this payment until")
    section.get_by_role("button", name="Report a problem").click()
    sheet = ann.page.get_by_role("dialog")
    sheet.get_by_role("button", name="Send").click()
    expect(sheet.get_by_role("alert")).to_have_text("Choose what is wrong.")
    sheet.get_by_role("radio", name=re.compile("The amount is wrong")).check()
    sheet.get_by_label("What happened?").fill("We said six, not seven.")
    assert [] == ann.complaints()
    ann.page.screenshot(path=tmp_path / "report.png")
    sheet.get_by_role("button", name="Send").click()
    expect(sheet).to_have_count(0)
    expect(section).to_contain_text(re.compile("You reported: .?The amount is wrong"))
    expect(section).to_contain_text("you get the money back meanwhile")
    expect(section).to_contain_text("We said six, not seven.")
    assert [] == ann.complaints()
    ann.page.screenshot(path=tmp_path / "reported.png", full_page=True)

    found = ann.page.evaluate("async () => (await (await fetch('/v1/disputes')).json()).disputes[0]")
    payment_id, dispute_id = found["payment_id"], found["id"]
    decide(settings, dispute_id, Event.ASK)
    bo = arrive(seeds.BO, viewport=DESKTOP)
    bo.visit(f"/receipt/{payment_id}")
    asked = bo.page.locator(".wrong")
    expect(asked).to_contain_text("Tell us how it was, until")
    expect(asked).not_to_contain_text("We said six")
    asked.get_by_role("button", name="Answer").click()
    bo.page.get_by_label("How was it?").fill("Seven it was.")
    assert [] == bo.complaints()
    bo.page.get_by_role("button", name="Send").click()
    expect(asked).to_contain_text("Seven it was.")
    assert [] == bo.complaints()

    decide(settings, dispute_id, Event.FOR_CLAIMANT)
    expect(section).to_contain_text(re.compile(r"Decided: .?\$7\.00.? goes back"), timeout=SOON_MS)
    assert [] == ann.complaints()
    assert not ann.is_too_wide()
    section.scroll_into_view_if_needed()
    ann.page.screenshot(path=tmp_path / "decided.png")
    ann.page.evaluate(_FRENCH)
    ann.page.reload()
    expect(section).to_contain_text("Vous avez signalé")
    assert [] == ann.complaints()


_FRENCH = """async () => (await fetch("/v1/me", {
    method: "PATCH", headers: {"Content-Type": "application/json"}, body: '{"locale":"fr"}'})).status"""
