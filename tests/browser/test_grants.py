"""A business asks to charge a card; the person says yes with a proof, sees it in Settings, and takes it back."""

import re
from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Arrive
from tests.browser.visitor import DESKTOP, PHONE

from tuppence.cli import seeds
from tuppence.core import uuid7

pytestmark = pytest.mark.browser
SOON_MS = 30_000
HOME = "https://corner.example"


class Corner:
    """A business of Dan's that sells by the month, as its server would talk to us."""

    def __init__(self, address: str) -> None:
        self.http = httpx2.Client(base_url=address, trust_env=False, timeout=30)
        signed = {"handle": seeds.DAN.handle, "password": seeds.PASSWORD, "device_name": "x", "transport": "bearer"}
        self.http.headers["Authorization"] = f"Bearer {self.call('POST', '/v1/sessions', signed)['token']}"
        self.id = str(uuid7())
        founded = {"name": "Corner", "country": "US", "currency": "USD", "zone": "America/New_York"}
        self.call("PUT", f"/v1/businesses/{self.id}", founded)
        self.http.headers["Tuppence-Business"] = self.id
        app = {"name": "Corner", "home_url": HOME, "confidential": False, "redirect_uris": [f"{HOME}/b"]}
        self.call("PUT", f"/v1/businesses/{self.id}/apps/{uuid7()}", app | {"origins": [HOME]})

    def call(self, method: str, path: str, body: object = None) -> dict[str, str]:
        response = self.http.request(method, path, json=body)
        assert response.status_code < 400, response.text
        told: dict[str, str] = response.json()
        return told

    def ask(self, **more: object) -> dict[str, str]:
        body = {"kind": "on_file", "says": "Corner Plus, each month", "currency": "USD", "per_charge_minor": 999}
        return self.call("PUT", f"/v1/grants/{uuid7()}", body | more)

    def charge(self, grant: dict[str, str]) -> str:
        path = f"/v1/charges/{uuid7()}"
        told = self.call("PUT", path, {"grant_id": grant["id"], "amount_minor": 999, "currency": "USD"})
        while told["state"] == "charging":
            told = self.call("GET", path)
        return told["state"]


@pytest.fixture
def corner(address: str) -> Iterator[Corner]:
    corner = Corner(address)
    yield corner
    corner.http.close()


def test_a_person_lets_a_business_charge_and_stops_it(corner: Corner, arrive: Arrive) -> None:
    """The screen says who, what for, how much and how often; yes takes the PIN; the charge goes through; Settings end
    it; and a no is a no."""
    ann = arrive(seeds.ANN, viewport=PHONE)
    grant = corner.ask(per_period_minor=999, period_days=28)
    ann.page.goto(grant["approve_url"])
    expect(ann.page.get_by_role("heading", name="wants to charge your card")).to_be_visible()
    expect(ann.page.get_by_text(re.compile(r"At most .*\$9.99.* in any .*28.* days"))).to_be_visible()
    assert not ann.is_too_wide()
    assert [] == ann.complaints()
    ann.page.get_by_label("PIN", exact=True).fill("9999")
    ann.page.get_by_role("button", name="Allow", exact=True).click()
    expect(ann.page.get_by_role("alert")).to_be_visible()
    ann.page.get_by_label("PIN", exact=True).fill(seeds.PIN)
    ann.page.keyboard.press("Enter")
    expect(ann.page.get_by_text("You allowed this.")).to_be_visible()
    assert "charged" == corner.charge(grant)

    ann.visit("/settings")
    ann.page.get_by_role("button", name=re.compile("Stop .*Corner")).click()
    assert [] == ann.complaints()
    ann.page.get_by_role("alertdialog").get_by_role("button", name="Stop").click()
    expect(ann.page.get_by_role("heading", name="What businesses may charge")).to_have_count(0)
    assert "revoked" == corner.call("GET", f"/v1/grants/{grant['id']}")["state"]

    bo = arrive(seeds.BO, viewport=DESKTOP)
    refused = corner.ask(kind="once")
    bo.page.goto(refused["approve_url"])
    bo.page.get_by_role("button", name="Don’t allow").click()
    expect(bo.page.get_by_text("You did not allow this.")).to_be_visible()
    assert "declined" == corner.call("GET", f"/v1/grants/{refused['id']}")["state"]
