"""The card form in a real browser, framed by an app of another origin, over the real vault."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import uvicorn
from playwright.async_api import Browser, FrameLocator, Page, async_playwright
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tuppence.vault import app, tickets
from tuppence.vault.network import Outcome, State

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
WRONG = Outcome(State.DECLINED, decline_code="details_mismatch", response_code="82")


def page_of_the_app(form_url: str) -> str:
    """What the app does: frame the form, remember what it says and where that came from."""
    return f"""<!doctype html><title>App</title><link rel="icon" href="data:,">
    <iframe src="{form_url}" width="400" height="700"></iframe>
    <script>heard = []; onmessage = (event) => heard.push([event.origin, event.data])</script>"""


@asynccontextmanager
async def listening(application: Any, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(application, host="127.0.0.1", port=port, log_config=None))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - the server has no event to wait for
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    await serving


def chromium() -> str | None:
    """The program, if it is not playwright's own."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@dataclass
class Desk:
    """An app's page with the form in its frame."""

    browser: Browser
    house: Any
    app_port: int
    vault_port: int

    @property
    def vault(self) -> str:
        return f"http://vault.localhost:{self.vault_port}"

    def form_url(self, query: str = "") -> str:
        settings = self.house.settings
        ticket, _ = tickets.mint(
            settings.shared.ticket,
            person_id=uuid4(),
            purpose="add",
            origin=settings.app_origin,
            now=datetime.now(UTC),
        )
        return f"{self.vault}/card-form{query}#{ticket}"

    @asynccontextmanager
    async def open(self, query: str = "", *, host: str = "localhost") -> AsyncIterator[tuple[Page, FrameLocator]]:
        """The app at `host`, its frame, and no complaint of the browser's at the end."""
        context = await self.browser.new_context(bypass_csp=False)
        page = await context.new_page()
        await page.goto(f"http://{host}:{self.app_port}/?form={quote(self.form_url(query), safe='')}")
        page.set_default_timeout(10_000)
        yield page, page.frame_locator("iframe")
        await context.close()


@pytest.fixture
async def desk(house: Any) -> AsyncIterator[Desk]:
    """The vault and an app on two origins, and Chromium in front of them."""
    ports = free_port(), free_port()
    settings = replace(
        house.settings, app_origin=f"http://localhost:{ports[0]}", origin=f"http://vault.localhost:{ports[1]}"
    )
    house = house.restarted(settings=settings)
    form = app.application(house.database, house.keys, house.rail, house.bin_of, settings)
    framing = Starlette(
        routes=[Route("/", lambda request: HTMLResponse(page_of_the_app(request.query_params["form"])))]
    )
    async with listening(form, ports[1]), listening(framing, ports[0]), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield Desk(browser, house, *ports)
        await browser.close()


async def fill(form: FrameLocator, number: str = "4000110000000017", cvv: str = "737") -> None:
    await form.locator("#number").press_sequentially(number)
    await form.locator("#expiry").press_sequentially("1231")
    await form.locator("#cvv").fill(cvv)
    await form.locator("#zip").fill("10001")


async def heard(page: Page, kind: str) -> list[Any]:
    """What the app's page heard of a kind, once there is any: origin and message."""
    await page.wait_for_function(f"heard.some(([, said]) => said.type === '{kind}')", timeout=10_000)
    return [one for one in await page.evaluate("heard") if one[1]["type"] == kind]


async def test_a_card_is_typed_and_the_app_hears_a_token(desk: Any, rail: Any) -> None:
    """Digits are grouped and the brand is told; the app hears the frame's size and a token from the vault's origin."""
    async with desk.open() as (page, form):
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        await fill(form)
        assert "4000 1100 0000 0017" == await form.locator("#number").input_value()
        assert "12/31" == await form.locator("#expiry").input_value()
        assert "Visa" == await form.locator("#number-brand").inner_text()
        assert not await form.locator("#keep").is_checked()
        await form.locator("#keep").check()
        await form.get_by_role("button", name="Add card").click()

        ((origin, said),) = await heard(page, "tuppence.card")
        sizes = await heard(page, "tuppence.card.size")
        assert [] == complaints

    (card,) = await desk.house.describe(said["token"])
    assert (desk.vault, "0017", True) == (origin, card.last4, card.kept)
    assert all(size["height"] > 300 for _, size in sizes)
    assert [("737", "10001")] == [(one.cvv.reveal(), one.zip.reveal()) for one in rail.checked]


async def test_a_refusal_is_said_once_in_the_persons_language(desk: Any, rail: Any) -> None:
    """In French: what is missing stands beside its field, what the bank refuses above all; the code is typed again."""
    rail.checks = [WRONG, Outcome(State.UNKNOWN)]
    async with desk.open("?lang=fr&theme=dark") as (page, form):
        add = form.get_by_role("button", name="Ajouter la carte")
        await add.click()
        assert "Vérifiez le numéro" in await form.locator("#number-error").inner_text()
        assert "number" == await form.locator(":focus").get_attribute("id")
        await fill(form)
        await add.click()
        await form.get_by_text("Votre banque ne confirme pas ces données").wait_for()
        assert "" == await form.locator("#cvv").input_value()
        await form.locator("#cvv").fill("737")
        await add.click()
        await form.get_by_text("Retapez le code").wait_for()
        assert ("cvv", "true") == (
            await form.locator(":focus").get_attribute("id"),
            await form.locator("#cvv").get_attribute("aria-invalid"),
        )
        await form.get_by_role("button", name="Annuler").click()
        assert 1 == len(await heard(page, "tuppence.card.cancelled"))
    assert 2 == len(rail.checked)


PASTED = [
    ("number", "4000-1100-0000-0017", "4000 1100 0000 0017"),
    ("number", "  My card is: 4000 1100  0000 0017, thanks!  ", "4000 1100 0000 0017"),
    ("number", "4000\u00a01100\u00a00000\u00a00017", "4000 1100 0000 0017"),
    ("expiry", "12 / 2031", "12 / 2031"),
    ("expiry", "1231", "12/31"),
    ("expiry", "12-31", "12/31"),
    ("zip", " 10001-1234 ", " 10001-1234 "),
]


@pytest.mark.parametrize(("field", "pasted", "shown"), PASTED)
async def test_what_is_pasted_is_understood(field: str, pasted: str, shown: str, desk: Any) -> None:
    """With spaces, dashes and words around it: no digit is cut off, nothing is complained about, the card goes in."""
    async with desk.open() as (page, form):
        await fill(form)
        one = form.locator(f"#{field}")
        await one.fill("")
        await one.evaluate("(one, text) => { one.focus(); document.execCommand('insertText', false, text) }", pasted)
        assert shown == await one.input_value()
        await form.get_by_role("button", name="Add card").click()
        assert 1 == len(await heard(page, "tuppence.card"))


async def test_a_browser_and_a_screen_reader_know_each_field(desk: Any) -> None:
    """Autofill's names, a label each, an error that is tied to its field and announced when it appears."""
    async with desk.open() as (_, form):
        fields = {name: form.locator(f"#{name}") for name in ("number", "expiry", "cvv", "zip")}
        filled_by = {name: await one.get_attribute("autocomplete") for name, one in fields.items()}
        await fields["number"].fill("4000 1100 0000 0018")
        await fields["expiry"].focus()
        error = form.locator("#number-error")
        await form.get_by_text("Check the number").wait_for()

        assert {"number": "cc-number", "expiry": "cc-exp", "cvv": "cc-csc", "zip": "billing postal-code"} == filled_by
        assert "polite" == await error.get_attribute("aria-live")
        assert "number-error" in str(await fields["number"].get_attribute("aria-describedby")).split()
        assert "true" == await fields["number"].get_attribute("aria-invalid")
        for label in ("Card number", "Expires (MM/YY)", "Security code", "ZIP code", "Keep this card"):
            assert 1 == await form.get_by_label(label).count()
        await fields["number"].press("End")
        await fields["number"].press("Backspace")
        assert "" == await error.inner_text()


async def test_a_test_card_fills_the_form(desk: Any) -> None:
    """In the sandbox a card from the list fills every field, and its hint says what it does."""
    async with desk.open() as (page, form):
        await form.get_by_label("Test cards").select_option(index=1)
        assert "Works." == await form.locator("#test-card-hint").inner_text()
        await form.get_by_role("button", name="Add card").click()
        assert 1 == len(await heard(page, "tuppence.card"))


async def test_another_page_cannot_frame_the_form(desk: Any) -> None:
    """Framed by another origin the browser shows nothing; opened by itself it asks for no card."""
    async with desk.open(host="127.0.0.1") as (page, form):
        await page.wait_for_load_state("networkidle")
        assert 0 == await form.locator("#number").count()
        await page.goto(desk.form_url())
        assert await page.get_by_text("This form opens inside the app.").is_visible()
        assert not await page.locator("#number").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_form_is_for_everybody(desk: Any, theme: str) -> None:
    """No violation that axe finds, with errors shown, in either theme; whatever is tapped is 48 px high."""
    async with desk.open(f"?theme={theme}") as (page, form):
        await form.get_by_role("button", name="Add card").click()
        frame = page.frames[1]
        await frame.evaluate(AXE.read_text())
        found = await frame.evaluate("axe.run()")
        heights = await frame.evaluate(
            "[...document.querySelectorAll('input:not([type=checkbox]), select, button, .keep')]"
            ".map((one) => one.getBoundingClientRect().height)"
        )
    assert [] == [one["id"] for one in found["violations"]]
    assert 48 <= min(heights)
