"""What happens between friends meanwhile: small sums both ways, claims, and a bank that takes one back."""

from uuid import UUID

from tests.simulation.quarter.town import Town

from tuppence import payments
from tuppence.core import uuid7
from tuppence.payments import disputes
from tuppence.payments.disputes import Ask, Event, Reason, Report


async def day(town: Town) -> None:
    """Ann pays Bo or Bo pays Ann; now and then a bank says no, or nothing."""
    dice, house = town.dice, town.house
    for _ in range(dice.randrange(1, 3)):
        payer, payee, token = dice.choice([(house.ann, house.bo, "ann's"), (house.bo, house.ann, "bob's")])
        town.fate(f"debit {token}", dice.choice(["accept"] * 10 + ["insufficient_funds", "silent"]))
        await town.may(house.send(payer=payer, payee=payee, amount_minor=dice.randrange(100, 2_500)))
        await house.work_off_undo()
        town.fate(f"debit {token}")


async def a_claim_waits(town: Town) -> None:
    """Nobody decides: ten business days later it is credited, after forty-five days it is decided."""
    town.notes["claim"] = await _claimed(town)


async def claims_are_decided(town: Town) -> None:
    """One for whoever paid, one for whoever was paid."""
    for verdict in (Event.FOR_CLAIMANT, Event.FOR_RESPONDENT):
        claim = await _claimed(town)
        for event in (Event.TAKE, verdict):
            ask = Ask(UUID(claim["id"]), event, operator="olga", says="looked at it")
            await town.house.do(disputes.move, [ask], policy=town.house.policy)
        await town.house.work()


async def a_bank_takes_one_back(town: Town) -> None:
    """The network then gives it back to us."""
    sent = await _sent(town)
    number = await town.hear("chargeback", UUID(sent["id"]), sent["amount_minor"])
    town.notes["taken back"] = sent, number


async def and_loses(town: Town) -> None:
    sent, number = town.notes["taken back"]
    await town.hear("won", UUID(sent["id"]), sent["amount_minor"], number)


async def _sent(town: Town) -> payments.View:
    sent = await town.house.send(payer=town.house.bo, payee=town.house.ann, amount_minor=1_000)
    await town.house.work_off_undo()
    seen = await town.house.see(sent, town.house.bo)
    assert seen["state"] in ("credited", "available"), seen
    return sent


async def _claimed(town: Town) -> disputes.View:
    sent = await _sent(town)
    ask = Report(uuid7(), town.house.bo, "payment", UUID(sent["id"]), Reason.NOT_ME, "I was asleep.")
    view: disputes.View = await town.house.do(disputes.report, [ask], policy=town.house.policy)
    return view
