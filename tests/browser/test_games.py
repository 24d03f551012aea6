"""Games: a studio sets one up and sells, a player buys, disputes and is refunded; all in real Chromium."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Arrive
from tests.browser.visitor import DESKTOP, PHONE, SMALL, Visitor

from tuppence.cli import seeds
from tuppence.cli.house import _free as free_port

GAME = Path(__file__).parents[2] / "examples/game/game.py"
SOON_MS = 20_000
PICTURES = os.environ.get("TUPPENCE_PICTURES")  # a folder to look at what was seen


@pytest.fixture(scope="module")
def star_quest() -> Iterator[str]:
    """The sample game's server; where it is. Here it needs no secret: its veto is not asked."""
    port = free_port()
    environment = os.environ | {"PORT": str(port), "GAME_SECRET": "whsec_AAAA"}
    server = subprocess.Popen([sys.executable, str(GAME)], env=environment)
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urlopen(f"{address}/catalogue.json").read()
            break
        except OSError:
            time.sleep(0.05)
    yield address
    server.terminate()
    server.wait()


def _picture(visitor: Visitor, name: str) -> None:
    if PICTURES:
        visitor.page.screenshot(path=f"{PICTURES}/{name}.png")


def _set_up(bo: Visitor, star_quest: str, name: str) -> None:
    """From nothing to a game with a catalogue, the errors of the form included."""
    bo.visit("/business")
    bo.page.get_by_label("Name").fill(name)
    bo.page.get_by_role("button", name="Create it").click()
    bo.page.get_by_role("link", name="Games").first.click()
    bo.page.get_by_role("button", name="Add a game").click()
    expect(bo.page.get_by_label("Catalogue address")).to_have_attribute("aria-invalid", "true")
    bo.page.get_by_label("Name").fill("Star Quest")
    bo.page.get_by_label("Catalogue address").fill(f"{star_quest}/catalogue.json")
    bo.page.get_by_label("Return address").fill(f"{star_quest}/thanks")
    bo.page.get_by_role("button", name="Add a game").click()
    expect(bo.page.get_by_role("heading", name="Today")).to_be_visible()
    assert [] == bo.complaints()
    bo.page.get_by_role("link", name="Set up").click()
    bo.page.get_by_role("button", name="Read it now").click()
    expect(bo.page.get_by_role("row", name="A wizard's hat")).to_be_visible()
    assert [] == bo.complaints()


def _offer(bo: Visitor, title: str) -> str:
    """Make an offer of a product: the path under which it is bought."""
    bo.page.get_by_role("link", name="Set up").click()
    link = bo.page.locator('a[href^="/buy/"]')
    before = str(link.get_attribute("href")) if link.count() else ""
    bo.page.get_by_role("row", name=title).get_by_role("button", name="Make an offer").click()
    expect(link).not_to_have_attribute("href", before)
    return str(link.get_attribute("href"))


def test_a_studio_sells_and_a_player_buys(arrive: Arrive, star_quest: str) -> None:
    """An offer is sent in a chat, bought with the PIN, seen by both; a part is refunded; a dispute is answered."""
    bo = arrive(seeds.BO, viewport=DESKTOP)
    _set_up(bo, star_quest, "Blue Fox")
    _picture(bo, "games-set-up")
    path = _offer(bo, "100 gems")

    ann = arrive(seeds.ANN)
    _say(bo, seeds.ANN, f"For you: {ann.address}{path}")
    ann.open_chat(seeds.BO)
    ann.page.get_by_role("link", name="See the offer").click()
    expect(ann.page.get_by_role("heading", name="100 gems")).to_be_visible()
    assert [] == ann.complaints()
    assert not ann.is_too_wide()
    _picture(ann, "buy-offer")
    ann.page.get_by_role("button", name=re.compile("Buy for")).click()
    ann.page.get_by_label("PIN", exact=True).fill(seeds.PIN)
    assert [] == ann.complaints()
    _picture(ann, "buy-pin")
    ann.page.keyboard.press("Enter")
    expect(ann.page.get_by_text("Paid", exact=True)).to_be_visible(timeout=SOON_MS)
    expect(ann.page.get_by_role("link", name=re.compile("Back to"))).to_have_attribute("href", _signed(star_quest))
    assert [] == ann.complaints()
    _picture(ann, "buy-paid")

    bo.visit(_place(bo, "sales"))
    row = bo.page.get_by_role("row", name="100 gems")
    expect(row).to_contain_text("Paid")
    row.get_by_role("button", name="Mark as given").click()
    expect(row).to_contain_text("Given")
    row.get_by_role("button", name=re.compile("Refund")).click()
    sheet = bo.page.get_by_role("dialog")
    sheet.get_by_label("Amount").fill("9")
    sheet.get_by_role("button", name="Refund").click()
    expect(sheet).to_contain_text("An amount up to")
    expect(sheet).to_contain_text("Say why")
    assert [] == bo.complaints()
    sheet.get_by_label("Amount").fill("1")
    sheet.get_by_label("Reason").fill("A dull gem")
    sheet.get_by_role("button", name="Refund").click()
    expect(sheet).to_have_count(0)
    expect(ann.page.get_by_text("Partly refunded")).to_be_visible(timeout=SOON_MS)

    ann.page.get_by_role("button", name="Something is wrong").click()
    ann.page.get_by_label("It isn’t what was offered").check()
    ann.page.get_by_label("In your words").fill("They are blue.")
    assert [] == ann.complaints()
    _picture(ann, "buy-dispute")
    ann.page.get_by_role("button", name="Send").click()
    expect(ann.page.get_by_text("has until")).to_be_visible()

    bo.visit(_place(bo, "disputes"))
    expect(bo.page.get_by_text("They are blue.")).to_be_visible()
    assert [] == bo.complaints()
    _picture(bo, "games-disputes")
    bo.page.get_by_label("Your answer").select_option("granted_replacement_item")
    bo.page.get_by_role("button", name="Answer").click()
    expect(bo.page.get_by_text("We gave something else")).to_be_visible()
    expect(ann.page.get_by_text("gave you something else instead")).to_be_visible(timeout=SOON_MS)

    for part in ("", "sales", "payouts"):
        bo.visit(_place(bo, part))
        expect(bo.page.locator(".loading")).to_have_count(0)
        assert [] == bo.complaints(), part
        _picture(bo, f"games-{part or 'overview'}")
        for size in (PHONE, SMALL):
            bo.page.set_viewport_size({"width": size["width"], "height": size["height"]})
            assert not bo.is_too_wide(), (part, size)
        _picture(bo, f"games-{part or 'overview'}-small")
        bo.page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})


def test_a_tester_sees_every_ending_and_activity_remembers(arrive: Arrive, star_quest: str) -> None:
    """A tester chooses how it ends, no money moves; somebody who closes the sheet is told that nothing was taken."""
    bo = arrive(seeds.BO, viewport=DESKTOP)
    _set_up(bo, star_quest, "Red Fox")
    bo.page.get_by_label("Handle").fill(seeds.CHLOE.handle)
    bo.page.get_by_role("button", name="Add a tester").click()
    expect(bo.page.get_by_label("How purchases of")).to_be_visible()
    assert [] == bo.complaints()
    first, second = _offer(bo, "A wizard's hat"), _offer(bo, "One spark")

    chloe = arrive(seeds.CHLOE)
    chloe.page.evaluate("localStorage.setItem('tuppence.locale.untold', 'fr')")
    chloe.visit(first)
    expect(chloe.page.get_by_text("Vous testez ce jeu.")).to_be_visible()
    expect(chloe.page.get_by_text("converti au cours du")).to_be_visible()
    chloe.page.get_by_label("Comment cela finit").select_option("fail")
    assert [] == chloe.complaints()
    _picture(chloe, "buy-tester")
    chloe.page.get_by_role("button", name=re.compile("Acheter pour")).click()
    expect(chloe.page.get_by_text("solde insuffisant")).to_be_visible(timeout=SOON_MS)
    chloe.visit(second)
    chloe.page.get_by_role("button", name="Ne pas acheter").click()
    expect(chloe.page.get_by_text("Vous n’en vouliez pas.")).to_be_visible()
    chloe.visit("/activity")
    chloe.page.get_by_role("button", name="Achats").click()
    expect(chloe.page.get_by_role("link", name="Star Quest")).to_have_count(2)
    assert [] == chloe.complaints()
    _picture(chloe, "activity-purchases")
    chloe.visit("/buy/01a215b4-d361-73af-b8fd-168cd73cbefd")
    expect(chloe.page.get_by_role("alert")).to_contain_text("Cet achat n’existe pas")
    assert [] == chloe.complaints()


def _say(visitor: Visitor, friend: seeds.Seed, text: str) -> None:
    visitor.open_chat(friend)
    visitor.page.get_by_role("textbox").last.fill(text)
    visitor.page.keyboard.press("Enter")


def _place(bo: Visitor, part: str) -> str:
    """A part of the games of the business that was made last."""
    found: str = bo.page.evaluate(
        "async () => (await (await fetch('/v1/businesses')).json()).data.find(b => b.name === 'Blue Fox').id"
    )
    return f"/business/{found}/games/{part}".rstrip("/")


def _signed(star_quest: str) -> re.Pattern[str]:
    return re.compile(rf"^{re.escape(star_quest)}/thanks\?result=[\w-]+\.[\w-]+$")
