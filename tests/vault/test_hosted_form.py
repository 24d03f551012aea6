"""Token mode in a real browser: the app frames the vault's page, which frames the acquirer's, over the real vault."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import FrameLocator, async_playwright
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from tests.vault.test_card_form import AXE, Desk, chromium, fill, free_port, heard, listening, page_of_the_app

from tuppence.rails.card import Iso8583Network, Waits
from tuppence.rails.card.acquirer import AcquirerNetwork
from tuppence.rails.simulator import running
from tuppence.rails.simulator.acquirer import HostedCards, filled_in
from tuppence.vault import app

pytestmark = pytest.mark.browser
STATIC = Path(app.__file__).parent / "static"
KEY = "Bearer k"


class HostedDesk(Desk):
    """The same desk; the fields are two frames deep."""

    @asynccontextmanager
    async def fields(self, query: str = "") -> AsyncIterator[tuple[Any, FrameLocator, FrameLocator]]:
        async with self.open(query) as (page, vault):
            yield page, vault, vault.frame_locator("#fields")


@pytest.fixture
async def desk(house: Any, tmp_path: Path) -> AsyncIterator[HostedDesk]:
    """An app, the vault and the acquirer on three origins, the simulated network behind, and Chromium in front."""
    app_port, vault_port, acquirer_port = free_port(), free_port(), free_port()
    acquirer_origin = f"http://acquirer.localhost:{acquirer_port}"
    settings = replace(
        house.settings,
        app_origin=f"http://localhost:{app_port}",
        origin=f"http://vault.localhost:{vault_port}",
        acquirer_origin=acquirer_origin,
        sandbox_cards=(),
    )
    files = filled_in({one.name: one.read_bytes() for one in STATIC.iterdir()}, settings.origin)
    framed_by = f"frame-ancestors {settings.origin} {settings.app_origin}"
    framing = Starlette(
        routes=[Route("/", lambda request: HTMLResponse(page_of_the_app(request.query_params["form"])))]
    )
    async with (
        running(tmp_path / "journal", seed=7) as simulator,
        Iso8583Network("127.0.0.1", simulator.port, waits=Waits(answer_s=10, connect_s=10)) as network,
        AcquirerNetwork(f"http://127.0.0.1:{acquirer_port}", KEY) as rail,
        async_playwright() as playwright,
    ):
        house = house.restarted(settings=settings, rail=rail)
        cards = HostedCards(network, tmp_path / "cards", files=files, authorization=KEY, framed_by=framed_by)
        form = app.application(house.database, house.keys, rail, house.bin_of, settings)
        async with listening(cards, acquirer_port), listening(form, vault_port), listening(framing, app_port):
            browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            yield HostedDesk(browser, house, app_port, vault_port)
            await browser.close()


async def test_a_card_is_typed_at_the_acquirers_and_the_app_hears_our_token(desk: Any, tmp_path: Path) -> None:
    """The number goes to the acquirer alone; the app hears a token from the vault's origin, and the card pays."""
    asked: list[tuple[str, str]] = []
    async with desk.fields() as (page, _, fields):
        page.on("request", lambda one: asked.append((one.url, one.post_data or "")))
        await fill(fields, "4000110000000017", "123")
        await fields.locator("#expiry").fill("12/34")
        await fields.get_by_label("Test cards").select_option(index=1)
        number = (await fields.locator("#number").input_value()).replace(" ", "")
        await fields.locator("#keep").check()
        await fields.get_by_role("button", name="Add card").click()
        ((origin, said),) = await heard(page, "tuppence.card")

    (card,) = await desk.house.describe(said["token"])
    (paid,) = await desk.house.use(desk.house.ask(said["token"]))
    assert (desk.vault, number[-4:], True, "accepted") == (origin, card.last4, card.kept, paid.state)
    assert [True] == [url.startswith("http://acquirer.localhost") for url, body in asked if number in body]
    assert number in (tmp_path / "cards").read_text()


async def test_a_refusal_is_said_and_the_form_opens_anew(desk: Any) -> None:
    """In French and dark: the bank's no stands above the fields, which are there again and empty; Cancel is heard."""
    async with desk.fields("?lang=fr&theme=dark") as (page, vault, fields):
        await fields.get_by_label("Cartes d’essai").select_option(index=1)
        await fields.locator("#cvv").fill("999")
        await fields.get_by_role("button", name="Ajouter la carte").click()
        await vault.get_by_text("Votre banque ne confirme pas ces données").wait_for()
        assert "problem" == await vault.locator(":focus").get_attribute("id")
        await fields.get_by_role("button", name="Annuler").wait_for()
        assert "" == await fields.locator("#number").input_value()
        outer = page.frames[1]
        await outer.evaluate(AXE.read_text())
        found = await outer.evaluate("axe.run({iframes: false})")
        assert [] == [one["id"] for one in found["violations"]]
        await fields.get_by_role("button", name="Annuler").click()
        assert 1 == len(await heard(page, "tuppence.card.cancelled"))


async def test_a_message_from_elsewhere_is_not_believed(desk: Any) -> None:
    """The app's own page shouts a name for one use at the vault's page: nothing is redeemed."""
    async with desk.fields() as (page, vault, fields):
        await fields.locator("#number").wait_for()
        await page.evaluate("frames[0].postMessage({type: 'tuppence.card', token: 'once_' + 'a'.repeat(32)}, '*')")
        await page.wait_for_timeout(300)
        assert await fields.locator("#number").is_visible()
        assert not await vault.locator("#problem").is_visible()


async def test_no_number_is_taken_at_our_own_door(desk: Any) -> None:
    """What the vault takes in this mode has no member for a number, and it lists no test cards."""
    async with desk.fields() as (page, *_):
        told = await page.frames[1].evaluate(
            """async () => {
              const post = (body) => fetch('/card-form/cards', {method: 'POST', body: JSON.stringify(body),
                headers: {'content-type': 'application/json'}}).then((one) => one.json());
              const slip = {ticket: 't.t'};
              return [(await post({...slip, number: '4000110000000017', exp_month: 1, exp_year: 2030, cvv: '123',
                                   zip: '10001', keep: true})).code,
                      (await post({...slip, once: '4000110000000017'})).code,
                      (await fetch('/card-form/sandbox-cards')).status];
            }"""
        )
    assert ["body_refused", "body_refused", 404] == told
