"""What an operator reads and does about breaks."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr
from tests.payments.clearing import Network
from tests.payments.conftest import House, befriend, house, password_hash, policy

from tuppence.cli import breaks, operate
from tuppence.db.embedded import Urls
from tuppence.payments import reconciliation
from tuppence.payments.reconciliation import Close
from tuppence.settings import Settings

__all__ = ["befriend", "house", "password_hash", "policy"]  # fixtures


@pytest.fixture
def settings(urls: Urls, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=SecretStr(urls.app), clearing_dir=tmp_path / "clearing")


async def test_from_a_file_to_a_closed_break(
    house: House, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Run says how many are open; the list has kind and amount; closing says who and why, and shows in the list."""
    network = Network(house, settings.clearing_folder)
    await house.send()
    await house.work_off_undo()
    await network.close_day(lambda lines: [replace(lines[0], amount_minor=1_998), *lines[1:]])
    assert 1 == await breaks.run(settings)
    await breaks.listing(settings, ended=False)
    async with house.database.transaction() as tx:
        (found,) = await reconciliation.list_breaks(tx)
    said = capsys.readouterr().out
    assert "1 files with 2 lines; 0 news; 1 breaks open." in said
    assert f"{found.id}  amount" in said
    assert "0.02 USD" in said

    await breaks.show(settings, found.id)
    assert "0.02 USD in card_clearing" in capsys.readouterr().out
    with pytest.raises(reconciliation.errors.BreakHasAmount):
        await breaks.close(settings, Close(found.id, "olga", "two cents"))
    await breaks.close(settings, Close(found.id, "olga", "two cents", write_off=True))
    assert "Closed; 0.02 USD booked to loss." in capsys.readouterr().out
    await breaks.listing(settings, ended=True)
    assert "closed: two cents" in capsys.readouterr().out
    assert 0 == await breaks.run(settings)
    with pytest.raises(reconciliation.errors.BreakNotFound):
        await breaks.show(settings, uuid4())


async def test_what_a_payment_costs(house: House, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """By item, and for each payment delivered."""
    network = Network(house, settings.clearing_folder)
    await house.send()
    await house.work_off_undo()
    await network.close_day()
    await breaks.run(settings)
    await operate.unit_cost(settings, 30)

    said = capsys.readouterr().out
    assert ["regulated_debit", "1", "0.25", "USD", "0.25", "USD", "0.25", "USD"] == said.splitlines()[-3].split()
    assert "A payment costs 0.42 USD." in said


async def test_how_many_debits_came_back(house: House, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """A line a rate, with what Nacha allows; nothing is passed where nothing was debited."""
    assert house.database
    assert [] == await breaks.returns(settings)
    said = capsys.readouterr().out

    assert "unauthorised         0 of 0  0.00 % of at most 0.50 %" in said
    assert "overall              0 of 0  0.00 % of at most 15.00 %" in said
