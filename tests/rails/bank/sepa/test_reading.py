"""What banks send: statements, notifications and reports, checked against their schemas and read into nouns."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rails.bank.sepa import messages
from tests.rails.bank.sepa.messages import IBAN, OTHER, booking, notification, report, statement
from tests.rails.bank.sepa.test_orders import order

from tuppence.rails.bank.sepa import (
    SepaError,
    bic_holds,
    iban_holds,
    read_orders,
    read_report,
    read_statements,
    write_order,
)
from tuppence.rails.bank.sepa.schema import MESSAGES


@pytest.mark.parametrize("version", MESSAGES["camt.053"])
def test_a_statement_is_read_in_every_version(version: str) -> None:
    """Who paid whom how much, when, why, and what was there before and after."""
    (read,) = read_statements(statement(version))

    assert ("S1", IBAN, datetime(2026, 11, 27, 22, tzinfo=UTC)) == (read.id, read.account, read.created)
    assert [("OPBD", 10000, "EUR"), ("CLBD", 8750, "EUR")] == [
        (one.kind, one.amount_minor, one.currency) for one in read.balances
    ]
    (entry,) = read.bookings
    assert (-1250, "EUR", "BOOK", date(2026, 11, 27), date(2026, 11, 28)) == (
        entry.amount_minor,
        entry.currency,
        entry.status,
        entry.booked,
        entry.value,
    )
    assert ("BANKREF1", "PMNT/ICDT/ESCT", False) == (entry.reference, entry.code, entry.is_reversal)
    (detail,) = entry.details
    assert detail.other is not None
    assert ("E2E-1", "INSTR1", "Dinner on Friday") == (detail.id, detail.instruction_id, detail.remittance)
    assert ("Ana Bell", OTHER, "BNPAFRPP") == (detail.other.name, detail.other.number, detail.other.bic)
    assert read.adds_up


@pytest.mark.parametrize("version", MESSAGES["camt.054"])
def test_a_notification_says_why_money_came_back(version: str) -> None:
    """With the bank's code, in every version."""
    (read,) = read_statements(notification(version))

    (entry,) = read.bookings
    assert (1250, "AC04", "E2E-1") == (entry.amount_minor, entry.details[0].return_code, entry.details[0].id)
    assert read.adds_up


@pytest.mark.parametrize("version", MESSAGES["pain.002"])
def test_a_report_says_what_became_of_each_transfer(version: str) -> None:
    """Taken or refused, and why, in every version."""
    read = read_report(report(version))

    assert ("ORDER-1", "PART") == (read.order.of, read.order.status)
    assert [("E2E-1", "ACSC", ""), ("E2E-2", "RJCT", "AC04")] == [
        (one.of, one.status, one.reason) for one in read.transfers
    ]
    assert "ACCOUNT CLOSED" == read.transfers[1].text


def test_a_statement_that_does_not_add_up_says_so() -> None:
    """Opening balance and bookings must make the closing one; whoever books it is told."""
    assert not read_statements(statement("08", closing="87.51"))[0].adds_up
    assert read_statements(statement("08", booking("08"), booking("08", debit=False), closing="100.00"))[0].adds_up


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('<Amt Ccy="EUR">12.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>', "<Sts>", "Stmt[1]/Ntry[1]/Amt"),
        ("<CdtDbtInd>DBIT</CdtDbtInd><Sts>", "<CdtDbtInd>BOTH</CdtDbtInd><Sts>", "Stmt[1]/Ntry[1]/CdtDbtInd"),
        (
            '<Amt Ccy="EUR">12.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>',
            "<Amt>12.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>",
            "Stmt[1]/Ntry[1]/Amt/@Ccy",
        ),
        ('<Ntry><Amt Ccy="EUR">12.50', '<Ntry><Amt Ccy="EUR">-12.50', "Stmt[1]/Ntry[1]/Amt"),
        ('<Ntry><Amt Ccy="EUR">12.50', '<Ntry><Amt Ccy="EUR">12,50', "Stmt[1]/Ntry[1]/Amt"),
        ('<Ntry><Amt Ccy="EUR">12.50', '<Ntry><Amt Ccy="EUR">1e3', "Stmt[1]/Ntry[1]/Amt"),
        ('<Ntry><Amt Ccy="EUR">12.50', '<Ntry><Amt Ccy="EUR">12.505', "Stmt[1]/Ntry[1]/Amt"),
        ('<Ntry><Amt Ccy="EUR">12.50', '<Ntry><Amt Ccy="EUR">1234567890123456789', "Stmt[1]/Ntry[1]/Amt"),
        ("<Dt>2026-11-27</Dt></BookgDt>", "<Dt>2026-11-31</Dt></BookgDt>", "Stmt[1]/Ntry[1]/BookgDt/Dt"),
        ("<BookgDt><Dt>2026-11-27</Dt></BookgDt>", "<BookgDt></BookgDt>", "Stmt[1]/Ntry[1]/BookgDt"),
        ("<CreDtTm>2026-11-27T22:00:00</CreDtTm>", "<CreDtTm>yesterday</CreDtTm>", "Stmt[1]/CreDtTm"),
        ("<Id>S1</Id>", "", "Stmt[1]/Id"),
        ("<Id>S1</Id>", f"<Id>{'x' * 36}</Id>", "Stmt[1]/Id"),
        ("<Id>S1</Id>", "<Id>S1</Id><Id>S2</Id>", "Stmt[1]/Id"),
        ("<Id>S1</Id>", "<Id>S1<b/></Id>", "Stmt[1]/Id"),
        ("<Id>S1</Id>", "<Id>S1</Id><Invented/>", "Stmt[1]/Invented"),
        ("<Id>S1</Id>", "words<Id>S1</Id>", "Stmt[1]"),
        ("<Id>S1</Id>", "<Id>S1</Id>words", "Stmt[1]"),
        ("<Id>S1</Id>", "<Id colour='red'>S1</Id>", "Stmt[1]/Id"),
        (
            "<MsgId>M1</MsgId><CreDtTm>2026-11-27T23:00:00+01:00</CreDtTm>",
            "<CreDtTm>2026-11-27T23:00:00+01:00</CreDtTm><MsgId>M1</MsgId>",
            "GrpHdr/MsgId",
        ),
        (f"<IBAN>{IBAN}</IBAN></Id></Acct>", "<IBAN>de89</IBAN></Id></Acct>", "Stmt[1]/Acct/Id/IBAN"),
        (
            f"<IBAN>{IBAN}</IBAN></Id></Acct>",
            f"<IBAN>{IBAN}</IBAN><Othr><Id>1</Id></Othr></Id></Acct>",
            "Stmt[1]/Acct/Id",
        ),
    ],
)
def test_a_message_that_breaks_its_schema_is_refused_by_element(old: str, new: str, path: str) -> None:
    """Missing, doubled, unknown, out of order, or of the wrong form; what stood there is not repeated."""
    raw = statement()
    assert old.encode() in raw

    with pytest.raises(SepaError) as refused:
        read_statements(raw.replace(old.encode(), new.encode(), 1))

    assert f"Document/BkToCstmrStmt/{path}" == refused.value.path
    assert IBAN not in str(refused.value)


_BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><Document>&c;</Document>"""
_FILE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><Document>&f;</Document>"""
_DTD = b"""<?xml version="1.0"?><!DOCTYPE Document SYSTEM "http://127.0.0.1/x.dtd"><Document/>"""


@pytest.mark.parametrize("raw", [_BOMB, _FILE, _DTD], ids=["bomb", "file", "dtd"])
def test_documents_that_reach_for_more_are_refused(raw: bytes) -> None:
    """Entities and document types are how XML explodes, reads our files or calls out. No bank's message has them."""
    for read in (read_orders, read_report, read_statements):
        with pytest.raises(SepaError) as refused:
            read(raw)
        assert "has a document type or entities" == refused.value.reason


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not xml",
        b"<Document/>",
        b'<?xml version="1.0" encoding="nonsense"?><Document/>',
        messages.document("camt.053.001.99", ""),
        messages.document("pacs.008.001.08", ""),
        b"<a>" * 50_000 + b"</a>" * 50_000,
        statement()[:700],
    ],
)
def test_what_is_no_such_message_is_refused(raw: bytes) -> None:
    """However little it looks like one."""
    for read in (read_orders, read_report, read_statements):
        with pytest.raises(SepaError):
            read(raw)


_PIECES = [b"<Id>", b"</Id>", b"&#0;", b"9", b"<Cd/>", b"\xff", b"]]>"]
_GOOD = [statement("02"), statement("08"), notification("08"), report("03"), report("10"), write_order(order())]


@settings(deadline=None)  # the first one of a version reads its schema
@given(raw=st.sampled_from(_GOOD), data=st.data())
def test_damaged_messages_are_read_or_refused(raw: bytes, data: st.DataObject) -> None:
    """Changed, cut, doubled or given other bytes: nothing but SepaError comes out."""
    damaged = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged)))
        match data.draw(st.sampled_from(["change", "cut", "insert", "double"])):
            case "change":
                damaged[at : at + 1] = data.draw(st.binary(min_size=1, max_size=1))
            case "cut":
                del damaged[at : at + data.draw(st.integers(1, 60))]
            case "insert":
                damaged[at:at] = data.draw(
                    st.sampled_from([b"<Id>", b"</Id>", b"&#0;", b"9", b"<Cd/>", b"\xff", b"]]>"])
                )
            case "double":
                damaged[at:at] = damaged[max(0, at - 80) : at]
    for read in (read_orders, read_report, read_statements):
        with suppress(SepaError):
            read(bytes(damaged))


@settings(deadline=None)
@given(raw=st.binary(max_size=300))
def test_random_bytes_are_refused(raw: bytes) -> None:
    """Nothing but SepaError comes out."""
    for read in (read_orders, read_report, read_statements):
        with pytest.raises(SepaError):
            read(raw)


def test_nothing_that_prints_names_an_account() -> None:
    """Nouns may be logged."""
    printed = repr([read_statements(statement()), read_report(report()), read_orders(write_order(order()))])

    assert IBAN not in printed
    assert OTHER not in printed
    assert "Ana" not in printed


@pytest.mark.parametrize(
    "iban",
    [
        "DE89370400440532013000",
        "FR1420041010050500013M02606",
        "GB82WEST12345698765432",
        "NO9386011117947",
        "CH9300762011623852957",
    ],
)
def test_ibans_hold_and_no_swap_of_digits_does(iban: str) -> None:
    """Their check digits notice every single wrong digit and every two neighbours that changed places."""
    assert iban_holds(iban)
    for n in range(4, len(iban) - 1):
        wrong = iban[:n] + str((int(iban[n], 36) + 1) % 10) + iban[n + 1 :]
        swapped = iban[:n] + iban[n + 1] + iban[n] + iban[n + 2 :]
        assert not iban_holds(wrong)
        assert swapped == iban or not iban_holds(swapped)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "DE89",
        "de89370400440532013000",
        "DE89 3704 0044 0532 0130 00",
        "US12345678901234567",
        "DE8937040044053201300",
    ],
)
def test_what_is_no_iban_does_not_hold(text: str) -> None:
    """Another country, another length, blanks, small letters."""
    assert not iban_holds(text)


def test_bics_have_eight_characters_or_eleven() -> None:
    """Bank, country, place, and perhaps a branch."""
    assert all(bic_holds(text) for text in ("COBADEFF", "COBADEFFXXX", "WESTGB2L"))
    assert not any(bic_holds(text) for text in ("", "COBADEF", "COBADEFFX", "COBA12FF", "cobadeff", "COBADEFFXXXX"))
