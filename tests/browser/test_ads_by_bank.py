"""A bank account pays for ads, in a real browser: what its owner agrees to, the bill that waits for a bank, the end."""

import re

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.conftest import Arrive
from tests.browser.test_ads import METER, open_account, picture
from tests.browser.test_banks import DAYS_MOST, a_day_passes, prove
from tests.browser.test_business import found
from tests.browser.visitor import SMALL, Visitor

from tuppence.cli import seeds

pytestmark = pytest.mark.browser


def test_a_bank_account_pays_once_its_owner_agrees(arrive: Arrive) -> None:
    """The words are read before they are agreed to; the bill waits for the bank and is paid; what is withdrawn in the
    settings says so, and can be agreed to again. It passes axe and fits 320 px."""
    bo = arrive(seeds.BO, viewport=SMALL)
    bo.visit("/settings")
    bo.page.get_by_role("button", name="Add a bank account").click()
    bo.page.get_by_role("dialog").get_by_role("button", name="fill in a test account").click()
    bo.page.get_by_role("dialog").get_by_role("button", name="Add a bank account").click()
    prove(bo)
    found(bo, "Grey Wolf")
    business, account = open_account(bo, "Main")
    paying = f"/business/{business}/ads/{account}/paying"

    bo.visit(paying)
    bo.page.get_by_label("A card or a bank account of yours").select_option(label="Harbor Savings ••0010")
    bo.page.get_by_role("button", name="Add as backup").click()
    sheet = bo.page.get_by_role("dialog")
    expect(sheet).to_contain_text("I authorise Tuppence to debit my account ending 0010 at Harbor Savings")
    picture(bo, "agreement")
    assert [] == bo.complaints()
    assert not bo.is_too_wide()
    sheet.get_by_role("button", name="Agree and add").click()
    expect(sheet.get_by_role("alert")).to_contain_text("tick that you agree")
    sheet.get_by_label("I have read this and agree").check()
    sheet.get_by_role("button", name="Agree and add").click()
    expect(sheet).to_have_count(0)
    expect(bo.page.locator(".ads-order li")).to_have_count(2)
    bo.page.get_by_role("button", name="Make primary").click()
    expect(bo.page.locator(".ads-order li").first).to_contain_text("Harbor Savings")

    assert ["written"] == bo.page.evaluate(METER, [business, account, [2_900]])
    bill = _open_bill(bo, f"/business/{business}/ads/{account}/bills")
    expect(bill).to_contain_text("asked of the bank, which takes a few banking days")
    picture(bo, "debit-under-way")
    assert [] == bo.complaints()
    for _ in range(2 * DAYS_MOST):
        a_day_passes(bo)
        bo.page.reload()
        expect(bill).to_contain_text("Harbor Savings")
        if "charged" in bill.inner_text():
            break
    expect(bill).to_contain_text("Harbor Savings ••0010 · charged")

    bo.visit("/settings")
    bo.page.get_by_role("button", name=re.compile("Withdraw for")).click()
    bo.page.get_by_role("alertdialog").get_by_role("button", name="Withdraw").click()
    expect(bo.page.get_by_role("heading", name="What may be debited")).to_have_count(0)
    bo.visit(paying)
    expect(bo.page.get_by_text("Withdrawn: not debited")).to_be_visible()
    picture(bo, "withdrawn")
    assert [] == bo.complaints()
    assert not bo.is_too_wide()
    bo.page.get_by_role("button", name="Agree again").click()
    sheet.get_by_label("I have read this and agree").check()
    sheet.get_by_role("button", name="Agree and add").click()
    expect(bo.page.get_by_text("Withdrawn: not debited")).to_have_count(0)


def _open_bill(visitor: Visitor, bills: str) -> Locator:
    """The bill that is being charged, once the worker has closed it."""
    waiting = visitor.page.locator(".list .line", has_text=re.compile("Being charged|Waiting for the bank"))
    for _ in range(50):
        visitor.visit(bills)
        visitor.page.locator(".list .line").first.wait_for()
        if waiting.count():
            break
        visitor.page.wait_for_timeout(200)
    waiting.first.click()
    return visitor.page.locator(".ads-history li").first
