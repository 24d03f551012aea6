"""The merchants' part in a real browser: founding a business, its team, and that friends never load any of it."""

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Arrive
from tests.browser.visitor import DESKTOP, PHONE, SMALL, Visitor

from tuppence.cli import seeds

pytestmark = pytest.mark.browser
# Everything but what the frame around the places asks.
_READ = re.compile(r"/v1/(?!businesses\b(?!/)|sync|me\b|sandbox)")


def found(visitor: Visitor, name: str) -> None:
    """From the settings to a business of one's own."""
    visitor.visit("/settings")
    visitor.page.get_by_role("link", name="Bill, sell and build").click()
    visitor.page.get_by_label("Name", exact=True).fill(name)
    visitor.page.get_by_role("button", name="Create it").click()
    expect(visitor.page.get_by_role("heading", name=name)).to_be_visible()


def test_ann_founds_a_business_and_gives_bo_a_role(arrive: Arrive) -> None:
    """She owns it, adds him as a developer, and he sees it; the last owner cannot leave."""
    ann, bo = arrive(seeds.ANN, viewport=DESKTOP), arrive(seeds.BO)
    found(ann, "Maple Games")
    ann.page.get_by_role("navigation").get_by_role("link", name="Team").click()
    ann.page.get_by_label("Handle").fill(f"@{seeds.BO.handle}")
    ann.page.get_by_label("Role", exact=True).select_option("developer")
    ann.page.get_by_role("button", name="Add to the team").click()
    expect(ann.page.get_by_label(f"Role of \u2068{seeds.BO.name}\u2069")).to_have_value("developer")
    ann.page.get_by_role("button", name="Leave").click()
    ann.page.get_by_role("alertdialog").get_by_role("button", name="Leave").click()
    expect(ann.page.get_by_role("status").last).to_contain_text("at least one owner")

    bo.visit("/business")
    bo.page.get_by_role("link", name="Maple Games").click()
    expect(bo.page.get_by_role("heading", name="Maple Games")).to_be_visible()
    assert [] == bo.complaints()


def recovers(visitor: Visitor, path: str) -> bool:
    """Whether a place that cannot be read says so, and is there once it is asked to try again."""
    visitor.page.route(_READ, lambda route: route.abort("internetdisconnected"))
    visitor.visit(path)
    again = visitor.page.locator("main").get_by_role("button", name="Try again").first
    again.wait_for()
    assert [] == visitor.complaints()
    visitor.page.unroute(_READ)
    while again.count():
        again.click()
        visitor.page.wait_for_timeout(300)
    return visitor.page.locator("main .loading, main [role=alert]:not(:empty)").count() == 0


def test_what_cannot_be_read_is_said_and_tried_again(arrive: Arrive) -> None:
    """Of every place of a new business, on a line that is gone and comes back."""
    dan = arrive(seeds.DAN)
    found(dan, "Prairie Boats")
    home = dan.page.url.removeprefix(dan.address)
    developers = [f"developers/{one}" for one in ("keys", "webhooks", "events", "requests", "clock")]
    tried = {place: recovers(dan, f"{home}/{place}") for place in ["team", "ads", "games", *developers]}

    assert dict.fromkeys(tried, True) == tried


@pytest.mark.parametrize(
    "look",
    [
        pytest.param({"viewport": PHONE, "color_scheme": "dark"}, id="phone, dark"),
        pytest.param({"viewport": DESKTOP, "color_scheme": "light"}, id="desktop"),
        pytest.param({"viewport": SMALL, "color_scheme": "light", "french": True}, id="320 px, French"),
    ],
)
def test_its_screens_are_for_everybody(arrive: Arrive, look: dict[str, object]) -> None:
    """Each place passes axe and fits its window; the bar says that this is the sandbox."""
    french = look.pop("french", False)
    visitor = arrive(**look)
    visitor.sign_in(seeds.CHLOE)
    found(visitor, "Atelier Chloé")
    address = visitor.page.url.removeprefix(visitor.address)
    if french:
        visitor.speak("Français")
    faults = {}
    for path in ("/business", address, f"{address}/team"):
        visitor.visit(path)
        expect(visitor.page.locator(".sandbox b")).to_have_text("Test")
        visitor.page.locator(".scroll section, .list").first.wait_for()
        assert ("fr" if french else "en") == visitor.page.locator("html").get_attribute("lang")
        faults[path] = visitor.complaints() + (["too wide"] if visitor.is_too_wide() else [])
    if french:
        visitor.speak("English")

    assert {path: [] for path in faults} == faults


def test_friends_load_nothing_of_it(arrive: Arrive) -> None:
    """Neither the page nor the worker's shell fetches a file of the merchants' part before somebody goes there."""
    ann = arrive()
    asked: list[str] = []
    ann.context.on("request", lambda request: asked.append(request.url))
    ann.sign_in(seeds.ANN)
    ann.page.wait_for_function("navigator.serviceWorker.controller !== null")
    before = [url for url in asked if "business" in url]
    ann.visit("/business")
    ann.page.get_by_label("Name", exact=True).wait_for()

    assert [] == before
    assert [url for url in asked if re.search(r"assets/business-.*\.js", url)]
