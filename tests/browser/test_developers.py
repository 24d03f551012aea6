"""A developer at the screens: a key, an endpoint that really hears, its log, events, requests and the clock."""

import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Arrive
from tests.browser.test_business import found
from tests.browser.visitor import DESKTOP, PHONE, SMALL, Visitor

from tuppence.cli import seeds

pytestmark = pytest.mark.browser
SOON_MS = 15_000


class Hook(BaseHTTPRequestHandler):
    """Answers 200 to whatever is posted."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"thanks")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def hook() -> Iterator[str]:
    """A receiver on this machine."""
    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/hooks"
    server.shutdown()
    server.server_close()
    thread.join()


def place(visitor: Visitor, name: str) -> None:
    """One of the developers' pages."""
    visitor.page.get_by_role("navigation", name="Developers’ pages").get_by_role("link", name=name).click()


def make_key(visitor: Visitor) -> str:
    visitor.page.get_by_role("navigation", name="Places").get_by_role("link", name="Developers").click()
    visitor.page.get_by_label("What it is for").fill("Game server")
    for scope in ("events:read", "webhooks:write"):
        visitor.page.get_by_role("checkbox", name=scope).check()
    visitor.page.get_by_role("button", name="Make the key").click()
    shown = visitor.page.locator(".made pre")
    expect(shown).to_contain_text("tup_test_")
    return shown.inner_text().strip()


def add_endpoint(visitor: Visitor, url: str) -> None:
    place(visitor, "Webhooks")
    visitor.page.get_by_label("Where your program hears").fill(url)
    visitor.page.get_by_role("button", name="Add it").click()
    expect(visitor.page.locator(".made pre")).to_contain_text("whsec_")


def register_app(visitor: Visitor, name: str) -> None:
    place(visitor, "Apps")
    visitor.page.get_by_label("Its name").fill(name)
    visitor.page.get_by_label("Its home page").fill("https://chat.example")
    visitor.page.get_by_label("Where people come back to").fill("https://chat.example/back http://localhost:9/back")
    visitor.page.get_by_role("button", name="Register it").click()
    expect(visitor.page.locator(".app-line")).to_contain_text(name)


def test_an_app_from_its_registration_to_its_end(arrive: Arrive) -> None:
    """What is wrong is said beside the form; the secret is shown once; a change keeps the client id."""
    ann = arrive(seeds.ANN, viewport=DESKTOP)
    found(ann, "Maple Apps")
    ann.page.get_by_role("navigation", name="Places").get_by_role("link", name="Developers").click()
    place(ann, "Apps")
    ann.page.get_by_role("button", name="Register it").click()
    expect(ann.page.get_by_role("alert").last).to_have_text("Enter its name")
    register_app(ann, "Corner Chat")
    line = ann.page.locator(".app-line")
    for text in ("0 people connected", "https://chat.example/back http://localhost:9/back", "Nothing allowed so far"):
        expect(line).to_contain_text(text)

    ann.page.get_by_role("button", name=re.compile("New secret for")).click()
    expect(ann.page.locator(".made pre")).to_contain_text("tus_")
    client_id = line.locator(".code").first.inner_text()
    ann.page.get_by_role("button", name=re.compile("Change .")).click()
    ann.page.get_by_label("Whose pages may show payments").fill("chat.example")
    ann.page.get_by_role("button", name="Save").click()
    expect(ann.page.get_by_role("alert").last).to_contain_text("Check the name and the addresses")
    ann.page.get_by_label("Whose pages may show payments").fill("https://chat.example")
    ann.page.get_by_role("button", name="Save").click()
    expect(line).to_contain_text("Pages that may show payments https://chat.example")
    expect(line.locator(".code").first).to_have_text(client_id)

    ann.page.reload()
    expect(line).to_be_visible()
    expect(ann.page.locator(".made")).to_have_count(0)
    ann.page.get_by_role("button", name=re.compile("Retire .")).click()
    ann.page.get_by_role("button", name="Retire", exact=True).click()
    expect(ann.page.get_by_text("No apps yet.")).to_be_visible()


def test_from_a_key_to_a_delivery_that_is_replayed(arrive: Arrive, hook: str) -> None:
    """The key opens what it says, the endpoint hears a ping, the log has each attempt, and once more on request."""
    ann = arrive(seeds.ANN, viewport=DESKTOP)
    found(ann, "Maple Hooks")
    key = make_key(ann)
    ann.page.reload()
    expect(ann.page.get_by_text("never used")).to_be_visible()
    expect(ann.page.locator(".made")).to_have_count(0)

    place(ann, "Webhooks")
    ann.page.get_by_label("Where your program hears").fill("http://10.0.0.1/hooks")
    ann.page.get_by_role("button", name="Add it").click()
    expect(ann.page.get_by_text("This must be a public https address")).to_be_visible()
    add_endpoint(ann, hook)
    ann.page.get_by_role("link", name=hook).click()
    ann.page.get_by_role("button", name="Send a ping").click()
    delivery = ann.page.locator("details.account").first
    for _ in range(10):
        ann.page.get_by_role("button", name="Look again").click()
        if "Delivered" in delivery.inner_text():
            break
        ann.page.wait_for_timeout(500)
    expect(delivery).to_contain_text("Delivered")
    delivery.locator("summary").click()
    expect(delivery.get_by_role("row")).to_have_count(2)
    expect(delivery).to_contain_text("thanks")
    delivery.get_by_role("button", name="Replay").click()
    expect(ann.page.get_by_text("1 event is on its way again.")).to_be_visible()
    for _ in range(10):
        ann.page.get_by_role("button", name="Look again").click()
        if "2 attempts" in delivery.inner_text():
            break
        ann.page.wait_for_timeout(500)
    expect(delivery).to_contain_text("2 attempts")

    place(ann, "Events")
    ann.page.get_by_label("Type").select_option("payout.paid")
    ann.page.get_by_role("button", name="Make one up").click()
    event = ann.page.locator("details.account").first
    event.locator("summary").click()
    expect(event).to_contain_text('"example": true')

    assert 404 == _status(f"{ann.address}/v1/events/01a20000-0000-7000-8000-00000000dead", key)
    place(ann, "Requests")
    ann.page.wait_for_timeout(1_000)
    ann.page.get_by_role("button", name="Look again").click()
    expect(ann.page.get_by_role("row").nth(1)).to_contain_text("event_not_found")

    place(ann, "Clock")
    before = ann.page.locator(".amount time").get_attribute("datetime")
    ann.page.get_by_role("button", name="+1 hour").click()
    expect(ann.page.locator(".amount time")).not_to_have_attribute("datetime", before or "")


def _status(url: str, key: str) -> int:
    """What a program with the key is answered."""
    try:
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize(
    "look",
    [
        pytest.param({"viewport": PHONE, "color_scheme": "dark"}, id="phone, dark"),
        pytest.param({"viewport": DESKTOP, "color_scheme": "light"}, id="desktop"),
        pytest.param({"viewport": SMALL, "color_scheme": "light"}, id="320 px, then French"),
    ],
)
def test_its_pages_are_for_everybody(arrive: Arrive, hook: str, look: dict[str, object]) -> None:
    """Each page passes axe and fits its window, with something in it."""
    visitor = arrive(seeds.BO, **look)
    found(visitor, "Bo’s Shop")
    home = visitor.page.url.removeprefix(visitor.address)
    make_key(visitor)
    faults = {"key made": _faults(visitor)}
    register_app(visitor, "Corner Chat")
    add_endpoint(visitor, hook)
    faults["endpoint made"] = _faults(visitor)
    visitor.page.get_by_role("link", name=hook).click()
    visitor.page.get_by_role("button", name="Send a ping").click()
    visitor.page.locator("details.account").first.wait_for()
    endpoint = visitor.page.url.removeprefix(visitor.address)
    if look["viewport"] == SMALL:
        visitor.speak("Français")
    visitor.page.wait_for_timeout(1_500)
    for path in (
        *(f"{home}/developers/{one}" for one in ("keys", "apps", "webhooks", "events", "requests", "clock")),
        endpoint,
    ):
        visitor.visit(path)
        visitor.page.locator(".tabs").wait_for()
        visitor.page.wait_for_timeout(400)
        faults[path] = _faults(visitor)
    visitor.page.locator("details.account summary").first.click()
    visitor.page.locator(".json").first.wait_for()
    faults["a delivery, opened"] = _faults(visitor)
    if look["viewport"] == SMALL:
        visitor.speak("English")

    assert {name: [] for name in faults} == faults


def _faults(visitor: Visitor) -> list[object]:
    return visitor.complaints() + (["too wide"] if visitor.is_too_wide() else [])


@pytest.mark.parametrize(
    "look", [{"viewport": DESKTOP, "color_scheme": "light"}, {"viewport": SMALL, "color_scheme": "dark"}]
)
def test_the_reference_is_served_by_us(arrive: Arrive, look: dict[str, object]) -> None:
    """Under our policy, with nothing from elsewhere: every operation, found by a word, and what endpoints are sent."""
    visitor = arrive(**look)
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    visitor.visit("/docs")
    visitor.page.get_by_role("heading", name="Tuppence API").wait_for()
    expect(visitor.page.locator("article").nth(100)).to_be_attached()
    expect(visitor.page.locator("#sent")).to_contain_text("game.purchase.completed")
    visitor.page.get_by_label("Search").fill("replay_events")
    expect(visitor.page.locator("article")).to_have_count(1)
    for part in visitor.page.locator("article > details > summary").all():
        part.click()
    faults = _faults(visitor)

    assert [] == faults
    assert [] == [url for url in asked if not url.startswith(visitor.address)]
