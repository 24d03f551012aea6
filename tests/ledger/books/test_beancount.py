"""What we export, the real Beancount loads without an error, and adds up to the balances that the ledger has."""

from collections import defaultdict
from decimal import Decimal

import pytest
from beancount import loader
from beancount.core.data import Balance, Transaction
from tests.ledger.books.conftest import Kept

from tuppence import ledger
from tuppence.core import uuid7
from tuppence.ledger import Account, Transfer, chart
from tuppence.ledger.books import exporting
from tuppence.ledger.books.beancount import account_name
from tuppence.ledger.books.tables import currency, decimal


@pytest.fixture
async def mixed(kept: Kept) -> Kept:
    """Besides dollars, yen without decimals, dinars with three, and a ledger that is no currency of ours."""
    async with kept.database.transaction() as tx:
        for code in ("JPY", "BHD"):
            await ledger.open_house(tx, code)
        await ledger.create_accounts(tx, [Account(uuid7(), 7, 900, user_data_32=n) for n in range(2)])
    for code, numeric, amount in (("JPY", 392, 1500), ("BHD", 48, 12345)):
        sides = (chart.house("card_clearing", code), chart.house("in_transit", code))
        await kept.move(Transfer(uuid7(), *sides, amount, numeric, 1))
    await kept.state()
    return kept


async def written(kept: Kept, since: int = 0) -> str:
    async with kept.database.transaction(read_only=True, isolation="repeatable read") as tx:
        stretch = await exporting.stretch_of(tx, since=since)
        return b"".join([line async for line in exporting.beancount_lines(tx, stretch)]).decode()


def loaded(text: str) -> tuple[list[object], dict[tuple[str, str], Decimal]]:
    """Its errors, and what each account adds up to."""
    entries, errors, _ = loader.load_string(text)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                assert posting.units is not None
                assert posting.units.number is not None
                sums[posting.account, posting.units.currency] += posting.units.number
    assert any(isinstance(entry, Balance) for entry in entries)
    return list(errors), {place: amount for place, amount in sums.items() if amount}


async def balances(kept: Kept) -> dict[tuple[str, str], Decimal]:
    """What the ledger has, by the names that the export uses."""
    async with kept.database.transaction(read_only=True) as tx:
        lines = await ledger.trial_balance(tx)
    return {
        (
            account_name(one.account.id, one.account.code, one.account.user_data_128),
            currency(one.account.ledger),
        ): Decimal(decimal(one.posted_minor, one.account.ledger))
        for one in lines
        if one.posted_minor
    }


async def test_beancount_adds_up_to_the_same(mixed: Kept) -> None:
    """No error, every balance asserted, each currency with its own decimals."""
    errors, sums = loaded(await written(mixed))

    assert [] == errors
    assert await balances(mixed) == sums
    assert Decimal("12.345") == sums["Assets:Card-Clearing", "BHD"]
    assert Decimal("1500") == sums["Assets:Card-Clearing", "JPY"]


async def test_a_stretch_begins_with_what_stood_there(mixed: Kept) -> None:
    """From the middle on, opening balances make it add up too."""
    async with mixed.database.transaction(read_only=True) as tx:
        since = (await ledger.query_transfers(tx, ledger.QueryFilter()))[6].timestamp
    errors, sums = loaded(await written(mixed, since))

    assert [] == errors
    assert await balances(mixed) == sums


@pytest.mark.parametrize(
    ("right", "wrong"), [("  20.00 USD", "  20.01 USD"), (" open Assets:Card", " open Assets:Kard")]
)
async def test_what_is_not_sound_beancount_refuses(mixed: Kept, right: str, wrong: str) -> None:
    """A transaction that does not balance, or an account that was never opened: the test above can fail."""
    text = await written(mixed)
    assert right in text
    _, errors, _ = loader.load_string(text.replace(right, wrong, 1))

    assert errors
