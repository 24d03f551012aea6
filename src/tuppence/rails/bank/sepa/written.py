"""camt.053, camt.054 and pain.002 as a bank writes them: what our simulated bank sends. Read back before they leave."""

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from tuppence.core import CURRENCIES
from tuppence.rails.bank.sepa.accounts import iban_holds
from tuppence.rails.bank.sepa.model import Booking, Detail, Report, Statement, Status
from tuppence.rails.bank.sepa.reports import read_report
from tuppence.rails.bank.sepa.statements import read_statements

_URN = "urn:iso:std:iso:20022:tech:xsd:"


def write_statement(statement: Statement) -> bytes:
    """camt.053.001.08: an account's day, or camt.054.001.08 where there are no balances. The same bytes for ever."""
    kind, wrapper, name = (
        ("camt.053", "BkToCstmrStmt", "Stmt") if statement.balances else ("camt.054", "BkToCstmrDbtCdtNtfctn", "Ntfctn")
    )
    root, whole = _document(f"{kind}.001.08", wrapper)
    header = SubElement(whole, "GrpHdr")
    _text(header, "MsgId", statement.id)
    _text(header, "CreDtTm", _moment(statement.created))
    body = SubElement(whole, name)
    _text(body, "Id", statement.id)
    _text(body, "CreDtTm", _moment(statement.created))
    _account(SubElement(body, "Acct"), statement.account)
    for balance in statement.balances:
        node = SubElement(body, "Bal")
        _text(SubElement(SubElement(node, "Tp"), "CdOrPrtry"), "Cd", balance.kind)
        _signed(node, balance.amount_minor, balance.currency)
        _text(SubElement(node, "Dt"), "Dt", balance.on.isoformat())
    for booking in statement.bookings:
        _booking(SubElement(body, "Ntry"), booking)
    raw = _bytes(root, f"{kind}.001.08")
    assert read_statements(raw) == [statement], "what is written is what is read"
    return raw


def write_report(report: Report) -> bytes:
    """pain.002.001.10: what became of an order, and of each transfer of it. The same bytes for ever."""
    root, whole = _document("pain.002.001.10", "CstmrPmtStsRpt")
    header = SubElement(whole, "GrpHdr")
    _text(header, "MsgId", report.id)
    _text(header, "CreDtTm", _moment(report.created))
    group = SubElement(whole, "OrgnlGrpInfAndSts")
    _text(group, "OrgnlMsgId", report.order.of)
    _text(group, "OrgnlMsgNmId", "pain.001.001.09")
    _status(group, "GrpSts", report.order)
    if report.transfers:
        part = SubElement(whole, "OrgnlPmtInfAndSts")
        _text(part, "OrgnlPmtInfId", report.order.of)
        for one in report.transfers:
            node = SubElement(part, "TxInfAndSts")
            _text(node, "OrgnlEndToEndId", one.of)
            _status(node, "TxSts", one)
    raw = _bytes(root, "pain.002.001.10")
    assert read_report(raw).transfers == report.transfers, "what is written is what is read"
    return raw


def _document(name: str, wrapper: str) -> tuple[Element, Element]:
    root = Element("Document", xmlns=f"{_URN}{name}")
    return root, SubElement(root, wrapper)


def _bytes(root: Element, name: str) -> bytes:
    assert root.get("xmlns") == f"{_URN}{name}"
    ElementTree.indent(root, " ")
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _texts(parent: Element, told: Iterable[tuple[str, str]]) -> None:
    """Those that say something."""
    for name, text in told:
        if text:
            _text(parent, name, text)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _account(parent: Element, number: str) -> None:
    place = SubElement(parent, "Id")
    if iban_holds(number):
        _text(place, "IBAN", number)
    else:
        _text(SubElement(place, "Othr"), "Id", number)


def _signed(parent: Element, minor: int, currency: str) -> None:
    _amount(parent, minor, currency)
    _text(parent, "CdtDbtInd", "DBIT" if minor < 0 else "CRDT")


def _amount(parent: Element, minor: int, currency: str) -> None:
    exponent = CURRENCIES[currency].exponent
    digits = f"{abs(minor):0{exponent + 1}d}"
    SubElement(parent, "Amt", Ccy=currency).text = f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits


def _booking(node: Element, booking: Booking) -> None:
    _signed(node, booking.amount_minor, booking.currency)
    if booking.is_reversal:
        _text(node, "RvslInd", "true")
    _text(SubElement(node, "Sts"), "Cd", booking.status)
    for name, day in (("BookgDt", booking.booked), ("ValDt", booking.value)):
        if day is not None:
            _text(SubElement(node, name), "Dt", day.isoformat())
    _text(node, "AcctSvcrRef", booking.reference)
    _code(SubElement(node, "BkTxCd"), booking.code)
    if booking.details or booking.batch:
        details = SubElement(node, "NtryDtls")
        if booking.batch:
            _text(SubElement(details, "Btch"), "PmtInfId", booking.batch)
        for one in booking.details:
            _detail(SubElement(details, "TxDtls"), one, booking)


def _code(node: Element, code: str) -> None:
    """Domain, family and sub-family where there are three; the bank's own name otherwise."""
    parts = code.split("/")
    if len(parts) != 3:
        _text(SubElement(node, "Prtry"), "Cd", code)
        return
    domain = SubElement(node, "Domn")
    _text(domain, "Cd", parts[0])
    family = SubElement(domain, "Fmly")
    _text(family, "Cd", parts[1])
    _text(family, "SubFmlyCd", parts[2])


def _detail(node: Element, one: Detail, booking: Booking) -> None:
    if one.id or one.instruction_id:
        _texts(SubElement(node, "Refs"), (("InstrId", one.instruction_id), ("EndToEndId", one.id)))
    if one.amount_minor is not None:
        _amount(node, one.amount_minor, booking.currency)
    if one.other is not None:
        who = "Dbtr" if booking.amount_minor > 0 else "Cdtr"
        parties = SubElement(node, "RltdPties")
        _text(SubElement(SubElement(parties, who), "Pty"), "Nm", one.other.name)
        _account(SubElement(parties, f"{who}Acct"), one.other.number)
    if one.remittance:
        _text(SubElement(node, "RmtInf"), "Ustrd", one.remittance)
    if one.return_code:
        _text(SubElement(SubElement(node, "RtrInf"), "Rsn"), "Cd", one.return_code)


def _status(node: Element, name: str, status: Status) -> None:
    _text(node, name, status.status)
    if status.reason or status.text:
        why = SubElement(node, "StsRsnInf")
        if status.reason:
            _text(SubElement(why, "Rsn"), "Cd", status.reason)
        _texts(why, (("AddtlInf", status.text),))
