"""Somebody adds a bank account, proves it by two deposits, and is paid to it: in a real browser, through real files."""

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor

from tuppence.cli import seeds

pytestmark = pytest.mark.browser
SOON_MS = 30_000
DAYS_MOST = 6  # a weekend and a holiday between two banking days


def a_day_passes(visitor: Visitor) -> None:
    """The sandbox's clock goes on; files, settlements and returns follow within seconds."""
    move = """async () => (await fetch("/v1/sandbox/clock", {
        method: "POST", headers: {"Content-Type": "application/json"}, body: '{"advance_seconds":86400}'})).status"""
    assert 200 == visitor.page.evaluate(move)
    visitor.page.wait_for_timeout(3_000)


def until_delivered(visitor: Visitor) -> None:
    """Days pass until a file has left with the payment in the open chat, and the bank took it."""
    for _ in range(DAYS_MOST):
        if "Delivered" in visitor.payment().inner_text():
            break
        a_day_passes(visitor)


def test_dan_adds_a_bank_account_and_is_paid_to_it(arrive: Arrive) -> None:
    """Errors stand beside their fields; two amounts from the statement prove the account; money arrives there."""
    dan = arrive(seeds.DAN)
    dan.visit("/settings")
    dan.page.get_by_role("button", name="Add a bank account").click()
    sheet = dan.page.get_by_role("dialog")
    sheet.get_by_label("Routing number").fill("099900028")
    dan.page.keyboard.press("Enter")
    expect(sheet.get_by_label("Routing number")).to_have_attribute("aria-invalid", "true")
    expect(sheet).to_contain_text("This is not a routing number")
    expect(sheet).to_contain_text("An account number has 5 to 17 digits.")
    assert [] == dan.complaints()

    sheet.get_by_role("button", name="fill in a test account").click()
    sheet.get_by_role("button", name="Add a bank account").click()
    expect(sheet).to_have_count(0)
    line = dan.page.locator(".card-line").filter(has_text="Harbor Savings ••0010")
    expect(line).to_contain_text("Two deposits should be there by")
    assert [] == dan.complaints()

    prove(dan)
    dan.page.get_by_role("radio", name=re.compile("Harbor Savings")).check()
    expect(line).to_contain_text("Receives")
    expect(dan.page.get_by_role("group", name="Where money from friends arrives")).to_contain_text("If sent now:")
    assert [] == dan.complaints()

    ann = arrive(seeds.ANN)
    ann.open_chat(seeds.DAN)
    ann.pay("5")
    expect(ann.payment()).to_contain_text("You paid", timeout=SOON_MS)
    dan.open_chat(seeds.ANN)
    until_delivered(dan)
    expect(dan.payment()).to_contain_text("Delivered", timeout=SOON_MS)
    expect(dan.payment()).to_contain_text("Harbor Savings")
    expect(ann.payment()).not_to_contain_text("Harbor Savings")
    dan.visit("/settings")
    for _ in range(DAYS_MOST):
        a_day_passes(dan)
    lines = dan.page.evaluate(STATEMENT)
    assert 500 in [one["amount_minor"] for one in lines]

    assert 200 == dan.page.evaluate(_AGREE)
    dan.visit("/settings")
    line = dan.page.get_by_role("listitem").filter(has_text="Corner Bakery")
    expect(line).to_contain_text("Whatever you owe, as it falls due")
    line.get_by_text("What you agreed to").click()
    expect(line).to_contain_text("I authorise Tuppence to debit my account ending 0010 at Harbor Savings")
    assert [] == dan.complaints()
    line.get_by_role("button", name=re.compile("Withdraw for")).click()
    dan.page.get_by_role("alertdialog").get_by_role("button", name="Withdraw").click()
    expect(dan.page.get_by_role("heading", name="What may be debited")).to_have_count(0)


_AGREE = """async () => {
    const put = (path, body) => fetch(path, {
        method: "PUT", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body) });
    const id = () => {
        const now = Date.now().toString(16).padStart(12, "0"), rest = crypto.randomUUID();
        return `${now.slice(0, 8)}-${now.slice(8)}-7${rest.slice(15)}`;
    };
    const business = id();
    await put(`/v1/businesses/${business}`, {
        name: "Corner Bakery", country: "US", currency: "USD", zone: "America/New_York" });
    const { bank_accounts } = await (await fetch("/v1/bank-accounts")).json();
    return (await put(`/v1/mandates/${id()}`, {
        bank_account_id: bank_accounts[0].id, business_id: business, scope: "standing", amount_minor: null,
        version: "2026-11", language: "en" })).status;
}"""
STATEMENT = """async () => {
    const { bank_accounts } = await (await fetch("/v1/bank-accounts")).json();
    return (await (await fetch(`/v1/sandbox/bank-accounts/${bank_accounts[0].id}/statement`)).json()).lines;
}"""


def prove(dan: Visitor) -> None:
    """Wait for the deposits, read them on the statement that the sandbox shows, and type them in."""
    for _ in range(DAYS_MOST):
        a_day_passes(dan)
        if len(dan.page.evaluate(STATEMENT)) == 2:
            break
    dan.page.get_by_role("button", name="Enter the two amounts").click()
    sheet = dan.page.get_by_role("dialog")
    sheet.get_by_role("button", name="look at the statement").click()
    expect(sheet.get_by_role("listitem")).to_have_count(2)
    assert [] == dan.complaints()
    amounts = [one.inner_text() for one in sheet.get_by_role("listitem").locator("b").all()]
    sheet.get_by_label("First amount").fill("x")
    dan.page.keyboard.press("Enter")
    expect(sheet).to_contain_text("An amount from 0.01 to 0.99.")
    sheet.get_by_label("First amount").fill(amounts[1])
    sheet.get_by_label("Second amount").fill(amounts[0])
    dan.page.keyboard.press("Enter")
    expect(sheet).to_have_count(0)
