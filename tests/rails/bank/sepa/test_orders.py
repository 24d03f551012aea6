"""Orders: what we write a bank can read, by the schema; what it could not take is not written."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sepaxml
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rails.bank.sepa.messages import IBAN, OTHER

from tuppence.rails.bank.sepa import CreditTransfer, Order, Party, SepaError, read_orders, write_order

SCHEMAS = Path(str(sepaxml.__file__)).parent / "schemas"


def transfer(**changes: Any) -> CreditTransfer:
    """A payment to Ana."""
    return replace(CreditTransfer("E2E-1", 1250, Party("Ana Bell", OTHER, "BNPAFRPP"), "Dinner on Friday"), **changes)


def order(*transfers: CreditTransfer, **changes: Any) -> Order:
    """An order for Friday."""
    ours = Party("Tuppence", IBAN, "COBADEFFXXX")
    asked = transfers or (transfer(),)
    return replace(
        Order("ORDER-1", datetime(2026, 11, 26, 9, tzinfo=UTC), date(2026, 11, 27), ours, tuple(asked)), **changes
    )


ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,34}", fullmatch=True)
texts = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9 .,]{0,60}[A-Za-z0-9])?", fullmatch=True).map(
    lambda t: " ".join(t.split())
)
ibans = st.sampled_from([IBAN, OTHER, "GB82WEST12345698765432", "NO9386011117947", "MT84MALT011000012345MTLCAST001S"])
transfers = st.builds(
    CreditTransfer,
    id=ids,
    amount_minor=st.integers(1, 99_999_999_999),
    to=st.builds(Party, texts, ibans, st.sampled_from(["", "BNPAFRPP", "WESTGB2LXXX"])),
    remittance=texts,
)


@settings(deadline=None)  # the first one reads a schema
@given(asked=st.lists(transfers, min_size=1, max_size=8), version=st.sampled_from(["03", "09"]))
def test_a_bank_reads_what_we_ordered(asked: list[CreditTransfer], version: str) -> None:
    """Every transfer arrives with its id, amount, account, name and text, in both versions."""
    sent = order(*asked)

    assert [sent] == read_orders(write_order(sent, version))


@pytest.mark.parametrize("version", ["03", "09"])
def test_what_we_write_is_valid_by_the_schema(version: str) -> None:
    """Checked here by the schema file itself, not by the room under test."""
    raw = write_order(order(transfer(), transfer(id="E2E-2", amount_minor=5)), version)

    xmlschema.XMLSchema(str(SCHEMAS / f"pain.001.001.{version}.xsd")).validate(raw.decode())
    assert b"<CtrlSum>12.55</CtrlSum>" in raw


def test_an_order_is_the_same_bytes_for_ever() -> None:
    """Nothing in it is made up or taken from a clock: written again it is the same file, and is not paid twice."""
    assert write_order(order()) == write_order(order())


def test_names_are_written_in_characters_that_every_bank_takes() -> None:
    """Accents, other scripts and signs are put into plain letters; what is too long is cut."""
    to = Party("Łukasz Ōe & Söhne <GmbH> Дмитрий", OTHER)
    (sent,) = read_orders(write_order(order(transfer(to=to, remittance="Café n° 5 " + "x" * 200))))

    assert "Lukasz Oe + Sohne GmbH Dmitrii" == sent.transfers[0].to.name
    assert "Cafe ndeg 5 " + "x" * 128 == sent.transfers[0].remittance


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        (order(transfer(amount_minor=0)), "PmtInf/CdtTrfTxInf[1]/Amt/InstdAmt"),
        (order(transfer(), transfer(amount_minor=100_000_000_000)), "PmtInf/CdtTrfTxInf[2]/Amt/InstdAmt"),
        (order(transfer(currency="USD")), "PmtInf/CdtTrfTxInf[1]/Amt/InstdAmt/@Ccy"),
        (order(transfer(to=Party("Ana", OTHER.replace("14", "15", 1)))), "PmtInf/CdtTrfTxInf[1]/CdtrAcct/Id/IBAN"),
        (order(transfer(to=Party("Ana", OTHER, "BNP"))), "PmtInf/CdtTrfTxInf[1]/CdtrAgt/FinInstnId/BICFI"),
        (order(transfer(to=Party("<>", OTHER))), "PmtInf/CdtTrfTxInf[1]/Cdtr/Nm"),
        (order(transfer(remittance=" ")), "PmtInf/CdtTrfTxInf[1]/RmtInf/Ustrd"),
        (order(transfer(id="")), "PmtInf/CdtTrfTxInf[1]/PmtId/EndToEndId"),
        (order(transfer(id="x" * 36)), "PmtInf/CdtTrfTxInf[1]/PmtId/EndToEndId"),
        (order(transfer(id="/x")), "PmtInf/CdtTrfTxInf[1]/PmtId/EndToEndId"),
        (order(id="a//b"), "GrpHdr/MsgId"),
        (order(account=Party("Tuppence", "DE00")), "PmtInf/DbtrAcct/Id/IBAN"),
        (replace(order(), transfers=()), "PmtInf"),
    ],
)
def test_what_no_bank_would_take_is_not_written(asked: Order, path: str) -> None:
    """The element that is wrong is named; the account is not repeated."""
    with pytest.raises(SepaError) as refused:
        write_order(asked)

    assert f"Document/CstmrCdtTrfInitn/{path}" == refused.value.path
    assert OTHER[4:] not in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (
            b"<NbOfTxs>1</NbOfTxs><CtrlSum>12.50</CtrlSum><InitgPty>",
            b"<NbOfTxs>2</NbOfTxs><InitgPty>",
            "GrpHdr/NbOfTxs",
        ),
        (b"<CtrlSum>12.50</CtrlSum><InitgPty>", b"<CtrlSum>12.51</CtrlSum><InitgPty>", "GrpHdr/CtrlSum"),
        (b"<PmtMtd>TRF</PmtMtd>", b"<PmtMtd>QQQ</PmtMtd>", "PmtInf[1]/PmtMtd"),
        (b"<PmtMtd>TRF</PmtMtd>", b"", "PmtInf[1]/PmtMtd"),
        (IBAN.encode(), b"not an iban", "PmtInf[1]/DbtrAcct/Id/IBAN"),
        (b"12.50</InstdAmt>", b"12.50000</InstdAmt>", ""),
        (b"12.50</InstdAmt>", b"12.555</InstdAmt>", "PmtInf[1]/CdtTrfTxInf[1]/Amt/InstdAmt"),
        (b"<EndToEndId>E2E-1</EndToEndId>", b"<EndToEndId></EndToEndId>", "PmtInf[1]/CdtTrfTxInf[1]/PmtId/EndToEndId"),
    ],
)
def test_an_order_that_is_not_right_is_refused_by_element(old: bytes, new: bytes, path: str) -> None:
    """By the schema, and by its own sums. Zeros behind the last decimal change nothing."""
    raw = write_order(order())
    assert old in raw
    if not path:
        assert [order()] == read_orders(raw.replace(old, new, 1))
        return

    with pytest.raises(SepaError) as refused:
        read_orders(raw.replace(old, new, 1))

    assert f"Document/CstmrCdtTrfInitn/{path}" == refused.value.path
