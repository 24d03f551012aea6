"""Somebody at a browser: what they do, in the words of the screens."""

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Response, expect

from tuppence.cli import seeds

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
SMALL = {"width": 320, "height": 640}
AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"

# What a browser logs of answers that the app expects: nobody signed in yet, a refusal, no network.
_EXPECTED = re.compile(r"Failed to load resource: (the server responded with a status of 4|net::ERR_INTERNET)")

_STILL = """Promise.allSettled(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().iterations !== Infinity).map((one) => one.finished))"""


def _is_of_a_payment(answer: Response) -> bool:
    return answer.request.method == "PUT" and "/v1/payments/" in answer.url


class Visitor:
    """One person, one browser profile, one page."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        given = {"viewport": PHONE, "locale": "en-US", "timezone_id": "America/New_York"} | options
        self.context = browser.new_context(**given)
        self.page = self.context.new_page()
        self.address = address
        self._troubles: list[str] = []
        self._known = False
        self.page.on("pageerror", lambda error: self._troubles.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _EXPECTED.match(message.text):
            self._troubles.append(message.text)

    def leave(self) -> list[str]:
        """What went wrong in this page: exceptions, refusals of the content security policy, warnings. The next one who
        comes as this person finds the house in English."""
        if self._known:
            self.context.set_offline(False)
            told = {"Origin": self.address}
            self.context.request.patch(f"{self.address}/v1/me", data={"locale": "en"}, headers=told)
        self.context.close()
        return self._troubles

    def sign_in(self, who: seeds.Seed) -> None:
        self.page.goto(self.address)
        self.page.get_by_label("Handle").fill(who.handle)
        self.page.get_by_label("Password").fill(seeds.PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.get_by_role("navigation")).to_be_visible()
        self._known = True

    def visit(self, path: str) -> None:
        self.page.goto(self.address + path)

    def speak(self, language: str) -> None:
        """Choose a language in the settings, as the server then says it too, and come back."""
        back = self.page.url.removeprefix(self.address)
        self.visit("/settings")
        with self.page.expect_response("**/v1/me"):
            self.page.get_by_role("radio", name=language).press(" ")
        self.visit(back)

    def open_chat(self, friend: seeds.Seed) -> None:
        self.visit("/")
        self.page.get_by_role("link", name=friend.name).first.click()
        expect(self.page.get_by_role("log")).to_be_visible()

    def open_pay(self, amount: str) -> None:
        """From the conversation to the amount sheet, filled in by the keyboard."""
        self.page.locator(".composer .coin").click()
        self.page.get_by_label("Amount").fill(amount)

    def pay(self, amount: str) -> None:
        """From the coin to a payment that was acknowledged, with the PIN if it is asked for."""
        self.open_pay(amount)
        with self.page.expect_response(_is_of_a_payment) as answer:
            self.page.keyboard.press("Enter")
        expect(self.page.locator(".pay-sheet")).to_have_count(0)
        if "step_up" in answer.value.json()["can"]:
            self.page.get_by_label("PIN", exact=True).fill(seeds.PIN)
            self.page.keyboard.press("Enter")

    def payment(self) -> Locator:
        """The last payment of the conversation."""
        return self.page.locator(".pay").last

    def complaints(self) -> list[Any]:
        """What axe-core finds wrong with the screen once it stands still: half faded in, nothing has contrast."""
        session = self.context.new_cdp_session(self.page)
        session.send("Runtime.evaluate", {"expression": AXE.read_text()})
        told = "answer => JSON.stringify(answer.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
        run = f"{_STILL}.then(() => axe.run(document, {{resultTypes: ['violations']}})).then({told})"
        answer = session.send("Runtime.evaluate", {"expression": run, "awaitPromise": True})
        session.detach()
        found: list[Any] = json.loads(answer["result"]["value"])
        return found

    def is_too_wide(self) -> bool:
        """Whether one has to scroll sideways to read, in the page or in what lies over it."""
        boxes = "[document.documentElement, ...document.querySelectorAll('dialog, .scroll, .sheet-body')]"
        wide: bool = self.page.evaluate(f"{boxes}.some(box => box.scrollWidth > Math.ceil(box.clientWidth))")
        return wide
