"""Advertising in a real browser: from the first account to a paid bill and its receipt."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Arrive
from tests.browser.test_business import found
from tests.browser.visitor import DESKTOP, PHONE, SMALL, Visitor

from tuppence.cli import seeds

pytestmark = pytest.mark.browser
LOOK_AT = os.environ.get("TUPPENCE_TEST_PICTURES")  # a folder to put pictures into

# Reports usage of the account's first campaign, as an ad server of the business would.
METER = """
async ([business, account, amounts]) => {
  const headers = { "Tuppence-Business": business, "Content-Type": "application/json" };
  const campaigns = await (await fetch(`/v1/ads/accounts/${account}/campaigns`, { headers })).json();
  const { now } = await (await fetch("/v1/sandbox")).json();
  const id = (n) => "0192a0e0-0000-7000-8000-" + String(Date.now() * 10 + n).slice(-12).padStart(12, "0");
  const events = amounts.map((amount_minor, n) => (
    { id: id(n), campaign_id: campaigns.data[0].id, amount_minor, quantity: 1000, at: now }));
  const body = JSON.stringify({ events });
  const answer = await fetch("/v1/ads/events/batch", { method: "POST", headers, body });
  return (await answer.json()).data.map(({ result }) => result);
}
"""


def open_account(visitor: Visitor, name: str) -> tuple[str, str]:
    """An ads account that a card of theirs pays for, with one campaign; the ids of business and account."""
    page = visitor.page
    page.get_by_role("navigation").get_by_role("link", name=re.compile("Ads|Publicité")).click()
    page.locator("form input").first.fill(name)
    page.locator("form button[type=submit]").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    business, account = re.findall(r"[0-9a-f-]{36}", page.url)
    page.locator(".tabs a").nth(3).click()
    page.locator("section", has=page.get_by_text(re.compile("charged first|principal d’abord"))).locator(
        ".form button"
    ).click()
    expect(page.locator(".ads-order li")).to_have_count(1)
    page.locator(".tabs a").nth(1).click()
    page.locator(".ads > .scroll .padded > .button").click()
    sheet = page.get_by_role("dialog")
    sheet.locator("input").first.fill("Spring")
    sheet.locator("input").nth(1).fill("100")
    sheet.locator("button[type=submit]").click()
    expect(page.locator(".ads-campaign")).to_have_count(1)
    return business, account


def picture(visitor: Visitor, name: str) -> None:
    if LOOK_AT:
        visitor.page.screenshot(path=Path(LOOK_AT) / f"ads-{name}.png", full_page=False)


@pytest.mark.parametrize(
    ("who", "look"),
    [
        pytest.param(seeds.ANN, {"viewport": DESKTOP, "color_scheme": "light"}, id="desktop"),
        pytest.param(seeds.DAN, {"viewport": PHONE, "color_scheme": "dark"}, id="phone, dark"),
        pytest.param(seeds.CHLOE, {"viewport": SMALL, "color_scheme": "light", "french": True}, id="320 px, French"),
    ],
)
def test_from_an_account_to_a_paid_bill(arrive: Arrive, who: seeds.Seed, look: dict[str, object]) -> None:
    """Open, say what pays, plan a campaign; usage is reported, the card charged, the bill read and taken away. Every
    place passes axe and fits its window.
    """
    french = look.pop("french", False)
    visitor = arrive(**look)
    visitor.sign_in(who)
    found(visitor, "Grey Wolf")
    if french:
        visitor.speak("Français")
    business, account = open_account(visitor, "Main")
    results = visitor.page.evaluate(METER, [business, account, [1_250, 1_500, 99]])
    assert ["written"] * 3 == results

    root = f"/business/{business}/ads"
    visitor.visit(f"{root}/{account}/bills")
    paid = visitor.page.locator(".list .line", has_text=re.compile("Paid|Payée"))
    for _ in range(50):
        if paid.count():
            break
        visitor.page.wait_for_timeout(200)
        visitor.visit(f"{root}/{account}/bills")
    expect(paid).to_have_count(1)
    faults = {}
    for place in ("", f"/{account}", f"/{account}/campaigns", f"/{account}/bills", f"/{account}/paying"):
        visitor.visit(root + place)
        visitor.page.locator(".ads .scroll :is(.tile, .chip, .list)").first.wait_for()
        if place == f"/{account}":
            expect(visitor.page.locator(".chart")).to_be_visible()
            expect(visitor.page.locator(".ads-history li").first).to_be_visible()
        picture(visitor, f"{who.handle}-{place.split('/')[-1][:9] if place else 'list'}")
        faults[place] = visitor.complaints() + (["too wide"] if visitor.is_too_wide() else [])
    visitor.visit(f"{root}/{account}/bills")
    visitor.page.locator(".list .line", has_text=re.compile("Paid|Payée")).click()
    expect(visitor.page.locator(".ads-due")).to_contain_text("28")
    picture(visitor, f"{who.handle}-bill")
    faults["bill"] = visitor.complaints() + (["too wide"] if visitor.is_too_wide() else [])
    with visitor.page.expect_download() as taken:
        visitor.page.get_by_role("button", name=re.compile("PDF")).click()

    if french:
        expect(visitor.page.get_by_role("heading", name="Facture")).to_be_visible()
        visitor.speak("English")
    assert {place: [] for place in faults} == faults
    assert taken.value.suggested_filename.startswith("tuppence-ads-bill-")
    assert Path(taken.value.path()).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("french", [False, True])
def test_a_refusal_is_said_in_words(arrive: Arrive, french: bool) -> None:
    """A business that keeps its books in euros cannot open an account in dollars, and reads why."""
    visitor = arrive(seeds.DAN if french else seeds.BO, viewport=PHONE)
    page = visitor.page
    visitor.visit("/settings")
    page.get_by_role("link", name="Bill, sell and build").click()
    page.get_by_label("Name", exact=True).fill("Grey Wolf Europe")
    page.get_by_label("Currency", exact=True).select_option("EUR")
    page.get_by_role("button", name="Create it").click()
    expect(page.get_by_role("heading", name="Grey Wolf Europe")).to_be_visible()
    if french:
        visitor.speak("Français")
    page.get_by_role("navigation").get_by_role("link", name=re.compile("Ads|Publicité")).click()
    page.locator("form input").first.fill("Main")
    page.locator("form button[type=submit]").click()

    expect(page.locator("form")).to_contain_text(re.compile("tenus en .?USD" if french else "kept in .?USD"))
    picture(visitor, f"refused-{'fr' if french else 'en'}")
    if french:
        visitor.speak("English")
