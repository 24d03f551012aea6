"""The quarter itself: what happens on which day, and what of it must have been seen."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.simulation.quarter import advertisers, edges, friends, games, laws
from tests.simulation.quarter.town import FIRST, Town, settled

from tuppence.db import Database
from tuppence.db.embedded import Urls

RUN_OFF_DAYS = 32  # nothing new happens: payouts wait three weeks, claims and refunds end


@dataclass(frozen=True)
class Episode:
    """Something that is made to happen on a day of the quarter, and the edges that must be seen for it."""

    day: int
    play: Callable[[Town], Awaitable[None]]
    shows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quarter:
    """What is told of a quarter that held every law."""

    numbers: dict[str, int]
    edges: Counter[str]
    refused: Counter[str]
    named: tuple[str, ...]


EPISODES = (
    Episode(0, advertisers.a_credit_line, ("account: active_auto > active_invoice", "bill: closing > invoiced")),
    Episode(0, advertisers.a_top_up),
    Episode(1, advertisers.a_coupon),
    Episode(1, games.quotes_that_come_to_nothing, ("purchase: quoted > user_cancelled", "purchase: quoted > expired")),
    Episode(1, games.given_and_used_up, ("delivery: pending > fulfilled", "delivery: fulfilled > consumed")),
    Episode(2, games.vetoes, ("purchase: vetoable > rejected_by_app",)),
    Episode(2, games.a_studio_sells_much),
    Episode(3, games.a_bank_says_no_and_banks_say_nothing,
        ("purchase: authorizing > failed", "purchase: authorizing > initiated", "purchase: initiated > failed",
         "purchase: initiated > completed")),
    Episode(3, games.a_bundle_is_charged, ("bundle: open > charging", "bundle: charging > charged")),
    Episode(4, games.a_bundle_is_declined, ("bundle: charging > declined", "purchase: completed > bundle_declined")),
    Episode(4, advertisers.a_soft_decline,
        ("bill: charging > retrying", "bill: retrying > charging", "account: active_auto > grace",
         "account: grace > active_auto")),
    Episode(5, advertisers.a_correction),
    Episode(5, advertisers.the_balance_runs_dry),
    Episode(5, games.refunded_in_parts, ("purchase: completed > part_refunded", "purchase: part_refunded > refunded")),
    Episode(6, advertisers.nobody_pays, ("bill: charging > past_due", "account: active_auto > past_due")),
    Episode(6, games.a_dispute_is_not_answered, ("dispute: awaiting_respondent > resolved_for_claimant",)),
    Episode(7, games.disputes_are_answered,
        ("dispute: awaiting_respondent > resolved_for_respondent", "dispute: awaiting_respondent > investigating",
         "dispute: investigating > resolved_for_respondent", "dispute: investigating > resolved_for_claimant")),
    Episode(7, advertisers.all_tries_fail, ("account: grace > past_due",)),
    Episode(8, advertisers.a_top_up),
    Episode(9, advertisers.it_is_paid_by_hand,
        ("bill: past_due > charging", "bill: charging > paid", "account: past_due > active_auto")),
    Episode(9, games.chargebacks_open,
        ("purchase: completed > chargeback", "purchase: chargeback > chargeback_reversed",
         "dispute: awaiting_respondent > won")),
    Episode(10, friends.a_claim_waits),
    Episode(11, friends.claims_are_decided,
        ("dispute: opened > triage", "dispute: triage > resolved_for_claimant",
         "dispute: triage > resolved_for_respondent")),
    Episode(12, advertisers.a_bank_does_not_answer, ("bill: charging > charge_unknown",)),
    Episode(12, friends.a_bank_takes_one_back, ("dispute: new > investigating",)),
    Episode(15, friends.and_loses, ("dispute: investigating > won",)),
    Episode(18, games.it_says_where_its_money_goes,
        ("statement: waiting > blocked", "statement: blocked > scheduled", "payout: approved > submitted",
         "payout: submitted > accepted", "payout: accepted > paid")),
    Episode(26, advertisers.an_invoice_is_paid_by_wire, ("bill: invoiced > paid",)),
    Episode(20, advertisers.a_top_up),
    Episode(26, advertisers.a_backup_pays),
    Episode(30, advertisers.unused_money_goes_back),
    Episode(38, games.chargebacks_end,
        ("dispute: awaiting_respondent > representment", "dispute: representment > pre_arb", "dispute: pre_arb > lost",
         "dispute: representment > won")),
    Episode(40, advertisers.it_is_written_off,
        ("account: past_due > disabled", "account: disabled > written_off", "bill: past_due > written_off")),
    Episode(40, advertisers.a_bill_is_charged_back, ("bill: paid > past_due",)),
    Episode(43, advertisers.the_network_gives_it_back, ("bill: past_due > paid",)),
    Episode(45, games.another_account_for_what_came_back,
        ("payout: paid > held", "payout: held > approved", "statement: paid > held")),
    Episode(50, games.it_is_charged_back_after_its_payout),
    Episode(65, games.it_pays_what_it_owes),
    Episode(70, advertisers.a_hijack, ("hold: none > held",)),
    Episode(71, advertisers.an_operator_calls, ("hold: held > none",)),
    Episode(87, advertisers.an_invoice_is_overdue, ("bill: invoiced > past_due", "account: active_invoice > past_due")),
    Episode(85, advertisers.it_closes_its_account, ("account: closing > closed",)),
)  # fmt: skip


async def play(database: Database, urls: Urls, root: Path, *, days: int, seed: int) -> Quarter:
    """So many days of business, then the weeks in which everything ends; every law is asserted at the end."""
    edges.watch(urls.owner)
    async with settled(database, root, seed) as town:
        for day in range(days):
            await town.to(FIRST + timedelta(days=day))
            await _day(town, day)
        town.answers_come()
        await town.to(FIRST + timedelta(days=days + RUN_OFF_DAYS))
        numbers = await laws.hold(town)
    seen = edges.seen(urls.owner)
    named = tuple(edge for one in EPISODES if one.day < days for edge in one.shows)
    missing = [edge for edge in named if not seen[edge]]
    assert [] == missing, f"never seen: {missing}, but {sorted(seen)}"
    return Quarter(numbers, seen, town.refused, named)


async def _day(town: Town, day: int) -> None:
    """What was planned for the day, and what happens on any."""
    town.answers_come()
    for episode in EPISODES:
        if episode.day == day:
            await episode.play(town)
    for room in (games, advertisers, friends):
        await room.day(town)
