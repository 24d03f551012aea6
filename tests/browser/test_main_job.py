"""One friend pays another in their chat, and it arrives: in two browsers, through the whole house."""

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Arrive
from tests.browser.visitor import DESKTOP

from tuppence.cli import seeds

pytestmark = pytest.mark.browser
SOON_MS = 30_000


def test_ann_pays_bo_and_both_see_it_arrive(arrive: Arrive) -> None:
    """Twenty dollars leave one phone and are delivered on the other's desktop, while both look on."""
    ann, bo = arrive(seeds.ANN), arrive(seeds.BO, viewport=DESKTOP)
    bo.open_chat(seeds.ANN)
    ann.open_chat(seeds.BO)
    ann.pay("20")

    expect(ann.payment()).to_contain_text("You paid", timeout=SOON_MS)
    expect(ann.payment()).to_contain_text("Delivered", timeout=SOON_MS)
    expect(bo.payment()).to_contain_text("$20.00", timeout=SOON_MS)
    expect(bo.payment()).to_contain_text("Delivered", timeout=SOON_MS)

    bo.page.get_by_role("button", name="It arrived").click()
    expect(bo.payment()).to_contain_text("Arrived")
    expect(ann.payment()).to_contain_text("Arrived")

    ann.page.locator(".pay-link").last.click()
    expect(ann.page.get_by_role("heading", name="What happened")).to_be_visible()
    expect(ann.page.locator(".timeline li").last).to_contain_text("Arrived")
    assert [] == ann.complaints()


def test_undo_before_anything_moves(arrive: Arrive) -> None:
    """The countdown is offered, and takes the payment back: nothing was taken, and the friend sees nothing."""
    chloe = arrive(seeds.CHLOE)
    chloe.open_chat(seeds.ANN)
    chloe.pay("3.50")
    chloe.page.get_by_role("button", name=re.compile(r"Undo · \d")).click()

    expect(chloe.payment()).to_contain_text("Cancelled. Nothing was taken.")


def test_a_second_payment_like_the_first_is_asked_about(arrive: Arrive) -> None:
    """The same amount to the same friend at once takes a second yes; "no" has the focus, and sends nothing."""
    dan = arrive(seeds.DAN)
    dan.open_chat(seeds.ANN)
    dan.pay("4")
    expect(dan.page.locator(".confirm")).to_have_count(0)
    before = dan.page.locator(".pay").count()
    dan.open_pay("4")
    dan.page.keyboard.press("Enter")

    question = dan.page.get_by_role("alertdialog")
    expect(question).to_contain_text("Send again?")
    expect(question.get_by_role("button", name="Don’t send")).to_be_focused()
    dan.page.keyboard.press("Enter")
    expect(question).to_have_count(0)
    assert before == dan.page.locator(".pay").count()


def test_a_wrong_pin_says_how_many_tries_are_left(arrive: Arrive) -> None:
    """A wrong PIN sends nothing and costs a try; the right one goes on from there."""
    bo = arrive(seeds.BO)
    bo.open_chat(seeds.ANN)
    bo.open_pay("120")  # above the amount from which the PIN is always asked for
    bo.page.keyboard.press("Enter")
    bo.page.get_by_label("PIN", exact=True).wait_for()
    assert [] == bo.complaints()
    bo.page.get_by_label("PIN", exact=True).fill("9090")
    bo.page.keyboard.press("Enter")
    expect(bo.page.get_by_role("alert").filter(has_text="4 tries left")).to_be_visible()

    bo.page.get_by_label("PIN", exact=True).fill(seeds.PIN)
    bo.page.keyboard.press("Enter")
    expect(bo.payment()).to_contain_text("You paid", timeout=SOON_MS)


def test_the_button_says_why_it_cannot_pay(arrive: Arrive) -> None:
    """Nothing typed, too much for one payment: the button says so and does nothing."""
    ann = arrive(seeds.ANN)
    ann.open_chat(seeds.DAN)
    ann.open_pay("")
    button = ann.page.locator(".pay-end button")
    expect(button).to_have_text("Enter an amount")
    ann.page.get_by_label("Amount").fill("301")
    expect(button).to_contain_text("At most")
    ann.page.keyboard.press("Enter")
    expect(ann.page.locator(".pay-sheet")).to_be_visible()
