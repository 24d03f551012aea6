"""Paying to bank accounts: through PostgreSQL, real files in folders, and a simulated bank that sends things back."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.payments.ach_world import HARBOR, TUESDAY, WHO, AchWorld, opened
from tests.payments.conftest import House

from tuppence import outbox
from tuppence.db.statements import Statement
from tuppence.rails.bank import nacha
from tuppence.rails.bank.exchange import Folder
from tuppence.rails.bank.nacha import Category


@pytest.fixture
async def world(house: House, tmp_path: Path) -> AsyncIterator[AchWorld]:
    async with opened(house, tmp_path / "bank") as world:
        await world.start()
        yield world


async def test_two_deposits_prove_an_account_and_cost_the_house(world: AchWorld) -> None:
    """Entered at once, filed at the cut-off, on the statement the next morning; settled, they are the house's loss."""
    account_id = await world.add()
    await world.to(TUESDAY + timedelta(hours=20))
    assert [] == world.statement()
    await world.days(1, hours=8)
    amounts = [one.signed_minor for one in world.statement()]

    assert 2 == len(amounts)
    assert all(1 <= one <= 99 for one in amounts)
    lost = sum(amounts) + 2  # a cent for each entry
    assert {"rail_cost": lost, "house_cash": -lost} == await world.balances()
    assert "verifying" == await world.state_of(account_id)


async def test_a_payment_to_a_bank_account_from_tap_to_arrival(world: AchWorld) -> None:
    """Marked with the debit, delivered when our bank took the file, there on the settlement morning."""
    await world.add_and_prove()
    before = await world.balances()
    sent = await world.pay()
    waiting = await world.house.see(sent, world.house.bo)
    assert "crediting" == waiting["state"]
    assert {"brand": "bank", "last4": "0010", "bank": "Harbor Savings"} == waiting["receiving"]
    quoted = (await world.house.quote(2_000))["arrival"]
    assert (quoted["earliest"], quoted["latest"]) == (waiting["arrival"]["earliest"], waiting["arrival"]["latest"])

    made = await world.house.do(outbox.now)
    while (await world.house.see(sent, world.house.bo))["state"] == "crediting":
        await world.to(await world.house.do(outbox.now) + timedelta(minutes=30))
        assert await world.house.do(outbox.now) < made + timedelta(days=1)
    delivered = await world.house.see(sent, world.house.bo)
    assert "credited" == delivered["state"]
    assert (quoted["earliest"], quoted["latest"]) == (
        delivered["arrival"]["earliest"],
        delivered["arrival"]["latest"],
    )
    assert [] == world.credits()
    mine = await world.house.see(sent, world.house.ann)
    assert mine["receiving"] is None
    assert delivered["trace"].startswith("09990000")
    assert mine["trace"] != delivered["trace"]

    await world.to(datetime.fromisoformat(delivered["arrival"]["earliest"]))
    assert [2_000] == world.credits()
    await world.days(5)
    after = await world.balances()
    assert "available" == (await world.house.see(sent, world.house.bo))["state"]
    moved = {name: after.get(name, 0) - before.get(name, 0) for name in after | before}
    settled = {"card_clearing": 2_000, "house_cash": -2_001, "rail_payable": 1}  # the day's cost is not booked here
    assert settled == {name: one for name, one in moved.items() if one}
    assert [] == await world.breaks()


async def test_where_policy_wants_it_money_is_there_on_the_same_day(world: AchWorld) -> None:
    """A file with today's date makes the next window: settled in the afternoon, and promised for today."""
    await world.add_and_prove()
    policy = world.house.policy
    world.originate(WHO, replace(policy, bank=replace(policy.bank, same_day=True)))
    sent = await world.pay()
    await world.to(await world.house.do(outbox.now) + timedelta(hours=2))
    seen = await world.house.see(sent, world.house.bo)

    assert "credited" == seen["state"]
    assert seen["created_at"][:10] == seen["arrival"]["earliest"][:10]
    assert [] == world.credits()
    await world.to(await world.house.do(outbox.now) + timedelta(hours=6))
    assert [2_000] == world.credits()


@pytest.mark.parametrize(
    ("number", "code", "days"),
    [
        ("2000000019", "R02", 1),
        ("2000000027", "R03", 1),
        ("2000000035", "R04", 2),
        ("2000000043", "R02", 5),
        ("2000000050", "R20", 1),
    ],
)
async def test_a_returned_credit_waits_for_another_account(world: AchWorld, number: str, code: str, days: int) -> None:
    """The account is dead, the payee is asked for another, and with it the same money goes out again, once."""
    dead = await world.add_and_prove(number)
    sent = await world.pay()
    await world.days(3 + days + (days + 2) // 5 * 2)
    seen = await world.house.see(sent, world.house.bo)

    assert ("awaiting_recipient", "credit_returned") == (seen["state"], seen["cause"])
    assert ("dead", code) == await world.account(dead)
    assert not (await world.account_view(dead))["receives"]
    assert [] == world.credits()
    assert 2_000 == -(await world.balances())["in_transit"]

    await world.add_and_prove()
    await world.days(5)
    assert [2_000] == world.credits()
    assert "in_transit" not in await world.balances()
    assert "bank_clearing" not in await world.balances()
    assert [] == await world.breaks()


async def test_deposits_that_come_back_reject_the_account(world: AchWorld) -> None:
    """An account that does not exist is never active, and the house gets its cents back."""
    account_id = await world.add("2000000068")
    await world.days(4)

    assert ("rejected", "R03") == await world.account(account_id)
    assert {"rail_cost": 2, "house_cash": -2} == await world.balances()
    assert [] == await world.breaks()


async def test_a_notice_of_change_corrects_the_account(world: AchWorld) -> None:
    """The next payment goes to the number that the bank named, and the owner sees its last digits."""
    account_id = await world.add_and_prove("4000000017")
    await world.days(2)
    assert "0025" == (await world.account_view(account_id))["last4"]
    assert ("active", None) == await world.account(account_id)
    await world.pay()
    await world.days(4)

    assert ["4000000025"] == [one.item.account for one in world.statement() if one.purpose == "credit"]


# - what goes wrong between two beats ---------------------------------------------------------------------------------


async def test_a_crash_between_writing_and_recording_doubles_nothing(world: AchWorld) -> None:
    """The file is made again, the same to the byte; our bank, which has taken the first, knows it by its hash."""
    await world.add_and_prove()
    sent = await world.pay()
    put, written = world.exchange.put, []

    async def put_and_die(name: str, content: bytes) -> None:
        await put(name, content)
        written.append(hashlib.sha256(content).hexdigest())
        if len(written) < 3:
            raise ConnectionError("killed after the write")

    world.exchange.put = put_and_die
    await world.house.work(after=timedelta(hours=1))
    while len(written) < 3:
        await asyncio.sleep(0.3)  # until the job is tried again
        await world.house.work()
        await world.desk.turn(await world.house.do(outbox.now))  # the bank takes it, whatever we know
    await world.days(6)

    assert 1 == len(set(written))
    assert [2_000] == world.credits()
    assert "available" == (await world.house.see(sent, world.house.bo))["state"]
    assert [] == await world.breaks()


async def test_the_seeded_bug_would_pay_twice(world: AchWorld) -> None:
    """A bank that does not know a file by its hash, and a file under a new header: the second pays again."""
    await world.add_and_prove()
    await world.pay()
    put = world.exchange.put

    async def twice(name: str, content: bytes) -> None:
        await put(name, content)
        await put(f"again-{name}", _with_modifier(content, b"Z"))

    world.exchange.put = twice
    await world.days(4)

    assert [2_000, 2_000] == world.credits()
    assert "unknown_file" in [kind for kind, _ in await world.breaks()]  # and we would be told


def _all(table: str) -> Statement:
    return Statement(table, f"SELECT row_to_json(t)::text FROM payments.{table} AS t")


def _with_modifier(content: bytes, modifier: bytes) -> bytes:
    return content[:33] + modifier + content[34:]


async def test_everything_that_comes_in_may_come_again_and_in_any_order(world: AchWorld) -> None:
    """The same returns, notices and advices twice, the last first: the same books, no break, nothing twice."""
    await world.add_and_prove("2000000019")
    sent = await world.pay()
    held: list[str] = []
    waiting = world.exchange.waiting

    async def hold() -> list[str]:
        held[:] = sorted({*held, *await waiting()})
        return []

    world.exchange.waiting = hold
    await world.days(5)
    assert 3 <= len(held)
    assert "crediting" == (await world.house.see(sent, world.house.bo))["state"]

    async def backwards() -> list[str]:
        return list(reversed(await waiting()))

    world.exchange.waiting = backwards
    await world.turn()
    after = (await world.balances(), await world.house.see(sent, world.house.bo))
    for name in held:
        (world.root / "read" / name).rename(world.root / "inbox" / name)
    await world.turn()

    assert "awaiting_recipient" == after[1]["state"]
    assert after == (await world.balances(), await world.house.see(sent, world.house.bo))
    assert [] == await world.breaks()


async def test_what_matches_nothing_is_kept(world: AchWorld) -> None:
    """A return of an entry that was never ours, one of another amount, a file of garbage: each a break."""
    await world.add_and_prove("2000000019")
    await world.pay()
    await world.days(4)
    (returns,) = (world.root / "read").glob("*.returns.ach")
    raw = returns.read_bytes()
    (item,) = [one for one in nacha.read(raw).items if one.category is Category.RETURN]
    assert item.returned
    before = await world.balances()
    strange = raw.replace(item.returned.original_trace.encode(), b"099900009999999")
    inbox = world.root / "inbox"
    for name, content in (("strange.ach", strange), ("garbage.ach", b"hello\n"), ("garbage.advice.json", b"{}")):
        (inbox / name).write_bytes(content)
    await world.turn()

    assert ["unknown_trace", "unreadable_file", "unreadable_file"] == sorted(kind for kind, _ in await world.breaks())
    assert before == await world.balances()


async def test_a_refused_file_is_proof_that_nothing_was_sent(world: AchWorld) -> None:
    """Our bank does not take another bank's file: the payment waits again, and the payee may retry."""
    await world.add_and_prove()
    sent = await world.pay()
    world.originate(replace(WHO, bank_routing="099900014"))
    await world.days(1)
    refused = await world.house.see(sent, world.house.bo)
    assert ("awaiting_recipient", "not_delivered") == (refused["state"], refused["cause"])

    world.originate(WHO)
    await world.house.act(sent, world.house.bo, "accept")
    await world.days(3)
    assert [2_000] == world.credits()


async def test_a_simulator_that_dies_goes_on_where_it_was(house: House, tmp_path: Path) -> None:
    """Restarted from its journal it sends what it owes, and nothing twice."""
    async with opened(house, tmp_path / "bank") as world:
        await world.start()
        await world.add_and_prove("2000000019")
        sent = await world.pay()
        await world.days(1)
    async with opened(house, tmp_path / "bank") as again:
        await again.desk.open()
        await again.days(4)

        assert "awaiting_recipient" == (await house.see(sent, house.bo))["state"]
        assert [] == await again.breaks()


async def test_an_account_that_died_meanwhile_is_not_paid(world: AchWorld) -> None:
    """Two payments wait; the first comes back before the second's file is made: the second never goes out."""
    await world.add_and_prove("2000000019")
    await world.pay()
    await world.to(await world.house.do(outbox.now) + timedelta(hours=31))
    later = await world.pay(3_000)
    await world.days(3)
    seen = await world.house.see(later, world.house.bo)

    assert "awaiting_recipient" == seen["state"]
    assert [] == world.credits()
    assert 5_000 == -(await world.balances())["in_transit"]


async def test_no_account_number_is_in_the_database_or_in_a_view(world: AchWorld) -> None:
    """Sealed in every row; the file has it, 0600, and nothing else does."""
    await world.add_and_prove()
    sent = await world.pay()
    await world.days(1)
    async with world.house.database.transaction() as tx:
        rows = [row for table in ("bank_account", "bank_entry", "bank_file") for row in await tx.scalars(_all(table))]
    seen = [str(await world.house.see(sent, who)) for who in (world.house.ann, world.house.bo)]
    told = [str(one) for one in await world.house.feed(world.house.bo, "bank")]
    (file,) = [one for one in (world.root / "sent").glob("*.ach") if b"WEB" in one.read_bytes()]

    assert rows
    assert not [text for text in rows + seen + told if "1000000010" in text]
    assert b"1000000010" in file.read_bytes()
    assert 0o600 == file.stat().st_mode & 0o777


async def test_a_file_that_is_too_large_holds_up_no_other(world: AchWorld, tmp_path: Path) -> None:
    """It stays where it is; what lies behind it in the inbox is read."""
    world.exchange = Folder(tmp_path / "bank", most_bytes=1000)
    world.originate(WHO)
    inbox = tmp_path / "bank" / "inbox"
    (inbox / "a-huge.ach").write_bytes(b"9" * 1001)
    (inbox / "b-small.ach").write_bytes(b"nonsense")

    await world.bank.read_inbox()

    assert ["a-huge.ach"] == [one.name for one in inbox.iterdir()]


async def test_a_file_that_nobody_answers_is_somebodys_case(world: AchWorld) -> None:
    """A day later there is a break about it, and still one file: silence is never a reason to send again."""
    await world.add()
    await world.house.work(after=timedelta(hours=1))
    await world.house.work(after=timedelta(hours=30))

    assert [("file_unanswered", _deposits(world))] == [(kind, amount) for kind, amount in await world.breaks()]
    assert 1 == len(list((world.root / "outbox").glob("*.ach")))


def _deposits(world: AchWorld) -> int:
    """What the file in the outbox moves."""
    (path,) = (world.root / "outbox").glob("*.ach")
    items = nacha.read(path.read_bytes()).items
    return sum(item.amount_minor for item in items if item.routing == HARBOR)


async def test_a_day_has_names_for_thirty_six_files(world: AchWorld) -> None:
    """What comes after the last of them waits for the next day's first, and is not forgotten."""
    async with world.house.database.transaction() as tx:
        await tx.execute(_THIRTY_SIX, day=TUESDAY.date())
    await world.add()
    await world.to(TUESDAY + timedelta(hours=12))
    assert [] == list((world.root / "sent").glob("*.ach"))
    await world.days(1)

    assert ["2027-03-17-01.ach"] == [one.name for one in (world.root / "sent").glob("*.ach")]


_THIRTY_SIX = Statement("series", "UPDATE payments.bank_series SET last_day = %(day)s, last_number = 36")
