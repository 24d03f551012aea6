"""A house with euros, in a real browser: somebody adds an IBAN, proves it, and is paid to it by SEPA."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Arrive, lived
from tests.browser.test_banks import DAYS_MOST, SOON_MS, STATEMENT, a_day_passes, prove, until_delivered
from tests.quick import quick_folder

import tuppence.core
from tuppence.cli import seeds
from tuppence.cli.house import sandbox_settings
from tuppence.settings import Settings

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """A house of its own, with the rules that the guide tells an operator in Europe to write."""
    text = (Path(tuppence.core.__file__).parent / "policy.toml").read_text()
    for ours, theirs in {'currency = "USD"': 'currency = "EUR"', "debits = true": "debits = false"}.items():
        assert ours in text, ours
        text = text.replace(ours, theirs, 1)
    with quick_folder() as name:
        policy = Path(name) / "policy.toml"
        policy.write_text(text)
        with lived(sandbox_settings(Path(name) / "house", free_ports=True, policy_file=policy)) as settings:
            yield settings


@pytest.fixture(scope="module")
def address(settings: Settings) -> str:
    return settings.public_url


def test_dan_adds_an_iban_and_is_paid_to_it_in_euros(arrive: Arrive, settings: Settings) -> None:
    """A slip of the keyboard stands beside the field; blanks and small letters are taken; the order is a pain.001."""
    dan = arrive(seeds.DAN)
    dan.visit("/settings")
    dan.page.get_by_role("button", name="Add a bank account").click()
    sheet = dan.page.get_by_role("dialog")
    expect(sheet.get_by_label("Routing number")).to_have_count(0)
    sheet.get_by_label("IBAN").fill("de46 9999 0001 1000 0000 10")
    dan.page.keyboard.press("Enter")
    expect(sheet.get_by_label("IBAN")).to_have_attribute("aria-invalid", "true")
    expect(sheet).to_contain_text("This is not an IBAN")
    assert [] == dan.complaints()
    sheet.get_by_label("IBAN").fill("de45 9999 0001 1000 0000 10")
    sheet.get_by_role("button", name="Add a bank account").click()
    expect(sheet).to_have_count(0)
    line = dan.page.locator(".card-line").filter(has_text="Lindenbank ••0010")
    expect(line).to_contain_text("Two deposits should be there by")
    prove(dan)
    dan.page.get_by_role("radio", name=re.compile("Lindenbank")).check()
    expect(line).to_contain_text("Receives")
    assert [] == dan.complaints()

    ann = arrive(seeds.ANN)
    ann.open_chat(seeds.DAN)
    ann.pay("5")
    expect(ann.payment()).to_contain_text("€5", timeout=SOON_MS)
    dan.open_chat(seeds.ANN)
    until_delivered(dan)
    expect(dan.payment()).to_contain_text("Lindenbank", timeout=SOON_MS)
    for _ in range(DAYS_MOST):
        a_day_passes(dan)
    assert 500 in [one["amount_minor"] for one in dan.page.evaluate(STATEMENT)]
    assert list((settings.bank_folder / "sent").glob("*.pain001.xml"))
    assert list((settings.bank_folder / "read").glob("*.camt053.xml"))
