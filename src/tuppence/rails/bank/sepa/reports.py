"""pain.002: what our bank did with an order."""

from tuppence.rails.bank.sepa.model import Report, Status
from tuppence.rails.bank.sepa.schema import verify
from tuppence.rails.bank.sepa.xml import Node, parse


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
