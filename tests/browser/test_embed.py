"""Somebody else's chat pays through us: connected once, "$15" becomes a swipe, the payment is shown in a frame."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from tests.browser.conftest import Arrive
from tests.browser.visitor import DESKTOP, PHONE, Visitor

from tuppence.cli import seeds

pytestmark = pytest.mark.browser
SOON_MS = 30_000
ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs/guide/embed-in-a-chat.md"
_BLOCK = re.compile(r"^```sh test=chat\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def chat(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the example is found, once the guide's own commands have registered and started it."""
    folder = tmp_path_factory.mktemp("chat")
    (folder / "examples").symlink_to(ROOT / "examples")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        home = f"http://chat.localhost:{free.getsockname()[1]}"
    register, start = [
        block.replace("http://localhost:8100", address).split() for block in _BLOCK.findall(GUIDE.read_text())
    ]
    environment = os.environ | {"CHAT_HOME": home}
    subprocess.run(
        [sys.executable, *register[1:]], cwd=folder, env=environment, input=seeds.PASSWORD, text=True, check=True
    )
    with subprocess.Popen([sys.executable, *start[1:]], cwd=folder, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert home in running.stdout.readline()
        yield home
        running.terminate()


def enter(visitor: Visitor, home: str, name: str) -> None:
    visitor.page.goto(home)
    visitor.page.get_by_label("Your name here").fill(name)
    visitor.page.get_by_role("button", name="Enter").click()


def swipe(page: Page) -> None:
    """With a finger, or a mouse: from the knob to the other end."""
    box = page.locator("tuppence-pay").bounding_box()
    assert box
    page.mouse.move(box["x"] + 25, box["y"] + 26)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 26, steps=8)
    page.mouse.up()


def bubble(page: Page) -> FrameLocator:
    return page.locator("tuppence-payment").last.frame_locator("iframe")


def test_a_newcomer_connects_swipes_and_both_see_what_becomes_of_it(arrive: Arrive, chat: str) -> None:
    """From "$15" in a chat that never heard of us to a payment in a frame: consent once, a swipe, the PIN in our own
    window; by keyboard the second time; and once disconnected in Settings the chat can do nothing."""
    ann, bo = arrive(seeds.ANN, viewport=PHONE), arrive(seeds.BO, viewport=DESKTOP)
    enter(ann, chat, "Ann")
    enter(bo, chat, "Bo")
    bo.page.get_by_role("link", name="Connect Tuppence").click()
    expect(bo.page.get_by_role("heading", name="Corner Chat")).to_be_visible()
    assert [] == bo.complaints()
    bo.page.get_by_role("button", name="Allow", exact=True).click()
    bo.page.wait_for_url(f"{chat}/")

    expect(ann.page.locator("#who")).to_contain_text("Ann with Bo")
    ann.page.get_by_label("Message", exact=True).fill("$15")
    ann.page.get_by_role("link", name="Connect Tuppence to pay").click()
    expect(ann.page.get_by_text("Send money to your friends")).to_be_visible()
    assert not ann.is_too_wide()
    assert [] == ann.complaints()
    ann.page.keyboard.press("Tab")
    ann.page.get_by_role("button", name="Allow", exact=True).press("Enter")
    ann.page.wait_for_url(f"{chat}/")

    ann.page.get_by_label("Message", exact=True).fill("$15")
    assert [] == ann.complaints()
    swipe(ann.page)
    confirm = bubble(ann.page).get_by_role("link", name="Confirm in Tuppence")
    expect(confirm).to_be_visible(timeout=SOON_MS)
    with ann.context.expect_page() as opened:
        confirm.click()
    opened.value.get_by_role("button", name="Confirm").click()
    opened.value.get_by_label("PIN", exact=True).fill(seeds.PIN)
    opened.value.keyboard.press("Enter")
    for page in (ann.page, bo.page):
        expect(bubble(page).locator(".chip")).to_have_text("Delivered", timeout=SOON_MS)
        page.wait_for_function("document.querySelector('iframe').clientHeight > 150")  # nothing is cut off
    expect(bubble(bo.page).get_by_text(re.compile("Ann Lee.* paid you")).first).to_be_visible()

    ann.page.get_by_label("Message", exact=True).fill("$7.50")
    ann.page.locator("tuppence-pay").get_by_role("button").press("Enter")
    expect(ann.page.locator("tuppence-payment")).to_have_count(2)
    expect(bubble(ann.page).get_by_text("$7.50").first).to_be_visible(timeout=SOON_MS)

    ann.visit("/settings")
    ann.page.get_by_role("button", name=re.compile("Disconnect .*Corner Chat")).click()
    assert [] == ann.complaints()
    ann.page.get_by_role("alertdialog").get_by_role("button", name="Disconnect").click()
    expect(ann.page.get_by_role("heading", name="Connected apps")).to_have_count(0)
    ann.page.goto(chat)
    ann.page.get_by_label("Message", exact=True).fill("$5")
    ann.page.locator("tuppence-pay").get_by_role("button").press("Enter")
    expect(ann.page.locator("p.problem")).to_be_visible(timeout=SOON_MS)


def test_a_mere_tap_is_asked_about_and_a_no_is_taken_home(arrive: Arrive, chat: str) -> None:
    """Somebody who taps must tap again; somebody who does not allow comes back unconnected; French is spoken; and a
    request that is not to be trusted stays with us."""
    chloe = arrive(seeds.CHLOE, viewport=PHONE)
    body = "{method: 'PATCH', headers: {'Content-Type': 'application/json'}, body: '{\"locale\": \"fr\"}'}"
    chloe.page.evaluate(f"fetch('/v1/me', {body})")
    enter(chloe, chat, "Chloé")
    chloe.page.get_by_role("link", name="Connect Tuppence").click()
    expect(chloe.page.get_by_role("heading", name="souhaite se connecter")).to_be_visible()
    assert [] == chloe.complaints()
    chloe.page.get_by_role("button", name="Ne pas autoriser").click()
    expect(chloe.page.get_by_text("You did not connect Tuppence.")).to_be_visible()

    chloe.visit("/oauth/authorize?response_type=code&client_id=nobody")
    expect(chloe.page.get_by_role("heading", name="Ce lien n’est pas fiable")).to_be_visible()

    chloe.page.goto(chat)
    chloe.page.evaluate(
        "document.body.innerHTML = '<tuppence-pay amount=1500 currency=USD to=Bo lang=en></tuppence-pay>'"
    )
    heard = "document.addEventListener('tuppence-pay', () => { document.title = 'meant' })"
    chloe.page.evaluate(heard)
    button = chloe.page.locator("tuppence-pay").get_by_role("button")
    button.click()
    expect(button).to_contain_text("Press again")
    assert "meant" != chloe.page.title()
    button.click()
    expect(chloe.page).to_have_title("meant")
