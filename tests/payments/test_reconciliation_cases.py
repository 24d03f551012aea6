"""Chargebacks in the network's files: matched to the debit, disputed, settled; and named where nothing fits."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.payments.clearing import Network
from tests.payments.conftest import House
from tests.payments.test_reconciliation import assert_nothing_unnamed, breaks, delivered, left

from tuppence.payments import disputes
from tuppence.payments.disputes import answering
from tuppence.payments.disputes.model import Dispute
from tuppence.payments.reconciliation import Kind
from tuppence.rails.card.cases import FOLDER, CaseLine, read_response
from tuppence.rails.card.clearing import ClearingFile

AT = datetime(2026, 11, 25, 15, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Issuer(Network):
    """A network whose files may have chargebacks in them."""

    cases: list[CaseLine] = field(default_factory=list)

    async def close_with(self, *lines: CaseLine) -> ClearingFile:
        file = await self.close_day()
        told = replace(file, cases=tuple(lines))
        self.files[-1] = told
        (self.folder / file.name).unlink()
        (self.folder / told.name).write_bytes(told.text)
        return told

    def about(self, place: int = 0, **changes: Any) -> CaseLine:
        """The payer's bank takes a debit back."""
        debit = [one for one in self.house.bank.asked if one.kind == "debit"][place]
        told: dict[str, Any] = {
            "word": "chargeback",
            "reference": debit.id.hex,
            "number": "CASE00000001",
            "rrn": "632915000001",
            "at": AT,
            "amount_minor": debit.amount_minor,
            "currency": "USD",
            "reason": "10.4",
            "respond_by": datetime.now(UTC).date() + 30 * DAY,
        }
        return CaseLine(**told | changes)


@pytest.fixture
def network(house: House, tmp_path: Path) -> Issuer:
    return Issuer(house, tmp_path / "clearing")


async def disputed(house: House) -> Sequence[Dispute]:
    async with house.database.transaction() as tx:
        return await disputes.queue(tx, decided=True)


async def test_a_chargeback_opens_a_dispute_and_is_settled(house: House, network: Issuer) -> None:
    """What the network took is out of cash and stands with the house; nothing is left in the clearing accounts."""
    await delivered(house)
    await network.close_with(network.about())
    summary = await network.reconcile()

    (opened,) = await disputed(house)
    assert ("chargeback", "investigating", "fraud", 2_000) == (
        opened.kind,
        opened.state,
        opened.reason,
        opened.amount_minor,
    )
    assert (0, {}) == (summary.open, await left(house))
    assert 2_000 == (await house.balances())["chargeback_receivable"]


async def test_the_answer_leaves_and_what_is_won_comes_back(house: House, network: Issuer) -> None:
    """Three days before the last one, as a file beside the clearing files; then the network gives in."""
    house.handlers = {**house.handlers, **answering.handlers(house.database, network.folder)}
    await delivered(house)
    await network.close_with(network.about())
    await network.reconcile()
    (opened,) = await disputed(house)
    assert opened.respond_by is not None
    await house.until(opened.respond_by.isoformat())
    (answer,) = (network.folder / FOLDER).glob("response-*.json")
    response = read_response(answer.read_bytes())
    assert ("CASE00000001", "represent") == (response.number, response.verdict)
    assert "Approved by the issuer" in response.evidence

    await network.close_with(network.about(word="won", respond_by=None))
    await network.reconcile()
    (won,) = await disputed(house)
    assert ("won", {}) == (won.state, await left(house))
    assert 0 == (await house.balances()).get("chargeback_receivable", 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"reference": uuid4().hex},
        {"rrn": "000000000000"} | {"reference": uuid4().hex},
        {"word": "won", "respond_by": None},
        {"respond_by": None},
    ],
)
async def test_what_fits_nothing_is_a_break_with_its_amount(house: House, network: Issuer, changes: Any) -> None:
    """Of a stranger's debit, or a case that nobody opened: named, to the cent, and disputed by nobody."""
    await delivered(house)
    await network.close_with(network.about(**changes))
    await network.reconcile()

    (found,) = await breaks(house)
    assert (Kind.UNKNOWN_CASE, "card_clearing") == (found.kind, found.account)
    assert 2_000 == abs(found.amount_minor)
    assert [] == await disputed(house)
    await assert_nothing_unnamed(house)


async def test_the_same_case_twice_is_a_break(house: House, network: Issuer) -> None:
    """The network took it two times: once it is disputed, once it is a mistake."""
    await delivered(house)
    await network.close_with(network.about(), network.about())
    await network.reconcile()

    assert [(Kind.UNKNOWN_CASE, 2_000)] == [(one.kind, one.amount_minor) for one in await breaks(house)]
    assert 1 == len(await disputed(house))
    await assert_nothing_unnamed(house)


async def test_what_claimants_are_given_is_settled_as_any_refund(house: House, network: Issuer) -> None:
    """A redress is an attempt that files tell of."""
    from tests.payments.test_disputes import operator, report

    (sent,) = await delivered(house)
    opened = await report(house, sent)
    await operator(house, opened, disputes.Event.FOR_CLAIMANT)
    await house.work()
    await network.close_day()
    summary = await network.reconcile()

    assert (0, {}) == (summary.open, await left(house))


async def test_many_cases_of_one_file_are_heard_together(house: House, network: Issuer) -> None:
    """One that is opened and won, one of money that had not left us, one of more than was paid: each as if alone."""
    for _ in range(2):
        await delivered(house)
    kept = await house.send_to_cardless()
    first, second, third = (
        network.about(place, number=f"CASE0000000{place}", rrn=f"63291500000{place + 1}") for place in range(3)
    )
    await network.close_with(
        first,
        second_too_large := replace(second, amount_minor=2_001),
        third,
        replace(first, word="won", respond_by=None),
    )
    await network.reconcile()

    assert {("CASE00000000", "won"), ("CASE00000002", "lost")} == {
        (one.case_number, one.state) for one in await disputed(house)
    }
    assert "charged_back" == (await house.see(kept, house.ann))["cause"]
    assert [second_too_large.amount_minor] == [one.amount_minor for one in await breaks(house)]
    await assert_nothing_unnamed(house)
