"""Disputes on the real database, worker and ledger, with a bank that does as it is told."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.payments.conftest import House

from tuppence import ledger, outbox, payments
from tuppence.core import Failure, Leg, step_id, uuid7
from tuppence.db import Statement
from tuppence.payments import disputes, errors
from tuppence.payments.disputes import Ask, Case, Event, Reason, Report, clocks
from tuppence.payments.disputes.errors import (
    AlreadyReported,
    AwardRefused,
    DisputeMovedOn,
    DisputeNotFound,
    NothingToReport,
    ReportedTooLate,
)
from tuppence.payments.sends.model import Answer

DAY = timedelta(days=1)
TODAY = datetime.now(UTC).date()


@pytest.fixture(autouse=True)
async def proven_books(house: House) -> AsyncIterator[None]:
    """After each test the ledger's own check finds nothing, and nobody is owed what they were given."""
    yield
    async with house.database.transaction(read_only=True, isolation="repeatable read") as tx:
        assert [] == await ledger.check(tx)


async def delivered(house: House, **changes: Any) -> payments.View:
    sent = await house.send(**changes)
    await house.work_off_undo()
    return sent


async def report(house: House, payment: payments.View, reason: Reason = Reason.NOT_ME, **changes: Any) -> disputes.View:
    asked: dict[str, Any] = {"id": uuid7(), "person_id": house.ann, "about": "payment", "says": "I was asleep."}
    ask = Report(**asked | {"subject_id": UUID(payment["id"]), "reason": reason} | changes)
    view: disputes.View = await house.do(disputes.report, [ask], policy=house.policy)
    return view


async def operator(house: House, dispute: disputes.View, event: Event, **facts: Any) -> Any:
    ask = Ask(UUID(dispute["id"]), event, operator="olga", says="looked at it", **facts)
    return await house.do(disputes.move, [ask], policy=house.policy)


async def see(house: House, dispute: disputes.View, person: UUID) -> disputes.View:
    async with house.database.transaction() as tx:
        return await disputes.access_dispute(tx, person, UUID(dispute["id"]))


async def reportable(house: House, payment: payments.View, person: UUID) -> disputes.View:
    async with house.database.transaction() as tx:
        return await disputes.access_reportable(tx, person, "payment", UUID(payment["id"]), policy=house.policy)


def case(payment: payments.View, event: Event = Event.OPEN, **changes: Any) -> Case:
    """What a network's file says; by default that the payer's bank took it all back."""
    told: dict[str, Any] = {
        "number": "CASE00000001",
        "event": event,
        "about": "payment",
        "subject_id": UUID(payment["id"]),
        "reason": Reason.FRAUD,
        "amount_minor": payment["amount_minor"],
        "currency": payment["currency"],
        "respond_by": TODAY + 30 * DAY,
    }
    return Case(**told | changes)


async def hear(house: House, *cases: Case) -> Any:
    return await house.do(disputes.hear, list(cases), policy=house.policy)


async def test_disputes_are_listed_page_by_page(house: House) -> None:
    """The latest first; pages of one and of two lead over the same, each once, and nobody else's are among them."""
    opened = [(await report(house, await delivered(house, amount_minor=1_000 + n)))["id"] for n in range(3)]

    async def listed(limit: int, person: UUID) -> list[str]:
        found, before = list[str](), None
        while True:
            async with house.database.transaction() as tx:
                page, before = await disputes.list_disputes(tx, person, limit=limit, before=before)
            assert len(page) <= limit
            found += [one["id"] for one in page]
            if before is None:
                return found

    assert [opened[::-1]] * 3 == [await listed(limit, house.ann) for limit in (1, 2, 3)]
    assert [] == await listed(1, uuid7())


async def test_what_is_decided_for_the_payer_goes_back_to_their_card(house: House) -> None:
    """A refund by reference to the debit; the payee keeps what they have; the house bears it until somebody does."""
    sent = await delivered(house)
    opened = await report(house, sent)
    assert ("opened", ["withdraw"], "user") == (opened["state"], opened["can"], opened["kind"])
    await operator(house, opened, Event.TAKE)
    await operator(house, opened, Event.FOR_CLAIMANT)
    await house.work()

    seen = await see(house, opened, house.ann)
    assert ("resolved_for_claimant", 2_000, 2_000) == (seen["state"], seen["awarded_minor"], seen["given_minor"])
    debit = next(one for one in house.bank.asked if one.kind == "debit")
    refund = house.bank.asked[-1]
    assert ("refund", debit.id, 2_000) == (refund.kind, refund.of, refund.amount_minor)
    assert "credited" == (await house.see(sent, house.bo))["state"]
    assert {
        "card_clearing": 2_000,
        "payout_clearing": -2_000,
        "refund_clearing": -2_000,
        "chargeback_receivable": 2_000,
    } == await house.balances()

    await operator(house, opened, Event.WRITE_OFF)
    assert 2_000 == (await house.balances())["loss"]
    with pytest.raises(DisputeMovedOn):
        await operator(house, opened, Event.RECOVER)


async def test_what_nobody_decides_is_credited_and_then_decided(house: House) -> None:
    """Ten business days: a provisional credit. Forty-five days: for whoever reported it, without a second one."""
    sent = await delivered(house)
    opened = await report(house, sent)
    await house.until(opened["credit_by"])
    seen = await see(house, opened, house.ann)
    assert ("opened", 2_000, []) == (seen["state"], seen["given_minor"], seen["can"])
    assert ["opened", "credited"] == [line["state"] for line in seen["timeline"]]

    await house.until(opened["decide_by"])
    seen = await see(house, opened, house.ann)
    assert ("resolved_for_claimant", 2_000) == (seen["state"], seen["given_minor"])
    assert ["refund"] == [one.kind for one in house.bank.asked[2:]]


async def test_a_credit_that_was_given_is_never_debited_again(house: House) -> None:
    """The claim fails after ten business days: the house bears it."""
    sent = await delivered(house)
    opened = await report(house, sent)
    await house.until(opened["credit_by"])
    await operator(house, opened, Event.FOR_RESPONDENT)
    await house.work(after=60 * DAY)

    balances = await house.balances()
    assert (2_000, 0) == (balances["loss"], balances.get("chargeback_receivable", 0))
    assert 1 == sum(one.kind == "debit" for one in house.bank.asked)


async def test_who_was_tricked_gets_no_credit_by_the_clock(house: House) -> None:
    """They made the payment themselves, so an operator decides; what nobody decides is still decided."""
    sent = await delivered(house)
    opened = await report(house, sent, Reason.TRICKED)
    assert opened["credit_by"] is None
    await house.work(after=30 * DAY)
    assert 0 == (await see(house, opened, house.ann))["given_minor"]
    await house.until(opened["decide_by"])
    assert 2_000 == (await see(house, opened, house.ann))["given_minor"]


async def test_a_part_goes_back_as_a_part(house: House) -> None:
    """A wrong amount is split; the rest can be reported again, and no more than the rest."""
    sent = await delivered(house)
    opened = await report(house, sent, Reason.WRONG_AMOUNT)
    with pytest.raises(AwardRefused):
        await operator(house, opened, Event.HALVE, awarded_minor=2_000)
    await operator(house, opened, Event.HALVE, awarded_minor=500)
    await house.work()
    assert 500 == house.bank.asked[-1].amount_minor
    again = await report(house, sent, Reason.NOT_RECEIVED)
    await operator(house, again, Event.FOR_CLAIMANT)
    await house.work()

    assert 1_500 == house.bank.asked[-1].amount_minor
    assert -2_000 == (await house.balances())["refund_clearing"]
    with pytest.raises(NothingToReport):
        await report(house, sent)


async def test_a_payee_learns_of_it_when_asked_and_not_before(house: House) -> None:
    """A stranger to it until then; what each side wrote is for us alone."""
    sent = await delivered(house)
    opened = await report(house, sent, Reason.WRONG_AMOUNT)
    with pytest.raises(DisputeNotFound):
        await see(house, opened, house.bo)
    assert [] == (await reportable(house, sent, house.bo))["disputes"]
    await operator(house, opened, Event.ASK)
    asked = await see(house, opened, house.bo)
    assert ("respondent", "", ["answer"]) == (asked["viewer"], asked["says"], asked["can"])
    ask = Ask(UUID(opened["id"]), Event.ANSWER, by=house.bo, says="We agreed on twenty.")
    answered = await house.do(disputes.act, [ask], policy=house.policy)

    assert ("investigating", "We agreed on twenty.") == (answered["state"], answered["says"])
    assert "I was asleep." == (await see(house, opened, house.ann))["says"]
    with pytest.raises(DisputeNotFound):  # money is not the payee's to give from ours
        await house.do(disputes.act, [Ask(UUID(opened["id"]), Event.WITHDRAW, by=house.bo)], policy=house.policy)


async def test_nobody_is_asked_about_what_somebody_did_not_do(house: House) -> None:
    """Asking would warn whoever did."""
    opened = await report(house, await delivered(house), Reason.NOT_ME)
    with pytest.raises(DisputeMovedOn):
        await operator(house, opened, Event.ASK)


async def test_an_answer_that_does_not_come_is_done_without(house: House) -> None:
    """After 72 hours it is looked at."""
    opened = await report(house, await delivered(house), Reason.NOT_RECEIVED)
    await operator(house, opened, Event.ASK)
    await house.work(after=timedelta(hours=73))
    assert "investigating" == (await see(house, opened, house.ann))["state"]


async def test_it_can_be_taken_back_while_nothing_was_given(house: House) -> None:
    """And then be reported again; a repeat of the same report is told what is there."""
    sent = await delivered(house)
    opened = await report(house, sent)
    ask = Report(UUID(opened["id"]), house.ann, "payment", UUID(sent["id"]), Reason.NOT_ME, "I was asleep.")
    assert opened["id"] == (await house.do(disputes.report, [ask], policy=house.policy))["id"]
    with pytest.raises(AlreadyReported):
        await report(house, sent)
    withdraw = Ask(UUID(opened["id"]), Event.WITHDRAW, by=house.ann)
    assert "withdrawn" == (await house.do(disputes.act, [withdraw], policy=house.policy))["state"]
    again = await report(house, sent)
    await house.until(again["credit_by"])
    with pytest.raises(DisputeMovedOn):
        await house.do(disputes.act, [Ask(UUID(again["id"]), Event.WITHDRAW, by=house.ann)], policy=house.policy)


async def test_only_the_payer_reports_and_only_what_was_delivered(house: House) -> None:
    """Strangers and payees are told that there is no such payment; what still waits is cancelled instead."""
    sent = await delivered(house)
    for person in (house.bo, uuid7()):
        with pytest.raises(errors.PaymentNotFound):
            await report(house, sent, person_id=person)
    waiting = await house.send_to_cardless()
    with pytest.raises(NothingToReport):
        await report(house, waiting)
    assert [] == (await reportable(house, waiting, house.ann))["reasons"]


async def test_the_last_day_is_shown_and_kept(house: House) -> None:
    """Sixty days after the month that shows it; on that day it can be reported, on the next no more."""
    sent = await delivered(house)
    told = await reportable(house, sent, house.ann)
    last = date.fromisoformat(told["last_day"])
    assert clocks.last_day(datetime.fromisoformat(sent["created_at"]), house.policy) == last
    assert ["not_me", "wrong_amount", "not_received", "tricked"] == told["reasons"]
    await house.until(f"{last + DAY}T18:00:00+00:00")
    with pytest.raises(ReportedTooLate):
        await report(house, sent)
    assert [] == (await reportable(house, sent, house.ann))["reasons"]


@pytest.mark.parametrize(
    ("paid", "last"),
    [
        ("2026-11-25T15:00:00+00:00", date(2027, 1, 29)),
        ("2026-12-01T04:59:00+00:00", date(2027, 1, 29)),  # still November in New York
        ("2026-12-01T05:00:00+00:00", date(2027, 3, 1)),
        ("2027-01-31T15:00:00+00:00", date(2027, 4, 1)),
        ("2028-02-29T15:00:00+00:00", date(2028, 4, 29)),
    ],
)
def test_a_statement_closes_with_its_month(house: House, paid: str, last: date) -> None:
    """And the sixty days begin there, in the house's zone."""
    assert last == clocks.last_day(datetime.fromisoformat(paid), house.policy)


async def test_a_refused_refund_goes_to_another_card_and_until_then_is_owed(house: House) -> None:
    """By reference first; then a push to a card that receives; without one it stands as owed, and is looked for."""
    house.bank.fates["refund ann's"] = "invalid_card"
    house.bank.fates["push ann's"] = "cannot_receive"
    sent = await delivered(house)
    opened = await report(house, sent)
    await operator(house, opened, Event.FOR_CLAIMANT)
    await house.work()
    assert -2_000 == (await house.balances())["parked"]
    await house.add_card(house.ann, "ann's new")
    await house.work(after=DAY + timedelta(minutes=1))

    assert ["debit", "push", "refund", "push", "push"] == [one.kind for one in house.bank.asked]
    assert ("ann's new", 0) == (house.bank.asked[-1].token, (await house.balances()).get("parked", 0))


async def test_a_refund_without_answer_is_asked_after_and_never_sent_again(house: House) -> None:
    """As every credit: unknown, inquired, and known in the end."""
    house.bank.fates["refund ann's"] = "silent"
    opened = await report(house, await delivered(house))
    await operator(house, opened, Event.FOR_CLAIMANT)
    await house.work()
    refund = house.bank.asked[-1]
    house.bank.known[refund.id] = replaced(house.bank.known[refund.id], "accepted")
    await house.work(after=timedelta(minutes=1))

    assert 1 == sum(one.kind == "refund" for one in house.bank.asked)
    assert -2_000 == (await house.balances())["refund_clearing"]
    assert step_id(UUID(opened["id"]), Leg.REFUND, 1) == refund.id


def replaced(told: Any, state: str) -> Any:
    return type(told)(told.attempt_id, state)


async def test_money_that_comes_back_after_it_was_made_good_stays(house: House) -> None:
    """The payee's bank returns a credit whose payer has it already: it does not go out a second time."""
    sent = await delivered(house)
    opened = await report(house, sent)
    await operator(house, opened, Event.FOR_CLAIMANT)
    await house.work()
    push = next(one for one in house.bank.asked if one.kind == "push")
    heard = payments.Recorded(push.id, Answer("returned"))
    await house.do(payments.record, [heard], policy=house.policy)

    seen = await house.see(sent, house.ann)
    assert ("returned", "charged_back", []) == (seen["state"], seen["cause"], seen["can"])
    assert {"card_clearing": 2_000, "refund_clearing": -2_000} == await house.balances()


# - chargebacks -------------------------------------------------------------------------------------------------------


async def test_a_chargeback_is_answered_by_itself_and_won(house: House) -> None:
    """Three days before the network's last one, with what we know; the one who was paid is never debited."""
    sent = await delivered(house)
    opened = await hear(house, case(sent))
    assert ("investigating", "chargeback") == (opened.state, opened.kind)
    assert 2_000 == (await house.balances())["chargeback_receivable"]
    assert (await reportable(house, sent, house.bo))["questioned"]
    with pytest.raises(errors.SendingPaused):
        await house.send()
    await house.until(opened.respond_by.isoformat())
    (response,) = await responses(house)
    assert ("represent", "CASE00000001") == (response[0], response[1])
    assert "Approved by the issuer under A12345" in response[2]
    assert "trace T67890" in response[2]

    won = await hear(house, case(sent, Event.NETWORK_WON))
    assert "won" == won.state
    assert {"card_clearing": 2_000, "payout_clearing": -2_000} == await house.balances()
    assert not (await reportable(house, sent, house.bo))["questioned"]
    await house.send()
    assert 1 == sum(one.kind == "debit" for one in house.bank.asked)


async def test_a_chargeback_that_is_contested_and_lost_stays_with_the_house(house: House) -> None:
    """Pre-arbitration is answered too; lost, it is borne until an operator says how."""
    sent = await delivered(house)
    await hear(house, case(sent, respond_by=TODAY))
    await house.work(after=timedelta(minutes=1))
    contested = await hear(house, case(sent, Event.CONTESTED, respond_by=TODAY + 30 * DAY))
    assert "pre_arb" == contested.state
    await house.until(contested.respond_by.isoformat())
    lost = await hear(house, case(sent, Event.NETWORK_LOST))
    assert ("lost", "none", 2) == (lost.state, lost.recovery, len(await responses(house)))
    with pytest.raises(errors.SendingPaused):
        await house.send()
    await operator(house, {"id": str(lost.id)}, Event.RECOVER)
    balances = await house.balances()
    assert (0, 2_000) == (balances.get("chargeback_receivable", 0), balances["house_cash"])
    await house.send()


async def test_what_had_not_left_us_is_kept_and_the_chargeback_accepted(house: House) -> None:
    """The friend never took it: the money in transit makes up for what the bank took."""
    sent = await house.send_to_cardless()
    kept = await hear(house, case(sent))

    assert ("lost", "from_transit") == (kept.state, kept.recovery)
    seen = await house.see(sent, house.ann)
    assert ("returned", "charged_back") == (seen["state"], seen["cause"])
    assert {} == await house.balances()
    assert [("accept", "CASE00000001", "")] == await responses(house)
    await house.send()


async def test_a_part_that_is_taken_back_does_not_stop_what_is_on_its_way(house: House) -> None:
    """Of money that waits for a friend, only the whole of it can be kept; a part is answered as any chargeback."""
    sent = await house.send_to_cardless()
    opened = await hear(house, case(sent, amount_minor=500))

    assert ("investigating", 500) == (opened.state, opened.amount_minor)
    assert "awaiting_recipient" == (await house.see(sent, house.ann))["state"]


async def test_what_went_back_before_is_part_of_the_evidence(house: House) -> None:
    """The payer has it twice: the network is told."""
    sent = await house.send_to_cardless()
    await house.act(sent, house.ann, "cancel")
    await house.work()
    await hear(house, case(sent, respond_by=TODAY))
    await house.work(after=timedelta(minutes=1))

    ((_, _, evidence),) = await responses(house)
    assert "Refunded to the payer's card" in evidence


async def test_a_claim_gives_way_to_a_chargeback_of_the_same(house: House) -> None:
    """What was given before is part of the evidence; nobody is given the same twice by us."""
    sent = await delivered(house)
    opened = await report(house, sent)
    await house.until(opened["credit_by"])
    await hear(house, case(sent, respond_by=TODAY))
    await house.work(after=timedelta(minutes=1))

    assert "withdrawn" == (await see(house, opened, house.ann))["state"]
    ((_, _, evidence),) = await responses(house)
    assert "Given back to the payer already" in evidence
    with pytest.raises(NothingToReport):
        await report(house, sent)


async def test_a_file_read_twice_changes_nothing(house: House) -> None:
    """The same case, opened again and again, in one file or two, and told of by a number that nobody knows."""
    sent = await delivered(house)
    first, second = await hear(house, case(sent), case(sent))
    third = await hear(house, case(sent))
    assert first.id == second.id == third.id
    assert 2_000 == (await house.balances())["chargeback_receivable"]
    for _ in range(2):
        await attempted(hear(house, case(sent, Event.NETWORK_WON)))
    assert {"card_clearing": 2_000, "payout_clearing": -2_000} == await house.balances()
    with pytest.raises(DisputeNotFound):
        await hear(house, case(sent, Event.NETWORK_WON, number="CASE99999999"))


async def attempted(work: Any) -> Failure | None:
    try:
        await work
    except Failure as failure:
        return failure
    return None


async def responses(house: House) -> Sequence[tuple[str, str, str]]:
    async with house.database.transaction() as tx:
        rows = await tx.rows(RESPONSES)
    return [(verdict, number, evidence) for verdict, number, evidence in rows]


RESPONSES = Statement("responses", "SELECT verdict, case_number, evidence FROM payments.dispute_response ORDER BY id")


async def test_one_id_reports_one_payment_however_many_ask_at_once(house: House) -> None:
    """Eight times at once, about two payments in turn: one dispute; the other payment's is refused by its name."""
    sent, dispute_id = [await delivered(house) for _ in range(2)], uuid7()
    told = await asyncio.gather(*(report(house, sent[n % 2], id=dispute_id) for n in range(8)), return_exceptions=True)

    assert {errors.IdTaken} == {type(one) for one in told if not isinstance(one, dict)}
    opened = [(await reportable(house, one, house.ann))["disputes"] for one in sent]
    assert [0, 1] == sorted(map(len, opened))


async def test_what_stops_a_payment_is_told_once_and_booked_last(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two payments that had not left us, charged back by one file: one word to everybody, then one entry of both."""
    sent = [await house.send_to_cardless(amount_minor=2_000 + n) for n in range(2)]
    order: list[str] = []

    def noted(name: str, verb: Any) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            order.append(name)
            return await verb(*args, **kwargs)

        return call

    for room, name in ((outbox, "tell"), (outbox, "enqueue"), (ledger, "create_transfers")):
        monkeypatch.setattr(room, name, noted(name, getattr(room, name)))
    async with house.database.transaction() as tx:
        cases = [case(one, number=f"CASE0000000{n}") for n, one in enumerate(sent)]
        kept = await disputes.hear(tx, cases, policy=house.policy)

    assert ["from_transit"] * 2 == [one.recovery for one in kept if isinstance(one, disputes.Dispute)]
    assert ["tell", "create_transfers"] == [one for one in order if one != "enqueue"]
    assert "create_transfers" == order[-1]
    assert {} == await house.balances()
