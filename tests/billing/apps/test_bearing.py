"""Granted charges that are disputed: the business bears them, and has again what is won."""

from datetime import date, timedelta
from uuid import UUID

from tests.billing.apps.test_grants import Corner, corner, house, password_hash, policy

from tuppence.billing.apps.grants.bearing import bear
from tuppence.core import uuid7
from tuppence.payments import charges, disputes
from tuppence.payments.disputes import Case, Event, Reason, Report
from tuppence.payments.sends.model import Answer, Recorded

__all__ = ["corner", "house", "password_hash", "policy"]
_TAKEN = {"card_clearing": 1_000, "dev_payable": -941, "fee_income": -59}
_BORNE = {"dev_payable": 59, "fee_income": -59}


async def _file(corner: Corner, charge_id: UUID, event: Event) -> None:
    """The network's file says something of the case; the job runs, and runs again."""
    case = Case("7", event, "charge", charge_id, Reason.FRAUD, 1_000, "USD", date(2027, 12, 24))
    dispute = await corner.house.do(disputes.hear, [case], policy=corner.house.policy)
    await corner.house.work()
    await corner.house.do(bear, [dispute.id], policy=corner.house.policy)


async def test_a_chargeback_falls_on_the_business_until_it_is_won(corner: Corner) -> None:
    """What the bank took is owed to the business no more; won, it is again. The house keeps its fee, bears nothing."""
    charge_id = await corner.take(await corner.granted())
    await _file(corner, charge_id, Event.OPEN)
    assert _BORNE == await corner.house.balances()
    await _file(corner, charge_id, Event.NETWORK_WON)

    assert _TAKEN == await corner.house.balances()
    heard = [kind for kind, _ in await corner.heard() if kind.startswith("dispute")]
    assert ("dispute.opened", "dispute.closed") == (heard[0], heard[-1])


async def test_what_a_buyer_is_given_falls_on_the_business(corner: Corner) -> None:
    """It says nothing for 72 hours, the money goes back, and is taken from what it is owed, once."""
    charge_id = await corner.take(await corner.granted())
    report = Report(uuid7(), corner.house.ann, "charge", charge_id, Reason.NOT_RECEIVED, "it never came")
    await corner.house.do(disputes.report, [report], policy=corner.house.policy)
    await corner.house.work(after=timedelta(hours=72, seconds=1))
    await corner.house.work()

    assert 1 == len(corner.house.bank.moved("refund"))
    assert {"card_clearing": 1_000, "refund_clearing": -1_000} | _BORNE == await corner.house.balances()


async def test_what_was_never_theirs_is_not_taken_from_a_business(corner: Corner) -> None:
    """A debit that was told as declined was found after all: a chargeback of it is the house's."""
    corner.house.bank.fates["ann's other"] = "reversed"
    charge_id = await corner.take(await corner.granted())
    asked = corner.house.bank.asked[0]
    found = [Recorded(asked.id, Answer("found", rrn="123456789012"))]
    await corner.house.do(charges.record, found, policy=corner.house.policy)
    await corner.house.work()
    await _file(corner, charge_id, Event.OPEN)

    balances = await corner.house.balances()
    assert (1_000, 0) == (balances["chargeback_receivable"], balances.get("dev_payable", 0))
