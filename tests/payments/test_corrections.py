"""Corrections: two people, further transfers, and nothing in the books that ever changes."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tuppence import ledger
from tuppence.core import Failure, uuid7
from tuppence.db import Database, GroupCommit
from tuppence.db.embedded import Urls
from tuppence.ledger import Account, AccountFlags, QueryFilter, Transfer
from tuppence.payments import corrections
from tuppence.payments.corrections import Correcting, Correction, Decide, Propose, actions, errors
from tuppence.payments.errors import IdTaken

USD, EUR = 840, 978
BANK, SHOP, PURSE, EURO = (UUID(int=n) for n in (1, 2, 3, 4))
ANN, BO, CARL = (UUID(int=n) for n in (101, 102, 103))
PAYMENT = uuid7()


@pytest.fixture
async def wrong(database: Database) -> Transfer:
    """A transfer of 100 from the bank to the shop that should not have been, about a payment."""
    limited = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
    opened = [Account(BANK, USD, 1), Account(SHOP, USD, 1), Account(PURSE, USD, 1, limited), Account(EURO, EUR, 1)]
    made = Transfer(uuid7(), BANK, SHOP, 100, USD, 6, user_data_128=PAYMENT)
    async with database.transaction() as tx:
        await ledger.create_accounts(tx, opened)
        await ledger.create_transfers(tx, [made])
        return (await ledger.lookup_transfers(tx, [made.id]))[0]


def proposal(*transfers: Correcting, by: UUID = ANN, **given: Any) -> Propose:
    usual: dict[str, Any] = {"id": uuid7(), "person_id": by, "reason": "Settled twice.", "transfers": transfers}
    return Propose(**usual | given)


def back(wrong: Transfer, amount: int = 100, **given: Any) -> Correcting:
    """The wrong transfer the other way round."""
    usual: dict[str, Any] = {"id": uuid7(), "corrects": wrong.id, "debit_account_id": SHOP, "credit_account_id": BANK}
    return Correcting(**usual | {"amount": amount} | given)


async def proposed(database: Database, *asks: Propose) -> list[Any]:
    async with database.transaction() as tx:
        return list(await corrections.propose(tx, asks))


async def decided(database: Database, *asks: Decide) -> list[Any]:
    async with database.transaction() as tx:
        return list(await corrections.decide(tx, asks))


async def balances(database: Database, *accounts: UUID) -> list[int]:
    async with database.transaction(read_only=True) as tx:
        return [one.credits_posted - one.debits_posted for one in await ledger.lookup_accounts(tx, accounts)]


async def transfers(database: Database) -> Sequence[Transfer]:
    async with database.transaction(read_only=True) as tx:
        return await ledger.query_transfers(tx, QueryFilter())


async def test_a_correction_is_further_transfers_that_name_what_they_correct(
    database: Database, wrong: Transfer
) -> None:
    """Nothing moves when it is proposed; approved by another, it counts for the same payment and step, and names the
    corrected transfer by its time."""
    ask = proposal(back(wrong, 60), back(wrong, 40))
    (before,) = await proposed(database, ask)
    assert (100, "proposed") == ((await balances(database, SHOP))[0], before.state)
    (after,) = await decided(database, Decide(ask.id, BO, approve=True))
    _, *written = await transfers(database)

    assert ("approved", BO) == (after.state, after.decided_by)
    assert [0, 0] == await balances(database, BANK, SHOP)
    assert [one.id for one in ask.transfers] == [one.id for one in written]
    assert {(PAYMENT, wrong.code, wrong.timestamp)} == {
        (one.user_data_128, one.code, one.user_data_64) for one in written
    }
    assert [wrong] == [one for one in await transfers(database) if one.timestamp == written[0].user_data_64]


async def test_nobody_approves_their_own(database: Database, wrong: Transfer, urls: Urls) -> None:
    """The proposer is refused, before and after somebody else approved, and by the database too."""
    ask = proposal(back(wrong))
    await proposed(database, ask)
    first = await decided(database, Decide(ask.id, ANN, approve=True))
    with psycopg.connect(urls.app) as app, pytest.raises(psycopg.errors.CheckViolation) as refused:
        app.execute("UPDATE payments.correction SET state = 'approved', decided_by = proposed_by, decided_at = now()")
    await decided(database, Decide(ask.id, BO, approve=True))
    again = await decided(database, Decide(ask.id, ANN, approve=True))

    assert [errors.FourEyes] * 2 == [type(one) for one in first + again]
    assert "correction_takes_four_eyes" == refused.value.diag.constraint_name
    assert [0] == await balances(database, SHOP)


async def test_a_repeat_is_the_same_and_another_body_is_refused(database: Database, wrong: Transfer) -> None:
    """By the caller's ids: proposing twice is once, approving twice moves once; a taken id tells nothing more."""
    ask = proposal(back(wrong))
    other = proposal(back(wrong), id=ask.id)
    stolen = proposal(back(wrong, id=wrong.id))
    results = [*await proposed(database, ask), *await proposed(database, ask, other, stolen)]
    for _ in range(2):
        await decided(database, Decide(ask.id, BO, approve=True))

    assert [Correction, Correction, IdTaken, IdTaken] == [type(one) for one in results]
    assert results[0] == results[1]
    assert 2 == len(await transfers(database))


async def test_raced_approvals_write_once(database: Database, wrong: Transfer) -> None:
    """Twenty approvals by two people at once, on several connections and in one batch: one set of transfers."""
    ask = proposal(back(wrong))
    await proposed(database, ask)
    together = GroupCommit(database)
    alone = [decided(database, Decide(ask.id, person, approve=True)) for person in (BO, CARL) * 3]
    grouped = [together(corrections.decide, Decide(ask.id, person, approve=True)) for person in (BO, CARL) * 7]
    results = await asyncio.gather(*alone, *grouped)
    flat = [one[0] if isinstance(one, list) else one for one in results]

    assert 1 == len({(one.state, one.decided_by, one.decided_at) for one in flat})
    assert "approved" == flat[0].state
    assert [0] == await balances(database, SHOP)


async def test_approval_and_rejection_race_to_one_end(database: Database, wrong: Transfer) -> None:
    """Whoever comes first decides; the other is told how, and the books agree with the state."""
    for _ in range(5):
        ask = proposal(back(wrong, 1))
        await proposed(database, ask)
        before = (await balances(database, SHOP))[0]
        yes, no = await asyncio.gather(
            decided(database, Decide(ask.id, BO, approve=True)), decided(database, Decide(ask.id, CARL, approve=False))
        )
        moved = before - (await balances(database, SHOP))[0]

        assert 1 == sum(isinstance(one, errors.CorrectionDecided) for one in yes + no)
        assert isinstance(yes[0], Correction) == (moved == 1)


async def test_two_wishes_in_one_batch_have_one_end(database: Database, wrong: Transfer) -> None:
    """The first of a batch decides; the other is told so, as if it had come later."""
    for first in (True, False):
        ask = proposal(back(wrong, 1))
        await proposed(database, ask)
        asks = [Decide(ask.id, person, approve=wish) for person, wish in ((BO, first), (CARL, not first))]
        one, other = await decided(database, *asks)

        assert ("approved" if first else "rejected") == one.state
        assert isinstance(other, errors.CorrectionDecided)


async def test_what_the_ledger_refuses_writes_nothing(database: Database, wrong: Transfer) -> None:
    """A correction that would overdraw is refused whole with each status; it stays proposed, and its ids stay good."""
    ask = proposal(back(wrong, 1), back(wrong, 5, debit_account_id=PURSE))
    await proposed(database, ask)
    with pytest.raises(errors.CorrectionRefused) as refused:
        await decided(database, Decide(ask.id, BO, approve=True))
    assert ["linked_event_failed", "exceeds_credits"] == refused.value.facts["statuses"]
    assert [100] == await balances(database, SHOP)
    async with database.transaction() as tx:
        await ledger.create_transfers(tx, [Transfer(uuid7(), BANK, PURSE, 5, USD, 1)])
    (after,) = await decided(database, Decide(ask.id, BO, approve=True))

    assert "approved" == after.state


@pytest.mark.parametrize(
    ("given", "failure", "reason"),
    [
        ({"corrects": UUID(int=404)}, errors.CorrectedNotFound, None),
        ({"credit_account_id": EURO}, errors.CorrectionInvalid, "other_currency"),
        ({"credit_account_id": UUID(int=404)}, errors.CorrectionInvalid, "account_not_found"),
        ({"credit_account_id": SHOP}, errors.CorrectionInvalid, "same_account"),
        ({"amount": 0}, errors.CorrectionInvalid, "amount_not_positive"),
    ],
)
async def test_what_corrects_nothing_is_refused(
    database: Database, wrong: Transfer, given: dict[str, Any], failure: type[Failure], reason: str | None
) -> None:
    """A proposal names a transfer that there is and moves something between two accounts of its currency."""
    (refused,) = await proposed(database, proposal(back(wrong, **given)))

    assert failure is type(refused)
    assert reason == refused.facts.get("reason")


async def test_nothing_of_a_correction_can_be_rewritten(database: Database, wrong: Transfer, urls: Urls) -> None:
    """The app can decide a correction; it cannot change what was proposed, by whom or why, nor take it away. And no
    role that we have updates or deletes a transfer."""
    await proposed(database, proposal(back(wrong)))
    refusals = {}
    statements = [
        "UPDATE payments.correction SET reason = 'else'",
        "UPDATE payments.correction SET proposed_by = decided_by",
        "UPDATE payments.correcting SET amount = 1",
        "DELETE FROM payments.correction",
        "DELETE FROM payments.correcting",
    ]
    books = ["UPDATE ledger.transfer SET amount = 1", "DELETE FROM ledger.transfer", "TRUNCATE ledger.transfer"]
    roles = {"app": (urls.app, statements + books), "vault": (urls.vault, books), "owner": (urls.owner, books)}
    for role, (url, asked) in roles.items():
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in asked:
                with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation)) as refused:
                    connection.execute(statement.encode())
                refusals[role, statement] = type(refused.value).__name__

    assert len(statements) + 3 * len(books) == len(refusals)
    assert {"RestrictViolation"} == {how for (role, _), how in refusals.items() if role == "owner"}


async def test_without_the_lock_two_would_write(database: Database, wrong: Transfer) -> None:
    """A seeded bug: if a decision were planned on what was read before it waited, the second approval would post again;
    then the ids, which are the first's, still let nothing move twice."""
    ask = proposal(back(wrong))
    (stale,) = await proposed(database, ask)
    await decided(database, Decide(ask.id, BO, approve=True))
    with pytest.raises(errors.CorrectionRefused) as refused:
        async with database.transaction() as tx:
            await actions._post(tx, [stale])

    assert ["exists"] == refused.value.facts["statuses"]
    assert [0] == await balances(database, SHOP)
