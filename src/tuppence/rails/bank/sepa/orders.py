"""pain.001: credit transfers that we order, and reading such orders as a bank does."""

import re
from collections.abc import Iterator
from datetime import UTC
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import sepaxml
from text_unidecode import unidecode

from tuppence.rails.bank.sepa.accounts import bic_holds, iban_holds
from tuppence.rails.bank.sepa.errors import SepaError
from tuppence.rails.bank.sepa.model import CreditTransfer, Order, Party
from tuppence.rails.bank.sepa.schema import verify
from tuppence.rails.bank.sepa.xml import Node, parse

WRITTEN_VERSIONS = ("03", "09")  # what SEPA began with, and what banks ask for since 2023
MOST_MINOR = 999_999_999_99  # a SEPA credit transfer's largest amount; source: EPC, SCT rulebook
_ID = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9/?:().,'+ -]{1,35}(?<!/)")
_NOT_SEPA = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")  # the characters that every bank must take; source: EPC217-08


def write_order(order: Order, version: str = "09") -> bytes:
    """The message, the same bytes for the same order, valid by the schema that sepaxml ships.

    Raises: SepaError, with the path of what cannot be ordered so.
    """
    assert version in WRITTEN_VERSIONS
    _demand(order)
    name = f"pain.001.001.{version}"
    order_xml = sepaxml.SepaTransfer(_debtor(order), schema=name, clean=False)
    for transfer in order.transfers:
        order_xml.add_payment(_payment(order, transfer))
    return _finished(order, order_xml.export(validate=False), name)


def read_orders(raw: bytes) -> list[Order]:
    """What is ordered, an order for each account and day that the message names. Raises SepaError."""
    root = parse(raw)
    message = next(verify(root, "pain.001").all("CstmrCdtTrfInitn"))
    verify_by_schema(root)
    orders = [_order(message, one) for one in message.all("PmtInf")]
    _verify_sums(message)
    return orders


def verify_by_schema(root: ElementTree.Element) -> None:
    """Check a message against the schema that sepaxml ships for it, if it ships one. Raises SepaError."""
    name = root.tag[1:].partition("}")[0].rpartition(":")[2]
    schema = _schema(name) if f"{name}.xsd" in _shipped() else None
    error = None if schema is None else next(schema.iter_errors(root), None)
    if error is not None:
        path = re.sub(r"\{[^}]*\}", "", str(error.path or "")).lstrip("/")
        raise SepaError(path or "Document", "is not what its schema asks for")


def _debtor(order: Order) -> dict[str, Any]:
    debtor = {"name": plain(order.account.name, 70), "IBAN": order.account.number, "currency": "EUR", "batch": True}
    return debtor | ({"BIC": order.account.bic} if order.account.bic else {})


def _payment(order: Order, transfer: CreditTransfer) -> dict[str, Any]:
    payment = {
        "name": plain(transfer.to.name, 70),
        "IBAN": transfer.to.number,
        "amount": transfer.amount_minor,
        "currency": transfer.currency,
        "description": plain(transfer.remittance, 140),
        "execution_date": order.execution,
        "endtoend_id": transfer.id,
    }
    return payment | ({"BIC": transfer.to.bic} if transfer.to.bic else {})


def plain(text: str, length: int = 140) -> str:
    """Any text in the characters that every bank takes: José as Jose, Łódź as Lodz, & as +."""
    latin = _NOT_SEPA.sub(" ", unidecode(text.replace("&", "+")))
    return " ".join(latin.split())[:length].strip()


def _demand(order: Order) -> None:
    """What the scheme asks beyond the schema."""
    at = "Document/CstmrCdtTrfInitn"
    if not order.transfers:
        raise SepaError(f"{at}/PmtInf", "is missing")
    _demand_id(order.id, f"{at}/GrpHdr/MsgId")
    _demand_account(order.account, f"{at}/PmtInf/Dbtr")
    for n, transfer in enumerate(order.transfers, 1):
        here = f"{at}/PmtInf/CdtTrfTxInf[{n}]"
        _demand_id(transfer.id, f"{here}/PmtId/EndToEndId")
        _demand_account(transfer.to, f"{here}/Cdtr")
        if transfer.currency != "EUR":
            raise SepaError(f"{here}/Amt/InstdAmt/@Ccy", "must be EUR")
        if not 0 < transfer.amount_minor <= MOST_MINOR:
            raise SepaError(f"{here}/Amt/InstdAmt", "must be between 0.01 and 999999999.99")
        if not plain(transfer.remittance, 140):
            raise SepaError(f"{here}/RmtInf/Ustrd", "must not be blank")


def _demand_id(text: str, path: str) -> None:
    if _ID.fullmatch(text) is None:
        raise SepaError(path, "must be at most 35 of the characters that every bank takes")


def _demand_account(account: Party, path: str) -> None:
    if not plain(account.name, 70):
        raise SepaError(f"{path}/Nm", "must not be blank")
    if not iban_holds(account.number):
        raise SepaError(f"{path}Acct/Id/IBAN", "is not an IBAN")
    if account.bic and not bic_holds(account.bic):
        raise SepaError(f"{path}Agt/FinInstnId/BICFI", "is not a BIC")


def _finished(order: Order, draft: bytes, name: str) -> bytes:
    """sepaxml makes up ids and takes the time from the clock; ours are the order's, so that it is one file for ever."""
    root = ElementTree.fromstring(draft)  # noqa: S314 -- what we have just written
    space = f"{{urn:iso:std:iso:20022:tech:xsd:{name}}}"
    said = {"MsgId": order.id, "PmtInfId": order.id, "CreDtTm": f"{order.created.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    for tag, text in said.items():
        for element in root.iter(f"{space}{tag}"):
            element.text = text
    verify_by_schema(root)
    ElementTree.register_namespace("", space[1:-1])
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _order(message: Node, one: Node) -> Order:
    created, execution = message.first("GrpHdr", "CreDtTm"), one.first("ReqdExctnDt")
    assert created is not None
    assert execution is not None
    return Order(
        message.text("GrpHdr", "MsgId"),
        created.moment(),
        execution.day(),
        _account(one, "Dbtr"),
        tuple(_transfers(one)),
    )


def _transfers(one: Node) -> Iterator[CreditTransfer]:
    for transfer in one.all("CdtTrfTxInf"):
        amount = transfer.first("Amt", "InstdAmt")
        if amount is None:
            raise transfer.error("orders an equivalent of another currency")
        minor, currency = amount.money()
        remittance = " ".join(line.text() for line in transfer.all("RmtInf", "Ustrd"))
        yield CreditTransfer(
            transfer.text("PmtId", "EndToEndId"), minor, _account(transfer, "Cdtr"), remittance, currency
        )


def _account(node: Node, who: str) -> Party:
    number = node.any_text((f"{who}Acct", "Id", "IBAN"), (f"{who}Acct", "Id", "Othr", "Id"))
    bic = node.any_text((f"{who}Agt", "FinInstnId", "BICFI"), (f"{who}Agt", "FinInstnId", "BIC"))
    return Party(node.text(who, "Nm"), number, bic)


def _verify_sums(message: Node) -> None:
    """The header says how many transfers there are, and may say what they add up to."""
    amounts = list(message.all("PmtInf", "CdtTrfTxInf", "Amt", "InstdAmt"))
    header = next(message.all("GrpHdr"))
    if int(header.text("NbOfTxs")) != sum(1 for _ in message.all("PmtInf", "CdtTrfTxInf")):
        raise SepaError(f"{header.path}/NbOfTxs", "is not the number of transfers")
    told = header.text("CtrlSum")
    if told and _sum(told) != sum(_sum(amount.element.text or "") for amount in amounts):
        raise SepaError(f"{header.path}/CtrlSum", "is not what the transfers add up to")


def _sum(text: str) -> Decimal:
    return Decimal(text.strip())


@cache
def _shipped() -> frozenset[str]:
    return frozenset(one.name for one in _schemas().iterdir())


def _schemas() -> Path:
    assert sepaxml.__file__ is not None
    return Path(sepaxml.__file__).parent / "schemas"


@cache
def _schema(name: str) -> Any:
    import xmlschema  # half a second, and only where messages are written or read

    return xmlschema.XMLSchema(str(_schemas() / f"{name}.xsd"))
