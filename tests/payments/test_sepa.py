"""Paying to bank accounts in euros: orders, reports, notifications and statements of a simulated bank in Europe."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.payments.ach_world import WHO, AchWorld, opened
from tests.payments.conftest import House, in_euros

from tuppence import outbox
from tuppence.core import Policy
from tuppence.core.calendar import TARGET
from tuppence.payments import errors
from tuppence.rails.bank import sepa
from tuppence.rails.bank.sepa import Balance, Booking, Detail, Report, Statement, Status

GOOD, OTHER, FRENCH = "DE45999900011000000010", "NL58TULP0100000010", "FR6199999000011000000010035"
CLOSED, BLOCKED, LATE = "DE48999900012000000019", "DE26999900012000000027", "DE79999900012000000043"
NEVER = "DE83999900012000000068"


@pytest.fixture
def policy(policy: Policy) -> Policy:
    return in_euros(policy)


@pytest.fixture
async def world(house: House, tmp_path: Path) -> AsyncIterator[AchWorld]:
    async with opened(house, tmp_path / "bank") as world:
        await world.start()
        yield world


def orders(world: AchWorld) -> list[sepa.Order]:
    """What our bank was ordered to do."""
    files = sorted((world.root / "sent").glob("*.pain001.xml"))
    return [one for path in files for one in sepa.read_orders(path.read_bytes())]


async def hear(world: AchWorld, name: str, raw: bytes) -> None:
    """Let our bank say something that it does not say by itself."""
    (world.root / "inbox" / name).write_bytes(raw)
    await world.turn()


async def test_two_transfers_prove_an_iban_and_cost_the_house(world: AchWorld) -> None:
    """A bank of France is known by name; each transfer costs its amount and a cent."""
    account_id = await world.add(FRENCH)
    assert "verifying" == await world.state_of(account_id)
    view = await world.account_view(account_id)
    assert ("iban", "Banque du Port", "0035") == (view["kind"], view["bank"], view["last4"])
    await world.days(2)
    amounts = world.seen(FRENCH)

    assert 2 == len(amounts)
    lost = sum(amounts) + 2  # a cent for each transfer
    assert {"rail_cost": lost, "house_cash": -lost} == await world.balances()
    assert [] == await world.breaks()


async def test_a_payment_in_euros_from_tap_to_arrival(world: AchWorld) -> None:
    """Ordered at the cut-off, delivered when our bank took the order, there on the day of its execution."""
    await world.add_and_prove(GOOD)
    before = await world.balances()
    sent = await world.pay()
    quoted = (await world.house.quote(2_000))["arrival"]
    await world.days(0, hours=9)
    delivered = await world.house.see(sent, world.house.bo)

    assert "credited" == delivered["state"]
    assert (quoted["earliest"], quoted["latest"]) == (delivered["arrival"]["earliest"], delivered["arrival"]["latest"])
    last = orders(world)[-1]
    assert [(delivered["trace"], 2_000, GOOD)] == [(one.id, one.amount_minor, one.to.number) for one in last.transfers]
    assert ("Tuppence", WHO.iban) == (last.account.name, last.account.number)
    assert "Tuppence Ann" in last.transfers[0].remittance
    assert [] == world.credits()
    await world.to(datetime.fromisoformat(delivered["arrival"]["earliest"]))
    assert [2_000] == world.credits()
    await world.days(5)
    assert "available" == (await world.house.see(sent, world.house.bo))["state"]
    after = await world.balances()
    moved = {name: after.get(name, 0) - before.get(name, 0) for name in after | before}
    settled = {"card_clearing": 2_000, "house_cash": -2_001, "rail_payable": 1}  # the day's cost is not booked here
    assert settled == {name: one for name, one in moved.items() if one}
    assert [] == await world.breaks()


async def test_the_calendar_is_targets(world: AchWorld) -> None:
    """On the Thursday before Easter the next two banking days are Tuesday and Wednesday, and the reason is said."""
    await world.add_and_prove(GOOD)
    await world.to(datetime.fromisoformat("2027-03-25T18:00:00+01:00"))
    arrival = (await world.house.quote(2_000))["arrival"]

    assert TARGET.instant(date(2027, 3, 31), 9) == datetime.fromisoformat(arrival["earliest"])
    assert TARGET.instant(date(2027, 4, 1), 9) == datetime.fromisoformat(arrival["latest"])
    assert "holiday" == arrival["reason_code"]


@pytest.mark.parametrize(("number", "code", "days"), [(CLOSED, "AC04", 5), (BLOCKED, "AC06", 1), (LATE, "MD07", 7)])
async def test_what_comes_back_waits_for_another_account(world: AchWorld, number: str, code: str, days: int) -> None:
    """Refused by our bank before anything moved, or returned by the other: the account is dead, the money goes on."""
    dead = await world.add_and_prove(number)
    sent = await world.pay()
    await world.days(days)
    seen = await world.house.see(sent, world.house.bo)

    assert ("awaiting_recipient", "credit_returned") == (seen["state"], seen["cause"])
    assert ("dead", code) == await world.account(dead)
    assert [] == world.credits()
    assert 2_000 == -(await world.balances())["in_transit"]
    await world.add_and_prove(OTHER)
    await world.days(7)
    assert [2_000] == world.credits()
    assert "available" == (await world.house.see(sent, world.house.bo))["state"]
    assert "bank_clearing" not in await world.balances()
    assert [] == await world.breaks()


async def test_an_iban_whose_deposits_come_back_is_rejected(world: AchWorld) -> None:
    """No such account: told with the reason, and the house has its cents back."""
    account = await world.add(NEVER)
    await world.days(4)

    assert ("rejected", "AC01") == await world.account(account)
    assert [] == world.seen(NEVER)
    assert "bank_clearing" not in await world.balances()
    assert [] == await world.breaks()


async def test_an_iban_of_a_bank_that_nobody_reaches_is_refused_at_once(world: AchWorld) -> None:
    """Both transfers of the order are refused, so that the whole order is; nothing moved."""
    account = await world.add("DE89370400440532013000")
    assert "DE" == (await world.account_view(account))["bank"]
    await world.days(1)

    assert ("rejected", "RC01") == await world.account(account)
    await world.days(3)
    assert "house_cash" not in await world.balances()
    assert [] == await world.breaks()


async def test_each_house_takes_accounts_of_its_own_kind(house: House, world: AchWorld, policy: Policy) -> None:
    """No routing numbers where there are euros, no IBANs where there are dollars."""
    with pytest.raises(errors.BankSchemeRefused):
        await world.add(GOOD, routing="099900027", kind="checking")
    house.policy = replace(policy, currency="USD")
    with pytest.raises(errors.BankSchemeRefused):
        await world.add(GOOD, kind="iban")


def _statement(bookings: tuple[Booking, ...], opening: int, day: date, account: str = WHO.iban) -> bytes:
    closing = opening + sum(one.amount_minor for one in bookings)
    balances = (Balance("OPBD", opening, "EUR", day), Balance("CLBD", closing, "EUR", day))
    at = datetime(2027, 3, 18, 20, tzinfo=UTC)
    return sepa.write_statement(Statement(f"X-{day}-{opening}", at, account, balances, bookings))


def _returned(trace: str, minor: int, reference: str, code: str = "AC04") -> Booking:
    day = date(2027, 3, 18)
    detail = Detail(id=trace, amount_minor=minor, return_code=code)
    return Booking(minor, "EUR", "BOOK", day, day, reference, "PMNT/RCDT/RRTN", False, (detail,))


async def test_a_return_is_taken_in_once_whoever_tells_of_it(world: AchWorld) -> None:
    """Only the statement, or a notification before it, or both and twice: one return, and the books close."""
    await world.add_and_prove(GOOD)
    sent = await world.pay()
    await world.days(0, hours=9)
    trace = (await world.house.see(sent, world.house.bo))["trace"]
    back = _returned(trace, 2_000, "R77")
    notice = Statement("N1", datetime(2027, 3, 18, 9, tzinfo=UTC), WHO.iban, (), (back,))
    await hear(world, "n1.xml", sepa.write_statement(notice))
    await hear(world, "n2.xml", sepa.write_statement(replace(notice, id="N2")))
    await hear(world, "day.xml", _statement((back,), 0, date(2027, 3, 18)))

    seen = await world.house.see(sent, world.house.bo)
    assert ("awaiting_recipient", "credit_returned") == (seen["state"], seen["cause"])
    assert 2_000 == -(await world.balances())["in_transit"]
    assert not {"returned_twice", "returns_unsettled", "unknown_line"} & {kind for kind, _ in await world.breaks()}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [({"minor": 1_999}, "amount_differs"), ({"trace": "0" * 32}, "unknown_trace")],
)
async def test_a_return_that_is_none_of_ours_has_a_name(world: AchWorld, changes: dict[str, Any], wrong: str) -> None:
    """Its money is in our account all the same: it stands in clearing under a break."""
    await world.add_and_prove(GOOD)
    sent = await world.pay()
    await world.days(0, hours=9)
    trace = (await world.house.see(sent, world.house.bo))["trace"]
    minor = changes.get("minor", 2_000)
    odd = _returned(str(changes.get("trace", trace)), minor, "R78")
    await hear(world, "odd.xml", _statement((odd,), 0, date(2027, 3, 18)))

    assert (wrong, -minor) in await world.breaks()
    assert "credited" == (await world.house.see(sent, world.house.bo))["state"]


async def test_an_order_that_is_refused_whole_leaves_the_money_here(world: AchWorld) -> None:
    """Our bank rejects the order before it looks at a transfer: nothing was delivered, and the friend's money waits."""
    await world.add_and_prove(GOOD)
    sent = await world.pay()
    world.desk.turn = _asleep  # type: ignore[method-assign,assignment]
    await world.days(0, hours=6)
    name = next(path.name for path in (world.root / "outbox").glob("*.pain001.xml"))
    refusal = Report("LB-1", datetime(2027, 3, 18, tzinfo=UTC), Status(name, "RJCT", "AM05"), (), ())
    await hear(world, "refusal.xml", sepa.write_report(refusal))

    seen = await world.house.see(sent, world.house.bo)
    assert seen["state"] in ("awaiting_recipient", "crediting")
    assert 2_000 == -(await world.balances())["in_transit"]


async def test_a_transfer_that_is_refused_after_its_order_was_settled_is_somebodys_case(world: AchWorld) -> None:
    """Its money left: nothing is taken back on our bank's word alone, and the books stay as the statement has them."""
    await world.add_and_prove(GOOD)
    sent = await world.pay()
    await world.days(5)
    trace, name = (await world.house.see(sent, world.house.bo))["trace"], orders(world)[-1].id
    before = await world.balances()
    late = Status(name, "PART"), (), (Status(trace, "RJCT", "AC06"),)
    await hear(world, "late.xml", sepa.write_report(Report("LB-9", datetime(2027, 3, 25, tzinfo=UTC), *late)))

    assert [("refused_after_settlement", 0)] == await world.breaks()
    assert "available" == (await world.house.see(sent, world.house.bo))["state"]
    assert before == await world.balances()


async def _asleep(_: datetime) -> None:
    """A bank that is closed."""


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        (b"<Document/>", "unreadable_file"),
        (_statement((), 0, date(2027, 3, 18), "DE89370400440532013000"), "statement_damaged"),
        (
            sepa.write_report(Report("R1", datetime(2027, 3, 18, tzinfo=UTC), Status("who", "ACCP"), (), ())),
            "unknown_file",
        ),
    ],
)
async def test_what_makes_no_sense_is_a_break(world: AchWorld, raw: bytes, wrong: str) -> None:
    """No XML of ours, another account, an order that we never gave: kept under a name, and nothing is booked."""
    await hear(world, "odd.xml", raw)
    assert [(wrong, 0)] == await world.breaks()


async def test_an_order_is_the_same_bytes_after_a_crash(world: AchWorld) -> None:
    """Killed between writing and recording: the same order under the same name, and our bank carries it out once."""
    await world.add_and_prove(GOOD)
    await world.pay()
    put, died = world.exchange.put, list[str]()

    async def put_and_die(name: str, content: bytes) -> None:
        await put(name, content)
        if not died:
            died.append(name)
            raise ConnectionError("killed before it was recorded")

    world.exchange.put = put_and_die
    await world.days(3)

    assert died
    assert [2_000] == world.credits()
    assert [] == await world.breaks()


def test_a_house_with_euros_does_not_debit_accounts(tmp_path: Path) -> None:
    """SEPA's direct debits are another scheme."""
    text = (Path(outbox.__file__).parents[1] / "core" / "policy.toml").read_text()
    (tmp_path / "policy.toml").write_text(text.replace('currency = "USD"', 'currency = "EUR"', 1))
    with pytest.raises(ValueError, match=r"policy\.bank\.debits"):
        Policy.load(tmp_path / "policy.toml")
