"""Writing files: entries into balanced batches, and the returns and notifications that answer them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuppence.rails.bank import nacha
from tuppence.rails.bank.nacha import (
    AccountKind,
    Batch,
    Category,
    Changed,
    Company,
    Direction,
    Entry,
    NachaError,
    Offset,
    Returned,
    Sender,
)

SENDER = Sender("061000104", "First Test Bank", " 061000052", "Tuppence")
BANK = Sender("061000052", "First Test Bank", " 021000021", "Other Test Bank")
COMPANY = Company("Tuppence", "1234567890", "06100005")
CREATED = datetime(2026, 11, 25, 20, 30, tzinfo=UTC)
FRIDAY = date(2026, 11, 27)


def credit(sequence: int = 1, **changes: Any) -> Entry:
    """A payment to Ana."""
    asked: dict[str, Any] = {
        "sequence": sequence,
        "direction": Direction.CREDIT,
        "routing": "021000021",
        "account": "123456789",
        "amount_minor": 1250,
        "name": "Ana Bell",
        "identification": "Bob Cole",
    }
    return Entry(**(asked | changes))


def batch(*entries: Entry, sec: str = "PPD", **changes: Any) -> Batch:
    """A batch that settles on Friday."""
    return Batch(COMPANY, sec, changes.pop("description", "PAYMENT"), FRIDAY, entries, **changes)


def read_back(*batches: Batch, **asked: Any) -> tuple[nacha.Item, ...]:
    """The entries of a file, as its receiver reads them."""
    return nacha.read(nacha.build(SENDER, batches, created=CREATED, **asked).content).items


names = st.text(st.characters(codec="utf-8"), min_size=1).filter(
    lambda text: any(c.isascii() and c.isalnum() for c in text)
)
amounts = st.integers(1, 99_999_999_99)
entries = st.builds(
    Entry,
    sequence=st.just(1),
    direction=st.sampled_from(Direction),
    routing=st.sampled_from(["021000021", "061000104", "231380104"]),
    account=st.from_regex(r"[0-9]{1,17}", fullmatch=True),
    amount_minor=amounts,
    name=names,
    kind=st.sampled_from([AccountKind.CHECKING, AccountKind.SAVINGS]),
    identification=st.just("Bob Cole"),
    information=st.from_regex(r"[!-~]{0,80}", fullmatch=True),
)


@settings(deadline=None)
@given(asked=st.lists(entries, min_size=1, max_size=30), sec=st.sampled_from(["PPD", "WEB", "CCD"]))
def test_what_is_asked_is_what_the_bank_reads(asked: list[Entry], sec: str) -> None:
    """Every entry arrives with its amount, direction, bank and account, and the file comes back byte for byte."""
    numbered = [replace(one, sequence=n) for n, one in enumerate(asked, 1)]
    written = nacha.build(SENDER, [batch(*numbered, sec=sec)], created=CREATED)
    file = nacha.read(written.content)

    assert written.content == nacha.write(file)
    assert 0 == len(written.content) % 950
    assert [(one.direction, one.routing, one.account, one.amount_minor, one.information.strip()) for one in asked] == [
        (item.direction, item.routing, item.account, item.amount_minor, item.information) for item in file.items
    ]


@settings(deadline=None)
@given(asked=st.lists(entries, min_size=1, max_size=30))
def test_an_offset_balances_its_batch(asked: list[Entry]) -> None:
    """With the company's own account in it, a batch's debits are its credits."""
    numbered = [replace(one, sequence=n, amount_minor=one.amount_minor % 10**8 + 1) for n, one in enumerate(asked, 1)]
    offset = Offset(9999, "061000052", "5550001", "Tuppence")

    totals = nacha.build(SENDER, [batch(*numbered, offset=offset)], created=CREATED).totals

    assert totals.debit_minor == totals.credit_minor


def test_a_small_file_to_the_letter() -> None:
    """The bytes, as they would be typed by hand from the rules."""
    written = nacha.build(SENDER, [batch(credit(), sec="WEB")], created=CREATED)

    assert written.content.decode().split("\n")[:5] == [
        "101 061000104 0610000522611251530A094101First Test Bank        Tuppence                       ",
        "5220Tuppence                            1234567890WEBPAYMENT         261127   1061000050000001",
        "622021000021123456789        0000001250Bob Cole       Ana Bell              S 0061000050000001",
        "822000000100021000020000000000000000000012501234567890                         061000050000001",
        "9000001000001000000010002100002000000000000000000001250                                       ",
    ]


def test_accents_are_taken_off_names() -> None:
    """A bank that knows ASCII only reads José's name."""
    (item,) = read_back(batch(credit(name="José Núñez-Ōe, the second of that name")))

    assert "Jose Nunez-Oe, the sec" == item.name


def test_a_prenote_carries_no_money() -> None:
    """It only asks whether the account is there."""
    (item,) = read_back(batch(credit(prenote=True, amount_minor=0)))

    assert (True, 0, "23") == (item.is_prenote, item.amount_minor, item.entry["transaction_code"])


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        (batch(credit(routing="021000022")), "entry.rdfi"),
        (batch(credit(routing="02100002")), "entry.rdfi"),
        (batch(credit(amount_minor=-1)), "entry.amount"),
        (batch(credit(amount_minor=0)), "entry.amount"),
        (batch(credit(amount_minor=100_000_000_00)), "entry.amount"),
        (batch(credit(prenote=True)), "entry.amount"),
        (batch(credit(name=" ")), "entry.name"),
        (batch(credit(account="")), "entry.account"),
        (batch(credit(account="1" * 18)), "entry.account"),
        (batch(credit(account="12\n34")), "entry.account"),
        (batch(credit(identification=""), sec="WEB"), "entry.identification"),
        (batch(credit(sequence=0)), "entry.trace"),
        (batch(credit(2), credit(1)), "entry.trace"),
        (batch(credit(information="x" * 81)), "addenda05.information"),
        (batch(credit(), sec="CTX"), "batch_header.sec"),
        (batch(credit(), description="MUCH TOO LONG"), "batch_header.description"),
        (batch(credit(), description=""), "batch_header.description"),
        (batch(), "batch_control.type"),
    ],
)
def test_what_no_bank_would_take_is_not_written(asked: Batch, path: str) -> None:
    """The error names the field; nothing is cut off to make it fit."""
    with pytest.raises(NachaError) as refused:
        nacha.build(SENDER, [asked], created=CREATED)

    assert path == refused.value.path


def test_the_modifier_tells_files_of_a_day_apart() -> None:
    """And is one of thirty-six."""
    second = nacha.build(SENDER, [batch(credit())], created=CREATED, modifier="B").content

    assert b"B094101" == second[33:40]
    with pytest.raises(NachaError):
        nacha.build(SENDER, [batch(credit())], created=CREATED, modifier="b")


def test_a_return_names_the_entry_that_comes_back() -> None:
    """By its trace, with its amount and account, from the bank that it was for, and with a trace of that bank's own."""
    sent = read_back(batch(credit(1), credit(2, direction=Direction.DEBIT, kind=AccountKind.SAVINGS)))
    written = nacha.build_returns(
        BANK, [Returned(sent[0], "R03"), Returned(sent[1], "R01", "Try on Friday")], created=CREATED, first_sequence=41
    )

    first, second = nacha.read(written.content).items

    assert (Category.RETURN, "021000020000041", "061000052") == (first.category, first.trace, first.routing)
    assert first.returned is not None
    assert ("R03", sent[0].trace, "02100002") == (
        first.returned.code.code,
        first.returned.original_trace,
        first.returned.original_rdfi,
    )
    assert (sent[0].amount_minor, sent[0].account, "21") == (
        first.amount_minor,
        first.account,
        first.entry["transaction_code"],
    )
    assert second.returned is not None
    assert ("R01", "Try on Friday", "36") == (
        second.returned.code.code,
        second.returned.information,
        second.entry["transaction_code"],
    )


def test_a_death_is_told_with_its_day() -> None:
    """R15 says when."""
    (sent,) = read_back(batch(credit()))
    (item,) = nacha.read(
        nacha.build_returns(BANK, [Returned(sent, "R15", death=date(2026, 11, 2))], created=CREATED).content
    ).items

    assert item.returned is not None
    assert date(2026, 11, 2) == item.returned.death_date


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("C01", {"account": "987654321"}),
        ("C02", {"routing": "231380104"}),
        ("C03", {"routing": "231380104", "account": "98765432109876543"}),
        ("C04", {"name": "Ana B. Bell"}),
        ("C05", {"transaction_code": "32"}),
        ("C06", {"account": "98765432109876543", "transaction_code": "37"}),
        ("C07", {"routing": "231380104", "account": "98765432109876543", "transaction_code": "37"}),
        ("C07", {"routing": "231380104", "account": "987", "transaction_code": "37"}),
        ("C09", {"identification": "A-17"}),
    ],
)
def test_a_notification_of_change_says_what_is_right(code: str, values: dict[str, str]) -> None:
    """Each code lays its values out in its own way; they come back by name. No money moves, no account prints."""
    (sent,) = read_back(batch(credit()))
    changed = Changed(sent, code, nacha.corrected_data(code, **values))

    (item,) = nacha.read(nacha.build_changes(BANK, [changed], created=CREATED).content).items

    assert (Category.CHANGE, "COR", 0) == (item.category, item.sec, item.amount_minor)
    assert item.change is not None
    assert (code, sent.trace, values) == (item.change.code.code, item.change.original_trace, item.change.parts())
    assert not any(text in repr([item, item.change, changed]) for text in values.values() if len(text) > 3)


def test_returns_of_several_batches_keep_their_batches() -> None:
    """A returning bank answers each batch in one of its own, numbered anew."""
    sent = read_back(batch(credit(1)), batch(credit(2), sec="CCD"), batch(credit(3, routing="231380104")))

    written = nacha.build_returns(BANK, [Returned(item, "R02") for item in sent], created=CREATED)

    items = nacha.read(written.content).items
    assert ["PPD", "CCD", "PPD"] == [item.sec for item in items]
    assert ["02100002", "02100002", "23138010"] == [item.batch["odfi"] for item in items]
    assert 3 == written.totals.batches
