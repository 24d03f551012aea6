"""Somebody new, with a name as long as names may be, from signing up to the first money on their card."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Arrive
from tests.browser.visitor import SMALL

from tuppence.cli import seeds

pytestmark = pytest.mark.browser
SOON_MS = 30_000
NAME = "Wolfeschlegelsteinhausenbergerdorffwelchevoraltern"  # 50 characters without a place to break


def test_a_newcomer_is_found_paid_and_takes_it_with_a_first_card(arrive: Arrive) -> None:
    """Signs up, asks a friend, is paid while there is no card yet, adds one in the vault's form, has the money; and at
    no step does the name push anything out of a window of 320 px."""
    ann, new = arrive(seeds.ANN, viewport=SMALL), arrive(viewport=SMALL)
    new.visit(f"/add/{seeds.ANN.handle}")
    new.page.get_by_role("button", name="Create an account").click()
    new.page.get_by_label("Name").fill(NAME)
    new.page.get_by_label("Handle").fill(f"long.{uuid4().hex[:8]}")
    new.page.get_by_label("Password").fill("a sentence to remember")
    new.page.get_by_role("button", name="Create an account").click()
    new.page.get_by_role("button", name="Ask to be friends").click()
    expect(new.page.get_by_text("You asked")).to_be_visible()

    ann.visit("/people")
    assert not ann.is_too_wide()
    ann.page.get_by_role("button", name="Accept").click()
    new.page.get_by_role("button", name="Message").click()
    new.page.get_by_label("Message", exact=True).fill("hello")
    new.page.keyboard.press("Enter")

    ann.visit("/")
    ann.page.get_by_role("link", name=NAME).first.click()
    expect(ann.page.get_by_role("log")).to_be_visible()
    assert not ann.is_too_wide()
    ann.open_pay("3")
    assert not ann.is_too_wide()
    ann.page.keyboard.press("Enter")
    ann.page.get_by_label("PIN", exact=True).wait_for()
    assert not ann.is_too_wide()
    ann.page.get_by_label("PIN", exact=True).fill(seeds.PIN)
    ann.page.keyboard.press("Enter")
    expect(ann.payment()).to_contain_text("Waiting", timeout=SOON_MS)
    assert not ann.is_too_wide()

    expect(new.payment()).to_contain_text("Yours to take", timeout=SOON_MS)
    assert [] == new.complaints()
    new.payment().get_by_role("button", name="Add a card").click()
    form = new.page.frame_locator("iframe")
    form.get_by_label("Test cards").select_option(index=2)  # the first is Ann's
    form.get_by_label("Keep this card").check()
    form.get_by_role("button", name="Add card").click()
    expect(new.payment()).to_contain_text("Delivered", timeout=SOON_MS)
    expect(ann.payment()).to_contain_text("Delivered", timeout=SOON_MS)
    ann.page.locator(".pay-link").last.click()
    ann.page.get_by_role("heading", name="To keep").wait_for()
    assert not ann.is_too_wide()
