"""Every screen, light and dark, small and wide: axe finds nothing, and nobody has to scroll sideways."""

from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Arrive
from tests.browser.visitor import DESKTOP, PHONE, SMALL, Visitor

from tuppence.cli import seeds

pytestmark = pytest.mark.browser

LOOKS = [
    pytest.param({"viewport": PHONE, "color_scheme": "light"}, id="phone"),
    pytest.param({"viewport": PHONE, "color_scheme": "dark"}, id="phone, dark"),
    pytest.param({"viewport": DESKTOP, "color_scheme": "dark"}, id="desktop, dark"),
    pytest.param({"viewport": SMALL, "color_scheme": "light"}, id="320 px"),
]
SCREENS = {
    "/": ".line",
    "/activity": ".filters",
    "/people": ".your-link",
    "/settings": ".segments",
    "/banks": ".account",
    "/nowhere": ".empty",
}


@pytest.mark.parametrize("look", LOOKS)
def test_screens_are_for_everybody(arrive: Arrive, look: dict[str, Any]) -> None:
    """Each place and the sheets over it pass axe and fit their window."""
    visitor = arrive(**look)
    visitor.visit("/")
    expect(visitor.page.get_by_label("Handle")).to_be_visible()
    found = {"sign in": _faults(visitor)}
    visitor.sign_in(seeds.ANN)
    for path, sign in SCREENS.items():
        visitor.visit(path)
        visitor.page.locator(sign).first.wait_for()
        found[path] = _faults(visitor)
    visitor.visit(f"/add/{seeds.BO.handle}")
    visitor.page.get_by_text(f"@{seeds.BO.handle}").wait_for()
    found["add"] = _faults(visitor)
    visitor.open_chat(seeds.DAN)
    found["chat"] = _faults(visitor)
    visitor.open_pay("12.50")
    found["pay"] = _faults(visitor)
    visitor.page.keyboard.press("Escape")
    visitor.visit("/settings")
    visitor.page.get_by_role("button", name="Add a card").click()
    visitor.page.frame_locator("iframe").get_by_label("Card number").wait_for()
    found["add card"] = _faults(visitor)
    visitor.page.keyboard.press("Escape")
    change = visitor.page.get_by_role("button", name="Change", exact=True)
    change.click()
    found["set PIN"] = _faults(visitor)
    visitor.page.keyboard.press("Escape")
    expect(change).to_be_focused()
    visitor.visit("/activity")
    visitor.page.get_by_role("button", name="Statement").click()
    visitor.page.get_by_role("radio", name="Dates").press(" ")
    found["statement"] = _faults(visitor)

    assert {name: [] for name in found} == found


@pytest.mark.parametrize("look", LOOKS)
def test_the_way_of_a_payment_is_for_everybody(arrive: Arrive, look: dict[str, Any]) -> None:
    """What comes between a tap on Pay and its end: the PIN, a wrong one, the cancelled payment, its receipt, the list
    that it is in, the question before a block, and what is said while offline."""
    visitor = arrive(seeds.DAN, **look)
    visitor.open_chat(seeds.ANN)
    visitor.open_pay("101")  # so much that the PIN is always asked for
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_label("PIN", exact=True).wait_for()
    found = {"PIN": _faults(visitor)}
    visitor.page.get_by_label("PIN", exact=True).fill("12")
    visitor.page.get_by_role("button", name="Don’t send").click()
    expect(visitor.payment()).to_contain_text("Cancelled")
    found["cancelled"] = _faults(visitor)
    visitor.page.get_by_role("button", name="More about").click()
    visitor.page.get_by_role("menuitem").first.click()
    found["block"] = _faults(visitor)
    visitor.page.keyboard.press("Escape")
    visitor.page.locator(".pay-link").last.click()
    visitor.page.get_by_role("heading", name="To keep").wait_for()
    found["receipt"] = _faults(visitor)
    visitor.context.set_offline(True)
    visitor.page.get_by_text("You’re offline").first.wait_for()
    found["offline"] = _faults(visitor)

    assert {name: [] for name in found} == found


def _faults(visitor: Visitor) -> list[Any]:
    return visitor.complaints() + (["too wide"] if visitor.is_too_wide() else [])


def test_french(arrive: Arrive) -> None:
    """Another language is one choice away and stays: words, decimal comma, where the currency stands."""
    chloe = arrive(seeds.CHLOE)
    chloe.visit("/settings")
    chloe.page.get_by_role("radio", name="Français").press(" ")
    expect(chloe.page.get_by_role("heading", name="Réglages")).to_be_visible()
    chloe.open_chat(seeds.ANN)
    chloe.page.locator(".composer .coin").click()
    chloe.page.get_by_label("Montant").fill("12,5")

    expect(chloe.page.locator(".pay-end button")).to_have_text("Payer \u206812,50\u00a0$\u2069 à \u2068Ann Lee\u2069")
    chloe.visit("/settings")
    chloe.page.get_by_role("radio", name="English").press(" ")
    expect(chloe.page.get_by_role("heading", name="Settings")).to_be_visible()


def test_text_written_offline_survives_a_reload(arrive: Arrive) -> None:
    """What was said in a tunnel waits, is shown as waiting, outlives the page, and is said once at the end of it."""
    dan, ann = arrive(seeds.DAN), arrive(seeds.ANN)
    ann.open_chat(seeds.DAN)
    dan.open_chat(seeds.ANN)
    dan.page.wait_for_function("navigator.serviceWorker.controller !== null")
    dan.context.set_offline(True)
    dan.page.get_by_label("Message", exact=True).fill("said in a tunnel")
    dan.page.keyboard.press("Enter")
    expect(dan.page.locator(".said").last).to_contain_text("Sending")
    dan.page.reload()
    dan.context.set_offline(False)

    expect(ann.page.get_by_text("said in a tunnel")).to_have_count(1, timeout=30_000)
    expect(dan.page.get_by_text("said in a tunnel")).to_have_count(1)
    expect(dan.page.locator(".said").last).not_to_contain_text("Sending")


def test_a_passkey_signs_in(arrive: Arrive) -> None:
    """A passkey made in the settings opens the house without a password."""
    bo = arrive(seeds.BO)
    device = bo.context.new_cdp_session(bo.page)
    device.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = key | {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    bo.visit("/settings")
    bo.page.get_by_role("button", name="Add a passkey").click()
    expect(bo.page.get_by_text("Your passkey is ready.")).to_be_visible()
    bo.page.get_by_role("button", name="Sign out", exact=True).click()
    bo.page.get_by_role("button", name="Use a passkey").click()

    expect(bo.page.get_by_role("navigation")).to_be_visible()
