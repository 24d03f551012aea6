"""What happens to the studios: purchases of every kind, and what comes of them."""

from uuid import UUID

from tests.billing.games.arcade import Arcade
from tests.simulation.quarter.town import Town

from tuppence.billing.games import actions, claims, queries, statements
from tuppence.billing.games.model import Purchase
from tuppence.billing.games.states import PAID, State
from tuppence.core import uuid7
from tuppence.payments import disputes
from tuppence.payments.disputes import Ask, Event

_FATES = ["accept"] * 12 + ["insufficient_funds", "insufficient_funds", "silent"]  # soft: the card lives on


async def day(town: Town) -> None:
    """A few purchases, small and large, at home and abroad; some are declined, some are given back in part."""
    dice, house = town.dice, town.house
    for _ in range(dice.randrange(2, 5)):
        town.fate("ann's", dice.choice(_FATES))
        sku = dice.choice(["gems", "gems", "dot", "hat"])
        studio = town.euro if sku == "hat" else town.arcade
        bought = await buy(town, studio, sku, dice.randrange(1, 4))
        town.fate("ann's")
        if bought and bought.state in PAID and dice.random() < 0.8:
            await studio.mark(bought)
            if dice.random() < 0.2:
                await town.may(studio.refund(bought, dice.randrange(1, bought.total_minor)))
    await house.work()


async def buy(town: Town, studio: Arcade, sku: str, quantity: int = 1, card: UUID | None = None) -> Purchase | None:
    bought: Purchase | None = await town.may(studio.buy(sku, quantity, card_id=card or town.arcade.card))
    return bought


async def _gems(town: Town, quantity: int = 1) -> Purchase:
    bought = await buy(town, town.arcade, "gems", quantity)
    assert bought
    assert State.COMPLETED == bought.state, bought.why
    return bought


# - before money moves ------------------------------------------------------------------------------------------------


async def quotes_that_come_to_nothing(town: Town) -> None:
    """One is cancelled; one is left until it is too old."""
    cancelled = await town.arcade.quote()
    ask = actions.Cancel(cancelled.id, town.house.ann)
    await town.house.do(actions.cancel, [ask], policy=town.arcade.policy)
    await town.arcade.quote()


async def vetoes(town: Town) -> None:
    """The game says no, and then nothing at all."""
    for answer in ({"approve": False, "reason": "Sold out"}, None):
        town.arcade.server.answer = answer
        await buy(town, town.arcade, "gems")
    town.arcade.server.answer = {"approve": True}


async def a_bank_says_no_and_banks_say_nothing(town: Town) -> None:
    """Of those without answer one debit is dead, one was taken after all."""
    for fate in ("insufficient_funds", "silent", "silent"):
        town.fate("ann's", fate)
        await buy(town, town.arcade, "gems")
    town.fate("ann's")


async def a_bundle_is_declined(town: Town) -> None:
    """Two small purchases with a card that has nothing on it: both fall at the day's end."""
    poor = town.notes.setdefault("poor card", await town.house.add_card(town.house.ann, "poor"))
    town.fate("poor", "insufficient_funds")
    for _ in range(2):
        await buy(town, town.arcade, "dot", card=poor)


async def a_bundle_is_charged(town: Town) -> None:
    for _ in range(3):
        await buy(town, town.arcade, "dot")


# - afterwards --------------------------------------------------------------------------------------------------------


async def given_and_used_up(town: Town) -> None:
    bought = await _gems(town)
    await town.arcade.mark(bought)
    await town.arcade.mark(bought, "consume")


async def refunded_in_parts(town: Town) -> None:
    bought = await _gems(town)
    await town.arcade.refund(bought, 300)
    await town.arcade.refund(bought)


async def a_dispute_is_not_answered(town: Town) -> None:
    """Seventy-two hours later the buyer has their money."""
    await town.arcade.dispute(await _gems(town))


async def disputes_are_answered(town: Town) -> None:
    """Each answer that there is; a refusal is then decided by an operator, for either side."""
    for outcome, verdict in (
        ("refunded_in_cash", None),
        ("granted_replacement_item", None),
        ("denied_refund", Event.FOR_RESPONDENT),
        ("banned_user", Event.FOR_CLAIMANT),
    ):
        bought = await _gems(town)
        await town.arcade.dispute(bought)
        ask = claims.AnswerDispute(bought.id, town.arcade.business, outcome)  # type: ignore[arg-type]
        await town.house.do(claims.answer, [ask], policy=town.house.policy)
        await town.house.work()
        if verdict:
            async with town.house.database.transaction() as tx:
                found = (await queries.disputes_of(tx, [bought.id]))[bought.id]
            decide = Ask(found.dispute_id, verdict, operator="olga", says="looked at it")
            await town.house.do(disputes.move, [decide], policy=town.house.policy)
            await town.house.work()


async def chargebacks_open(town: Town) -> None:
    """Three banks take money back; one network decides at once, one after our answer, one after a second round."""
    opened = []
    for _ in range(3):
        bought = await _gems(town)
        opened.append((bought, await town.hear("chargeback", bought.id, bought.total_minor)))
    bought, number = opened.pop()
    await town.hear("won", bought.id, bought.total_minor, number)
    town.notes["chargebacks"] = opened


async def chargebacks_end(town: Town) -> None:
    """By now the house has answered by itself: one is contested and lost, one is won."""
    (lost, first), (won, second) = town.notes["chargebacks"]
    await town.hear("contested", lost.id, lost.total_minor, first)
    await town.hear("lost", lost.id, lost.total_minor, first)
    await town.hear("won", won.id, won.total_minor, second)


# - payouts -----------------------------------------------------------------------------------------------------------


async def a_studio_sells_much(town: Town) -> None:
    """$700 in one purchase; nobody said yet where its money goes."""
    town.notes["large"] = await buy(town, town.debtor, "gems", 100)


async def it_says_where_its_money_goes(town: Town) -> None:
    await town.pay_to(town.debtor, town.notes["good bank"])


async def it_is_charged_back_after_its_payout(town: Town) -> None:
    """The studio owes the house, and is asked for it when the half-month closes."""
    large = town.notes["large"]
    number = await town.hear("chargeback", large.id, large.total_minor)
    await town.hear("lost", large.id, large.total_minor, number)


async def it_pays_what_it_owes(town: Town) -> None:
    (card,) = await town.house.cards(town.house.bo)
    ask = statements.PayInvoice(uuid7(), town.debtor.business, town.house.bo, UUID(card["id"]))
    await town.house.do(statements.pay_invoice, [ask], policy=town.house.policy)
    await town.house.work()


async def another_account_for_what_came_back(town: Town) -> None:
    """The first payout came back from a closed account."""
    await town.pay_to(town.arcade, town.notes["good bank"])
