"""The chart: which accounts there are, and that their ids never change."""

from uuid import UUID

import pytest

from tuppence import ledger
from tuppence.db import Tx
from tuppence.ledger import AccountFlags, CreateTransferStatus, Transfer, TransferFlags, chart

PERSON = UUID(int=7)


def test_ids_follow_from_names() -> None:
    """An account's id is its name's for ever: these were given once and books out there hold them."""
    assert UUID("c60be1cb-4135-52e9-9bbf-7560a209c674") == chart.house("in_transit", "USD")
    assert UUID("483061d1-c281-50be-a08d-d0ef828c700a") == chart.house("card_clearing", "EUR")
    assert UUID("488739ef-9887-53a3-8fd8-dd71202be6be") == chart.personal("balance", PERSON, "USD")


def test_every_account_has_an_id_and_a_code_of_its_own() -> None:
    """No two accounts of the chart share an id, in any currency, or a code."""
    accounts = [*chart.house_accounts("USD"), *chart.house_accounts("EUR")]
    accounts += [chart.personal_account(name, PERSON, "USD") for name in chart.PERSONAL]

    assert len(accounts) == len({account.id for account in accounts})
    assert len(chart.HOUSE) + len(chart.PERSONAL) == len({account.code for account in accounts})


def test_the_chart_stays_below_those_who_keep_books_beside_it() -> None:
    """A partner's code is never one of the chart's, and goes by its number."""
    assert max(chart.CODES) < chart.BEYOND
    assert "code_10001" == chart.name_of(10_001)


def test_somebody_elses_money_can_not_be_overdrawn() -> None:
    """What the house owes has a floor; its own clearing accounts have none, nor what a chargeback can take from."""
    limited = {
        chart.name_of(account.code)
        for account in [
            *chart.house_accounts("USD"),
            *(chart.personal_account(name, PERSON, "USD") for name in chart.PERSONAL),
        ]
        if account.flags & AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
    }

    assert {"in_transit", "parked", "balance", "ads_prepaid", "dev_reserve"} == limited


def test_a_name_that_is_not_in_the_chart_is_a_defect() -> None:
    """There is no other chart."""
    with pytest.raises(AssertionError):
        chart.house("slush_fund", "USD")
    with pytest.raises(AssertionError):
        chart.personal("in_transit", PERSON, "USD")


async def test_a_payment_in_the_books(tx: Tx) -> None:
    """Debit captured, credit refused, parked for the payee: each cent is in one place, as the trial balance says."""
    await ledger.open_house(tx, "USD")
    await ledger.open_house(tx, "USD")
    parked = chart.personal_account("parked", PERSON, "USD")
    await ledger.create_accounts(tx, [parked])
    clearing, transit, payout = (
        chart.house(name, "USD") for name in ("card_clearing", "in_transit", "payout_clearing")
    )
    push = Transfer(UUID(int=12), transit, payout, 2000, 840, chart.Step.CREDIT, TransferFlags.PENDING)
    results = await ledger.create_transfers(
        tx,
        [
            Transfer(UUID(int=11), clearing, transit, 2000, 840, chart.Step.DEBIT),
            push,
            Transfer(UUID(int=13), flags=TransferFlags.VOID_PENDING_TRANSFER, pending_id=push.id),
            Transfer(UUID(int=14), transit, parked.id, 2000, 840, chart.Step.PARK),
            Transfer(UUID(int=15), transit, payout, 1, 840, chart.Step.CREDIT),
        ],
    )
    lines = await ledger.trial_balance(tx)

    created, exceeds = CreateTransferStatus.CREATED, CreateTransferStatus.EXCEEDS_CREDITS
    assert [created, created, created, created, exceeds] == [result.status for result in results]
    assert {"card_clearing": 2000, "in_transit": 0, "parked": -2000} == {line.name: line.posted_minor for line in lines}
