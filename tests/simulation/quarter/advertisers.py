"""What happens to the advertisers: usage in every order, and every fate of a bill."""

from datetime import timedelta

from tests.billing.advertiser import Advertiser
from tests.payments.conftest import befriend
from tests.simulation.quarter.town import Town

from tuppence.billing import businesses
from tuppence.billing.ads import operating
from tuppence.billing.ads.coupons import Redeem, make_coupons, redeem
from tuppence.billing.ads.states import AccountState, CycleState
from tuppence.core import uuid7


async def day(town: Town) -> None:
    """Usage of everybody who may spend: some of it late, some of it twice, some of it invalid."""
    dice = town.dice
    for advertiser in (town.auto, town.prepaid, town.invoiced):
        if await advertiser.delivery():
            continue
        now = await advertiser.now()
        events = [
            advertiser.usage(dice.randrange(20, 200), now - timedelta(hours=dice.choice([0, 1, 5, 24 * 9])))
            for _ in range(dice.randrange(2, 6))
        ]
        mine = [one.usage for (account, _), one in town.memory.items() if account == advertiser.account]
        again = dice.sample(mine, min(len(mine), 2))
        if mine and dice.random() < 0.2:
            events.append(advertiser.usage(-dice.randrange(1, 60), now))
        mixed = events + again
        dice.shuffle(mixed)
        await town.report(advertiser, mixed)


# - a card that pays afterwards ---------------------------------------------------------------------------------------


async def a_coupon(town: Town) -> None:
    async with town.house.database.transaction() as tx:
        (coupon,) = await make_coupons(tx, count=1, amount_minor=1_000, currency="USD", valid_days=30, lasts_days=60)
    ask = Redeem(town.auto.business, town.auto.account, town.house.ann, coupon.code)
    await town.house.do(redeem, [ask], policy=town.house.policy)


async def a_correction(town: Town) -> None:
    """Half of an event is taken back, by name."""
    (event,) = await town.use(town.auto, 400)
    back = town.auto.usage(-200, await town.auto.now(), kind="correction", corrects=event.id)
    await town.report(town.auto, [back])


async def a_soft_decline(town: Town) -> None:
    """Grace: the next try, hours later, works."""
    town.fate("auto", "insufficient_funds")
    await _fill(town, town.auto)
    town.fate("auto")


async def all_tries_fail(town: Town) -> None:
    """Nothing is left after a day; it is paid by hand afterwards."""
    town.fate("auto", "insufficient_funds")
    await _fill(town, town.auto)


async def it_is_paid_by_hand(town: Town) -> None:
    town.fate("auto")
    await town.auto.pay()


async def a_bank_does_not_answer(town: Town) -> None:
    """The bill's outcome is unknown until the debit is proven dead; then it is tried again."""
    town.fate("auto", "silent")
    await _fill(town, town.auto)
    town.fate("auto")


async def a_backup_pays(town: Town) -> None:
    """The primary card is dead for good: the backup pays within the minute, and is the only one left."""
    backup = await town.house.add_card(town.house.ann, "backup")
    await town.auto.set_methods(town.auto.card, backup)
    town.fate("auto", "lost_or_stolen")
    await _fill(town, town.auto)
    await town.auto.set_methods(backup)


async def a_bill_is_charged_back(town: Town) -> None:
    """It is owed again."""
    bank = town.house.bank
    paid = [one for one in bank.asked if (one.kind, one.token) == ("purchase", "backup")]
    last = next(one for one in reversed(paid) if bank.known[one.id].state == "accepted")
    charge, minor = last.payment_id, last.amount_minor
    number = await town.hear("chargeback", charge, minor)
    town.notes["charged back"] = charge, minor, number


async def the_network_gives_it_back(town: Town) -> None:
    charge, minor, number = town.notes["charged back"]
    await town.hear("won", charge, minor, number)
    async with town.house.database.transaction() as tx:
        await operating.trust(tx, town.auto.account, policy=town.house.policy)


async def a_hijack(town: Town) -> None:
    """A new admin, a limit changed, and many times the usual spend: on hold until an operator has called."""
    house, crook, other = town.house, uuid7(), uuid7()
    async with house.database.transaction() as tx:
        await befriend(tx, {crook: "crook", other: "other"})
    role = businesses.SetMember(town.auto.business, house.ann, "crook", "owner")
    await house.do(businesses.set_member, [role])
    await town.auto.change(own_threshold_minor=2_000)
    await town.auto.change(own_threshold_minor=2_500)
    for _ in range(8):
        await town.use(town.auto, 900)
    assert "security_hold" == await town.auto.delivery()


async def an_operator_calls(town: Town) -> None:
    async with town.house.database.transaction() as tx:
        await operating.release(tx, town.auto.account, "called them", policy=town.house.policy)


async def _fill(town: Town, advertiser: Advertiser) -> None:
    """Use until a bill is drawn up."""
    bills = len(await advertiser.bills())
    while len(await advertiser.bills()) == bills:
        await town.use(advertiser, 1_500)


# - in advance, by invoice, and never ---------------------------------------------------------------------------------


async def a_top_up(town: Town) -> None:
    await town.prepaid.top_up(3_000)


async def the_balance_runs_dry(town: Town) -> None:
    """What lag delivers beyond the balance is not charged."""
    left = (await town.prepaid.see()).prepaid_minor
    await town.use(town.prepaid, left // 2 + 1, left // 2 + 300)
    assert "no_balance" == await town.prepaid.delivery()


async def unused_money_goes_back(town: Town) -> None:
    await town.prepaid.top_up(2_500)
    await town.prepaid.refund_unused(1_000)


async def it_closes_its_account(town: Town) -> None:
    await town.prepaid.close()


async def a_credit_line(town: Town) -> None:
    async with town.house.database.transaction() as tx:
        await operating.give_credit_line(tx, town.invoiced.account, 100_000, policy=town.house.policy)


async def an_invoice_is_paid_by_wire(town: Town) -> None:
    bill = next(one for one in await town.invoiced.bills() if one.state == CycleState.INVOICED)
    async with town.house.database.transaction() as tx:
        await operating.mark_paid(tx, bill.id, "wire 4711", policy=town.house.policy)


async def nobody_pays(town: Town) -> None:
    """A card that is refused as stolen: past due at once, disabled a month later."""
    town.fate("defaulter", "fraud")
    await town.use(town.defaulter, 1_200, 1_400)


async def it_is_written_off(town: Town) -> None:
    assert AccountState.DISABLED == (await town.defaulter.see()).account.state
    async with town.house.database.transaction() as tx:
        await operating.write_off(tx, town.defaulter.account, policy=town.house.policy)


async def an_invoice_is_overdue(town: Town) -> None:
    """Nobody sent a wire for a month: ads stopped, and it is paid by card."""
    await town.invoiced.pay()
