"""camt.053 and camt.054: what our bank says happened in our account."""

from datetime import datetime

from tuppence.rails.bank.sepa.model import Balance, Booking, Detail, Party, Statement
from tuppence.rails.bank.sepa.schema import verify
from tuppence.rails.bank.sepa.xml import Node, namespace, parse

_SHAPES = {"camt.053": ("BkToCstmrStmt", "Stmt"), "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}


def read_statements(raw: bytes) -> list[Statement]:
    """Statements or notifications, one for each account and period that the message tells of. Raises SepaError."""
    root = parse(raw)
    message = "camt.054" if "camt.054" in namespace(root.tag) else "camt.053"
    wrapper, name = _SHAPES[message]
    whole = next(verify(root, message).all(wrapper))
    sent = next(whole.all("GrpHdr", "CreDtTm")).moment()
    return [_statement(one, sent) for one in whole.all(name)]


def _statement(one: Node, sent: datetime) -> Statement:
    created = one.first("CreDtTm")
    return Statement(
        one.text("Id"),
        created.moment() if created is not None else sent,
        one.any_text(("Acct", "Id", "IBAN"), ("Acct", "Id", "Othr", "Id")),
        tuple(_balance(balance) for balance in one.all("Bal")),
        tuple(_booking(booking) for booking in one.all("Ntry")),
    )


def _balance(node: Node) -> Balance:
    minor, currency = _signed(node)
    on = next(node.all("Dt"))
    return Balance(node.any_text(("Tp", "CdOrPrtry", "Cd"), ("Tp", "CdOrPrtry", "Prtry")), minor, currency, on.day())


def _booking(node: Node) -> Booking:
    minor, currency = _signed(node)
    booked, value = node.first("BookgDt"), node.first("ValDt")
    return Booking(
        minor,
        currency,
        node.any_text(("Sts", "Cd"), ("Sts", "Prtry"), ("Sts",)),
        booked.day() if booked is not None else None,
        value.day() if value is not None else None,
        node.any_text(("AcctSvcrRef",), ("NtryRef",)),
        _code(node),
        node.text("RvslInd") in ("true", "1"),
        tuple(_detail(one, node.text("CdtDbtInd")) for one in node.all("NtryDtls", "TxDtls")),
        node.any_text(("NtryDtls", "Btch", "PmtInfId"), ("NtryDtls", "Btch", "MsgId")),
    )


def _signed(node: Node) -> tuple[int, str]:
    minor, currency = next(node.all("Amt")).money()
    return (minor if node.text("CdtDbtInd") == "CRDT" else -minor), currency


def _code(node: Node) -> str:
    domain = next(node.all("BkTxCd", "Domn"), None)
    if domain is None:
        return node.text("BkTxCd", "Prtry", "Cd")
    return "/".join((domain.text("Cd"), domain.text("Fmly", "Cd"), domain.text("Fmly", "SubFmlyCd")))


def _detail(node: Node, direction: str) -> Detail:
    amount = node.first("Amt") or node.first("AmtDtls", "TxAmt", "Amt")
    return Detail(
        node.text("Refs", "EndToEndId"),
        node.text("Refs", "InstrId"),
        amount.money()[0] if amount is not None else None,
        _other(node, node.text("CdtDbtInd") or direction),
        " ".join(line.text() for line in node.all("RmtInf", "Ustrd")),
        node.any_text(("RtrInf", "Rsn", "Cd"), ("RtrInf", "Rsn", "Prtry")),
    )


def _other(node: Node, direction: str) -> Party | None:
    """The other side: of money that came in the debtor, of money that left the creditor; whichever is named."""
    parties, agents = node.first("RltdPties"), node.first("RltdAgts")
    if parties is None:
        return None
    for who in ("Dbtr", "Cdtr") if direction == "CRDT" else ("Cdtr", "Dbtr"):
        name = parties.any_text((who, "Pty", "Nm"), (who, "Nm"))
        number = parties.any_text((f"{who}Acct", "Id", "IBAN"), (f"{who}Acct", "Id", "Othr", "Id"))
        if name or number:
            way = (f"{who}Agt", "FinInstnId")
            bic = agents.any_text((*way, "BICFI"), (*way, "BIC")) if agents is not None else ""
            return Party(name, number, bic)
    return None
