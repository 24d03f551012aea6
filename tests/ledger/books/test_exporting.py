"""An export holds every byte to account, is replayed to the same ledger, and stays small in memory."""

import csv
import io
import json
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.ledger.books.conftest import CLEARING, PAYOUT, TRANSIT, Kept
from tests.stock import Stock

from tuppence import ledger
from tuppence.core import uuid7
from tuppence.db import Database
from tuppence.db.embedded import Server, Urls
from tuppence.ledger import Transfer, TransferFlags
from tuppence.ledger.books import exporting, replaying, tables
from tuppence.ledger.books.rows import last_seal
from tuppence.ledger.model import AMOUNT_MAX, TIMESTAMP_MAX
from tuppence.ledger.proof import export
from tuppence.ledger.proof.export import Reader, entry_of, header_key
from tuppence.ledger.proof.statement import public_text, sign


async def exported(kept: Kept, **span: int) -> list[bytes]:
    async with kept.database.transaction(read_only=True, isolation="repeatable read") as tx:
        return [line async for line in exporting.export_lines(tx, await exporting.stretch_of(tx, **span), kept.key)]


@pytest.fixture
async def lines(kept: Kept) -> list[bytes]:
    """Two statements and all entries between."""
    await kept.state()
    await kept.pay(31)
    await kept.state()
    return await exported(kept)


def read(lines: list[bytes], kept: Kept, *wanted: UUID) -> Reader:
    return Reader(kept.public).read(lines, wanted)


def places(lines: list[bytes], kept: Kept) -> list[int]:
    return [one.line for one in read(lines, kept).found]


async def test_an_export_is_proven(kept: Kept, lines: list[bytes]) -> None:
    """Whole and untouched nothing is found; a payment is in it or is not; the last statement is known."""
    reader = read(lines, kept, kept.payments["waiting"], UUID(int=5))

    assert [] == reader.found
    assert {kept.payments["waiting"]} == reader.payments
    assert reader.statement is not None
    assert (2, reader.position) == (reader.statement["number"], reader.statement["entries"]["count"])
    assert kept.public == header_key(lines[0])


def first_place(before: Reader, lines: list[bytes]) -> int | None:
    """The first line that is named if these follow; reading stops there, before it adds anything up."""
    reader = replace(before, found=[], _digest=before._digest.copy())
    for line in lines:
        reader.feed(line)
        if reader.found:
            return reader.found[0].line
    return None


async def test_every_changed_byte_names_its_line(kept: Kept, lines: list[bytes]) -> None:
    """Every byte of the file, flipped in one bit, is found in its own line."""
    reader, missed = Reader(kept.public), []
    for n, line in enumerate(lines):
        for place in range(len(line)):
            spoilt = line[:place] + bytes([line[place] ^ (1 << (n + place) % 8)]) + line[place + 1 :]
            after = lines[n + 1 : n + 2] if place == len(line) - 1 else []
            if first_place(reader, _cut(spoilt + b"".join(after))) != n + 1:
                missed.append((n + 1, place))
        reader.feed(line)

    assert {"header", "account", "transfer", "expiry", "refusal", "statement", "end"} == set(map(entry_kind, lines))
    assert [] == missed
    assert [] == reader.found


def entry_kind(line: bytes) -> str:
    return str(json.loads(line)["kind"])


def _cut(text: bytes) -> list[bytes]:
    """Lines as a file gives them: ended by a line feed and nothing else."""
    return list(io.BytesIO(text))


async def test_missing_moved_and_repeated_lines_are_named(kept: Kept, lines: list[bytes]) -> None:
    """Each line left out, swapped with the next or said twice is found at that place."""
    for n in range(len(lines) - 1):
        missing = lines[:n] + lines[n + 1 :]
        swapped = [*lines[:n], lines[n + 1], lines[n], *lines[n + 2 :]]
        twice = [*lines[: n + 1], lines[n], *lines[n + 1 :]]

        assert places(missing, kept)[0] in (n + 1, n + 2, len(missing)), n
        assert places(swapped, kept)[0] in (n + 1, n + 2), n
        assert places(twice, kept)[0] == n + 2, n


async def test_a_cut_file_and_one_that_goes_on_are_found(kept: Kept, lines: list[bytes]) -> None:
    """Wherever it was cut, within a line or between two; and what follows the end."""
    text = b"".join(lines)
    for end in random.Random(3).sample(range(len(text)), 60):
        assert places(_cut(text[:end]), kept), end
    assert [len(lines) + 1] == places([*lines, lines[5]], kept)
    assert [len(lines) + 1] == places([*lines, b"\n"], kept)
    assert [1] == places([], kept)


async def test_another_key_is_refused_in_the_first_line(kept: Kept, lines: list[bytes]) -> None:
    """Whoever rewrites everything must sign with a key of their own."""
    other = Ed25519PrivateKey.generate()
    async with kept.database.transaction(read_only=True, isolation="repeatable read") as tx:
        forged = [line async for line in exporting.export_lines(tx, await exporting.stretch_of(tx), other)]

    assert 1 == places(forged, kept)[0]
    assert 1 == Reader(public_text(other)).read(lines).found[0].line


async def test_a_statement_that_lies_is_found_though_it_is_signed(kept: Kept, lines: list[bytes]) -> None:
    """The operator's own signature does not cover figures that the entries do not add up to."""
    (n,) = [n for n, line in enumerate(lines) if b'"number":2' in line]
    document = (await kept.state()).document
    root = document | {"entries": document["entries"] | {"root": "00" * 32}}
    owed = document | {"liabilities": [one | {"sum_minor": one["sum_minor"] + 1} for one in document["liabilities"]]}
    totals = document["trial_balance"]
    line = [one | {"debits_pending": 1, "credits_pending": 1} for one in totals[:1]] + totals[1:]

    for lie, said in ((root, "another tree"), (owed, "is owed"), (document | {"trial_balance": line}, "trial balance")):
        forged = [*lines[:n], export.line(sign(lie, kept.key).wire()), *lines[n + 1 :]]
        found = read(forged, kept).found
        assert n + 1 == found[0].line
        assert said in found[0].what


async def test_a_stretch_is_proven_by_its_chain_alone(kept: Kept) -> None:
    """Entries of a time only: the chain before them is vouched for, what was changed is named."""
    await kept.state()
    since = (await _last_time(kept)) + 1
    await kept.pay(1)
    await kept.pay(2)
    await kept.state()
    part = await exported(kept, since=since)
    (n,) = [n for n, line in enumerate(part) if b'"amount":2,' in line]

    assert [] == places(part, kept)
    assert [b"transfer", b"transfer"] == [b"transfer" for line in part if b'"kind":"transfer"' in line]
    assert not read(part, kept).is_whole
    assert [n + 1] == places([*part[:n], part[n].replace(b'"amount":2,', b'"amount":3,'), *part[n + 1 :]], kept)
    assert [] == places(await exported(kept, since=TIMESTAMP_MAX), kept)


async def _last_time(kept: Kept) -> int:
    async with kept.database.transaction(read_only=True) as tx:
        return (await last_seal(tx)).timestamp


# - replay -------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def empty(stock: Stock) -> AsyncIterator[Database]:
    """A ledger that is migrated and nothing else."""
    with stock.lent() as urls:
        database = await Database.open(urls.app, name="empty", max_size=1)
        yield database
        await database.close()


class Undo(Exception):
    """So that the next example finds it empty."""


async def replayed(empty: Database, lines: list[bytes], reader: Reader) -> list[str]:
    """What differs after a replay, the ledger's own check included; then it is undone."""
    found: list[str] = []
    try:
        async with empty.transaction() as tx:
            await replaying.replay(tx, filter(None, map(entry_of, lines)))
            found = await replaying.differences(tx, reader.fold.accounts, reader.link)
            found += [str(one) for one in await ledger.check(tx)]
            raise Undo
    except Undo:
        return found


async def test_a_replay_is_the_same_ledger(kept: Kept, lines: list[bytes], empty: Database) -> None:
    """Same balances, same chain, nothing broken; and what is compared would notice."""
    reader = read(lines, kept)
    assert [] == await replayed(empty, lines, reader)

    reader.fold.accounts[TRANSIT].debits_posted += 1
    assert [f"account {TRANSIT}"] == await replayed(empty, lines, reader)
    shorter = [line for line in lines if b'"kind":"expiry"' not in line]
    assert "the chain" in await replayed(empty, shorter, reader)


async def test_a_ledger_with_entries_is_not_replayed_into(kept: Kept, lines: list[bytes]) -> None:
    """Refused before anything is written."""
    with pytest.raises(replaying.NotEmpty):
        async with kept.database.transaction() as tx:
            await replaying.replay(tx, filter(None, map(entry_of, lines)))


STEPS = st.lists(
    st.tuples(st.sampled_from(["pay", "hold", "post", "part", "void", "lapse"]), st.integers(1, 500)), max_size=40
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
async def test_any_history_is_replayed_to_the_same_balances(
    kept: Kept, empty: Database, steps: list[tuple[str, int]]
) -> None:
    """Whatever was paid, reserved, posted in whole or part, let go or left to lapse, in any order."""
    held: list[UUID] = []
    for what, amount in steps:
        match what:
            case "pay":
                await kept.pay(amount)
            case "hold" | "lapse":
                seconds = 1 if what == "lapse" else 0
                pending = Transfer(uuid7(), CLEARING, PAYOUT, amount, 840, 2, TransferFlags.PENDING, timeout=seconds)
                await kept.move(pending)
                held += [] if seconds else [pending.id]
            case _ if held:
                flag = TransferFlags.VOID_PENDING_TRANSFER if what == "void" else TransferFlags.POST_PENDING_TRANSFER
                part = {"post": AMOUNT_MAX, "part": 1, "void": 0}[what]
                await kept.move(Transfer(uuid7(), amount=part, flags=flag, pending_id=held.pop()))
    async with kept.database.transaction() as tx:
        await ledger.expire_transfers(tx)
    await kept.state()
    lines = await exported(kept)
    reader = read(lines, kept)

    assert [] == reader.found
    assert [] == await replayed(empty, lines, reader)


# - other forms --------------------------------------------------------------------------------------------------------


async def test_csv_has_a_row_for_every_entry(kept: Kept) -> None:
    """With names from the chart, amounts in whole units, and times to the nanosecond."""
    await kept.state()
    async with kept.database.transaction(read_only=True) as tx:
        text = b"".join([line async for line in exporting.csv_lines(tx, await exporting.stretch_of(tx))]).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    (parked,) = [one for one in rows if one["step"] == "park"]

    assert await _count(kept) == len(rows)
    assert ("in_transit", f"parked:{kept.person}", "4.50", "USD", str(kept.payments["parked"])) == tuple(
        parked[name] for name in ("debit", "credit", "amount", "currency", "about")
    )
    assert [""] == [one["amount"] for one in rows if one["kind"] == "expiry"]


async def _count(kept: Kept) -> int:
    async with kept.database.transaction(read_only=True) as tx:
        return (await last_seal(tx)).position


@given(st.text(max_size=20))
def test_no_cell_begins_a_formula(text: str) -> None:
    """Whatever a cell says, a spreadsheet takes it for text or a number."""
    (read,) = next(csv.reader(io.StringIO(tables.row([text]), newline="")), [""])
    number = tables._is_number(text)

    assert number or not read.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert read in (text, f"'{text}")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "-", "--1", "-1.", "-1.x", "-１"])
def test_formulas_are_disarmed(text: str) -> None:
    """The known ways to begin one; plain numbers below zero stay numbers."""
    assert f"'{text}" == tables.cell(text)
    assert ["-1", "-20.00", "12"] == [tables.cell(one) for one in (-1, "-20.00", 12)]


ODD = st.sampled_from([b"{}\n", b"[]\n", b'{"kind":"end"}\n', b'{"kind":"statement"}\n', b'{"kind":"transfer"}\n'])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=30) | ODD))
async def test_a_strangers_file_crashes_nothing(kept: Kept, lines: list[bytes], some: list[bytes]) -> None:
    """Any lines at all, by themselves or after a true beginning, are told by line."""
    found = places([*lines[:5], *some], kept)

    assert places(some, kept)
    assert found
    assert all(1 <= one <= 5 + len(some) + 1 for one in found)


async def test_a_row_changed_in_the_database_shows_in_what_is_exported(
    kept: Kept, lines: list[bytes], server: Server, urls: Urls
) -> None:
    """A superuser's change is in the export, whose reader names its line; a row that is gone stops the export."""
    name = urls.app.partition("?")[0].rpartition("/")[2]
    (n,) = [n for n, line in enumerate(lines) if b'"amount":31,' in line]
    with psycopg.connect(server.superuser_url.replace("/postgres?", f"/{name}?"), autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("UPDATE ledger.transfer SET user_data_32 = 9 WHERE amount = 31")
        assert [n + 1] == places(await exported(kept), kept)
        (row,) = superuser.execute("DELETE FROM ledger.transfer WHERE amount = 31 RETURNING *").fetchall()
        with pytest.raises(exporting.NotAsSealed, match=f"seal {n - 1}"):
            await exported(kept)
        superuser.execute("INSERT INTO ledger.transfer VALUES (" + ", ".join(["%s"] * len(row)) + ")", row)
