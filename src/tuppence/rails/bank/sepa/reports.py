"""pain.002: what our bank did with an order; and telling it from the other messages of a bank."""

from tuppence.rails.bank.sepa.model import Report, Statement, Status
from tuppence.rails.bank.sepa.schema import verify
from tuppence.rails.bank.sepa.statements import read_statements
from tuppence.rails.bank.sepa.xml import Node, namespace, parse


def read_incoming(raw: bytes) -> Report | list[Statement]:
    """Whatever a bank sends us: its answer to an order, statements or notifications. Raises SepaError."""
    return read_report(raw) if "pain.002" in namespace(parse(raw).tag) else read_statements(raw)


def read_report(raw: bytes) -> Report:
    """The bank's answer. Raises SepaError."""
    message = next(verify(parse(raw), "pain.002").all("CstmrPmtStsRpt"))
    group = next(message.all("OrgnlGrpInfAndSts"))
    parts = list(message.all("OrgnlPmtInfAndSts"))
    return Report(
        message.text("GrpHdr", "MsgId"),
        next(message.all("GrpHdr", "CreDtTm")).moment(),
        _status(group, "OrgnlMsgId", "GrpSts"),
        tuple(_status(part, "OrgnlPmtInfId", "PmtInfSts") for part in parts),
        tuple(_status(one, "OrgnlEndToEndId", "TxSts") for part in parts for one in part.all("TxInfAndSts")),
    )


def _status(node: Node, of: str, status: str) -> Status:
    return Status(
        node.text(of),
        node.text(status),
        node.any_text(("StsRsnInf", "Rsn", "Cd"), ("StsRsnInf", "Rsn", "Prtry")),
        " ".join(line.text() for line in node.all("StsRsnInf", "AddtlInf")),
    )
