"""What a half-month came to leaves for the developer's bank account, with real files and a simulated bank."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.billing.games.arcade import Arcade
from tests.payments.ach_world import AchWorld, opened
from tests.payments.conftest import House

from tuppence.billing.games import errors, statements
from tuppence.billing.games.periods import Period
from tuppence.billing.games.statements import PayInvoice, Statement
from tuppence.billing.games.states import Event
from tuppence.core import Policy, uuid7
from tuppence.payments import disputes


@pytest.fixture
def policy() -> Policy:
    """Nobody is asked for a PIN, and Ann may buy as much as she likes."""
    policy = Policy.load()
    games = replace(policy.games, purchase_most_minor=10**9, buyer_day_most_minor=10**9)
    return replace(policy, games=games, step_up=replace(policy.step_up, new_payee=False, above_minor=10**9))


@pytest.fixture
async def world(house: House, tmp_path: Path) -> AsyncIterator[AchWorld]:
    async with opened(house, tmp_path / "ach") as world:
        await world.start()
        yield world


async def _let_bo_be_paid(arcade: Arcade, world: AchWorld, number: str = "1000000010") -> None:
    bank_id = await world.add_and_prove(number, person=arcade.house.bo)
    ask = statements.SetBank(arcade.business, arcade.house.bo, bank_id)
    await arcade.house.do(statements.set_bank, [ask])


async def _sold(arcade: Arcade) -> list[Statement]:
    """The statements of half-months in which something was sold."""
    return [one for one in await arcade.close() if one.net_minor]


async def test_a_half_month_is_paid_three_weeks_after(arcade: Arcade, world: AchWorld) -> None:
    """Held back five hundredths, handed over at the closing, and on the developer's bank statement on its day."""
    await _let_bo_be_paid(arcade, world)
    await arcade.buy("gems", 40)
    ends = Period.of(world.now.date()).ends_at("UTC")
    await world.to(ends + timedelta(hours=1))
    (closed,) = await _sold(arcade)
    assert ("scheduled", 28_000 - 1_400) == (closed.state, closed.payout_minor)
    assert closed.payout_minor not in world.credits()
    await world.days((closed.pay_on - world.now.date()).days + 3)
    (paid,) = await _sold(arcade)

    assert ("paid", 26_600, "USD") == (paid.state, paid.paid_minor, paid.paid_currency)
    assert 26_600 in world.credits()
    assert 0 == await arcade.account("dev_payable")


async def test_what_has_nowhere_to_go_waits_and_then_goes(arcade: Arcade, world: AchWorld) -> None:
    """Without a bank account a payout is held up and says so; once there is one, it is handed over."""
    await arcade.buy("gems", 40)
    await world.to(Period.of(world.now.date()).ends_at("UTC") + timedelta(hours=1))
    (closed,) = await _sold(arcade)
    assert ("blocked", "no_bank") == (closed.state, closed.reason)
    nobodys = statements.SetBank(arcade.business, arcade.house.bo, uuid7())
    with pytest.raises(errors.PayoutBankRefused):
        await arcade.house.do(statements.set_bank, [nobodys])
    await _let_bo_be_paid(arcade, world)
    await arcade.house.work()

    assert ["scheduled"] == [one.state for one in await _sold(arcade)]
    assert [arcade.business.hex] == [
        one["business_id"].replace("-", "") for one in await arcade.house.feed(arcade.house.bo, "payout_bank")
    ][:1]


async def test_a_developer_of_another_currency_is_paid_ours(arcade: Arcade, world: AchWorld) -> None:
    """What is owed in euros is exchanged when the half-month closes, through `fx` on both sides."""
    other = await Arcade(arcade.house).open(currency="EUR")
    await _let_bo_be_paid(other, world)
    await other.buy("hat", 20)
    await world.to(Period.of(world.now.date()).ends_at("UTC") + timedelta(hours=1))
    (closed,) = await _sold(other)
    await world.days((closed.pay_on - world.now.date()).days + 3)
    (paid,) = await _sold(other)

    assert ("paid", "EUR", 26_600) == (paid.state, paid.currency, paid.payout_minor)
    assert ("USD", round(26_600 * 1.1574)) == (paid.paid_currency, paid.paid_minor)
    assert paid.paid_minor in world.credits()
    assert 0 == await other.account("dev_payable", "EUR")
    assert [] == await other.broken()


async def _in_debt(arcade: Arcade, world: AchWorld) -> PayInvoice:
    """A chargeback after the payout: the developer owes us, and Bo's card is to pay."""
    await _let_bo_be_paid(arcade, world)
    bought = await arcade.buy("gems", 100)
    await world.to(Period.of(world.now.date()).ends_at("UTC") + timedelta(hours=1))
    (closed,) = await _sold(arcade)
    await world.days((closed.pay_on - world.now.date()).days + 3)
    await arcade.befall(bought, Event.CHARGED_BACK)
    await world.to(Period.of(world.now.date()).ends_at("UTC") + timedelta(hours=1))
    last = (await arcade.close())[-1]
    assert (70_000, "carried") == (last.invoice_minor, last.state)
    (card,) = await arcade.house.cards(arcade.house.bo)
    return PayInvoice(uuid7(), arcade.business, arcade.house.bo, UUID(card["id"]))


async def test_a_deep_debt_is_asked_for_and_paid_by_card(arcade: Arcade, world: AchWorld) -> None:
    """A chargeback after the payout leaves the developer owing us: an invoice, a charge, and an entry that pays it.
    While it is being paid nobody pays it a second time.
    """
    ask = await _in_debt(arcade, world)
    await arcade.house.do(statements.pay_invoice, [ask], policy=arcade.policy)
    await arcade.house.do(statements.pay_invoice, [ask], policy=arcade.policy)
    with pytest.raises(errors.InvoiceNotFound):
        await arcade.house.do(statements.pay_invoice, [replace(ask, id=uuid7())], policy=arcade.policy)
    await arcade.house.work()

    assert (await arcade.close())[-1].invoice_paid_at is not None
    assert "invoice.issued" in " ".join(await arcade.told())
    with pytest.raises(errors.InvoiceNotFound):
        await arcade.house.do(statements.pay_invoice, [ask], policy=arcade.policy)
    assert 0 == await arcade.account("dev_payable")


async def test_what_paid_a_debt_and_is_contested_is_owed_again(arcade: Arcade, world: AchWorld) -> None:
    """The member's bank takes it back: the developer owes us as before, and no more once it is won; the house bears
    nothing meanwhile. Conceded to oneself it is owed again, too.
    """
    ask = await _in_debt(arcade, world)
    await arcade.house.do(statements.pay_invoice, [ask], policy=arcade.policy)
    await arcade.house.work()
    before = (await arcade.house.balances())["chargeback_receivable"]
    for event, owed in ((disputes.Event.OPEN, -70_000), (disputes.Event.NETWORK_WON, 0)):
        case = disputes.Case("9", event, "charge", ask.id, disputes.Reason.FRAUD, 70_000, "USD", date(2028, 12, 24))
        await arcade.house.do(disputes.hear, [case], policy=arcade.policy)
        await arcade.house.work()
        assert owed == await arcade.account("dev_payable")
        assert before == (await arcade.house.balances())["chargeback_receivable"]

    report = disputes.Report(uuid7(), arcade.house.bo, "charge", ask.id, disputes.Reason.NOT_RECEIVED, "")
    await arcade.house.do(disputes.report, [report], policy=arcade.policy)
    conceded = disputes.Ask(report.id, disputes.Event.CONCEDE, by=arcade.business)
    await arcade.house.do(disputes.act, [conceded], policy=arcade.policy)
    await arcade.house.work()
    assert -70_000 == await arcade.account("dev_payable")
    assert before == (await arcade.house.balances())["chargeback_receivable"]


async def test_what_comes_back_goes_to_another_account(arcade: Arcade, world: AchWorld) -> None:
    """A closed account sends it back: it is held until a member names another, and then it goes there."""
    await _let_bo_be_paid(arcade, world, "2000000019")
    await arcade.buy("gems", 40)
    await world.to(Period.of(world.now.date()).ends_at("UTC") + timedelta(hours=1))
    (closed,) = await _sold(arcade)
    await world.days((closed.pay_on - world.now.date()).days + 5)
    (held,) = await _sold(arcade)
    assert ("held", "R02") == (held.state, held.reason)
    await _let_bo_be_paid(arcade, world, "1000000010")
    await world.days(12)

    assert ["paid"] == [one.state for one in await _sold(arcade)]
    assert 26_600 in world.credits()
