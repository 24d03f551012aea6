"""What must hold when a quarter is over, each recomputed from what stands outside the house: the ad server's memory,
the developer's daily reports, the banks' own books.
"""

from collections import Counter
from datetime import timedelta

from tests.billing.games import recomputed
from tests.simulation.quarter.town import FIRST, GOOD_BANK, Town

from tuppence import ledger, outbox
from tuppence.billing.ads import check as check_ads
from tuppence.billing.games.check import check as check_games
from tuppence.core import CURRENCIES
from tuppence.payments import reconciliation
from tuppence.payments.charges.check import check as check_charges
from tuppence.payments.payouts.check import check as check_payouts
from tuppence.payments.sends.check import check as check_payments
from tuppence.rails.card.clearing import ClearingFile

_CLEARING = ("card_clearing", "payout_clearing", "refund_clearing")


async def hold(town: Town) -> dict[str, int]:
    """Assert every law; what was counted on the way."""
    await town.clear(await town.network.today())
    await _rooms_are_whole(town)
    return {
        **await _books_balance(town),
        **await _bills_are_their_usage(town),
        **await _payouts_are_the_daily_reports(town),
    }


async def _rooms_are_whole(town: Town) -> None:
    async with town.house.database.transaction(read_only=True, isolation="repeatable read") as tx:
        broken = await ledger.check(tx)
        broken += await check_payments(tx, policy=town.house.policy)
        broken += [*await check_charges(tx), *await check_payouts(tx), *await check_games(tx), *await check_ads(tx)]
    assert [] == broken


async def _books_balance(town: Town) -> dict[str, int]:
    """Each currency adds up to zero; what the network settled is what banks did, and no clearing account keeps any."""
    async with town.house.database.transaction(read_only=True) as tx:
        lines = await ledger.trial_balance(tx)
    sums, named = Counter[int](), Counter[tuple[str, int]]()
    for line in lines:
        sums[line.account.ledger] += line.posted_minor
        named[line.name, line.account.ledger] += line.posted_minor
    assert {0} == set(sums.values()), sums
    dollars = {name: minor for (name, number), minor in named.items() if number == CURRENCIES["USD"].numeric}
    bank = town.house.bank
    moved = Counter[str]()
    for one in bank.asked:
        moved[one.kind] += one.amount_minor if bank.known[one.id].state == "accepted" else 0
    settled = sum(_settled_minor(file) for file in town.network.files)
    assert moved["debit"] + moved["purchase"] - moved["push"] - moved["refund"] - town.taken_back_minor == settled
    assert dict.fromkeys(_CLEARING, 0) == {name: dollars.get(name, 0) for name in _CLEARING}
    assert [] == await town.house.do(reconciliation.list_breaks)
    return {"accounts with a balance": len(lines)} | {
        f"books: {name}": minor for name, minor in dollars.items() if minor
    }


def _settled_minor(file: ClearingFile) -> int:
    """What a file brings us, before the network's fees."""
    return sum(line.signed_minor for line in file.lines) + sum(case.signed_minor for case in file.cases)


async def _bills_are_their_usage(town: Town) -> dict[str, int]:
    """Bill by bill: what ad servers remember of the time in which it was open."""
    used, waived = Counter[object](), Counter[object]()
    for told in town.memory.values():
        used[told.bill] += told.usage.amount_minor
        waived[told.bill] += told.waived_minor
    bills = [bill for advertiser in town.advertisers for bill in await advertiser.bills()]
    for bill in bills:
        assert (used[bill.id], waived[bill.id]) == (bill.usage_minor - bill.given_back_minor, bill.waived_minor), bill
        rest = used[bill.id] - waived[bill.id] - bill.credits_minor - bill.prepaid_minor + bill.carried_in_minor
        assert bill.due_minor == rest - min(rest, 0) * (bill.carried_out_minor < 0), bill
    assert set(used) <= {bill.id for bill in bills}
    return {
        "ads: events": len(town.memory),
        "ads: bills": len(bills),
        "ads: used": used.total(),
        "ads: not charged": waived.total(),
    }


async def _payouts_are_the_daily_reports(town: Town) -> dict[str, int]:
    """Every half-month of every studio, from its downloaded days alone; and the bank's statement of what was paid."""
    today = (await town.house.do(outbox.now)).date()
    first = (FIRST - timedelta(days=40)).date()
    paid, payouts = 0, 0
    for studio in town.studios:
        told = {one.first_day: one for one in await studio.close()}
        expected = recomputed.payouts(await studio.csv(first, today), min(told), today, recomputed.Terms())
        found = {day: one.payout_minor for day, one in told.items()}
        assert {day: expected.get(day, 0) for day in found} == found
        assert not any(expected[day] for day in set(expected) - set(found))
        done = [one for one in told.values() if one.state == "paid"]
        paid += sum(one.paid_minor or 0 for one in done)
        payouts += len(done)
    credited = [
        one.signed_minor for one in town.world.statement() if one.purpose == "credit" and one.item.account == GOOD_BANK
    ]
    assert (payouts, paid) == (len(credited), sum(credited))
    return {"games: payouts": payouts, "games: paid out": paid}
