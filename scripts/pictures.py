"""Takes the README's pictures from a running demo with a history: a real payment, real sales, nothing staged."""

import os
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tuppence.cli import merchant, seeds

OUT = Path(__file__).parents[1] / "docs" / "pictures"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def main(address: str) -> None:
    OUT.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        ann, bo = sign_in(browser, address, seeds.ANN, PHONE), sign_in(browser, address, seeds.BO, DESKTOP)
        open_chat(ann, seeds.BO)
        open_chat(bo, seeds.ANN)
        pay(ann, "20")
        expect(bo.locator(".pay").last).to_contain_text("Delivered", timeout=30_000)
        ann.wait_for_timeout(1500)
        ann.screenshot(path=OUT / "phone.png")
        bo.screenshot(path=OUT / "desktop.png")
        picture_business(browser, address)
        browser.close()


def picture_business(browser: Browser, address: str) -> None:
    """What a game sold."""
    eve = sign_in(browser, address, merchant.EVE, DESKTOP | {"height": 920})
    expect(eve.get_by_role("navigation")).to_be_visible()
    eve.goto(f"{address}/business")
    eve.get_by_role("link", name=merchant.NAME).first.click()
    eve.get_by_role("navigation").get_by_role("link", name="Games").click()
    expect(eve.locator(".chart > svg")).to_be_visible()
    eve.wait_for_timeout(500)
    eve.screenshot(path=OUT / "business.png")


def chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "no Chromium: set CHROMIUM"
    return found


def sign_in(browser: Browser, address: str, who: seeds.Seed, viewport: dict[str, int]) -> Page:
    page = browser.new_context(viewport=viewport, device_scale_factor=2, locale="en-US").new_page()  # type: ignore[arg-type]
    page.goto(address)
    page.get_by_label("Handle").fill(who.handle)
    page.get_by_label("Password").fill(seeds.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    return page


def open_chat(page: Page, friend: seeds.Seed) -> None:
    page.get_by_role("link", name=friend.name).first.click()


def pay(page: Page, dollars: str) -> None:
    """From the coin to a payment that left."""
    page.locator(".coin").click()
    page.get_by_label("Amount").fill(dollars)
    page.get_by_label("What’s it for?").fill("Ramen 🍜")
    page.get_by_role("button", name=re.compile(r"Pay .*20\.00")).click()
    page.get_by_label("PIN", exact=True).fill(seeds.PIN)
    page.get_by_role("dialog").get_by_role("button", name="Confirm").click()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8100")
