"""Messages as a bank writes them."""

URN = "urn:iso:std:iso:20022:tech:xsd:"
IBAN = "DE89370400440532013000"
OTHER = "FR1420041010050500013M02606"


def document(message: str, body: str) -> bytes:
    """A message of this kind and version."""
    instance = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    return f'<?xml version="1.0"?>\n<Document xmlns="{URN}{message}" {instance}>{body}</Document>'.encode()


def _balance(kind: str, amount: str, *, debit: bool = False, day: str = "2026-11-27") -> str:
    sign = "DBIT" if debit else "CRDT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _party(name: str, *, wrapped: bool) -> str:
    return f"<Pty><Nm>{name}</Nm></Pty>" if wrapped else f"<Nm>{name}</Nm>"


def booking(version: str, *, amount: str = "12.50", debit: bool = True, returned: str = "") -> str:
    """An entry with one transfer behind it."""
    new = version >= "07"
    status = "<Cd>BOOK</Cd>" if new else "BOOK"
    bic = "BICFI" if version >= "03" else "BIC"
    reason = f"<RtrInf><Rsn><Cd>{returned}</Cd></Rsn></RtrInf>" if returned else ""
    return f"""
    <Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{"DBIT" if debit else "CRDT"}</CdtDbtInd><Sts>{status}</Sts>
      <BookgDt><Dt>2026-11-27</Dt></BookgDt><ValDt><DtTm>2026-11-28T00:00:00+01:00</DtTm></ValDt>
      <AcctSvcrRef>BANKREF1</AcctSvcrRef>
      <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
      <NtryDtls><TxDtls>
        <Refs><InstrId>INSTR1</InstrId><EndToEndId>E2E-1</EndToEndId></Refs>
        {f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{"DBIT" if debit else "CRDT"}</CdtDbtInd>' * (version >= "03")}
        <RltdPties>
          <Dbtr>{_party("Tuppence", wrapped=new)}</Dbtr><DbtrAcct><Id><IBAN>{IBAN}</IBAN></Id></DbtrAcct>
          <Cdtr>{_party("Ana Bell", wrapped=new)}</Cdtr><CdtrAcct><Id><IBAN>{OTHER}</IBAN></Id></CdtrAcct>
        </RltdPties>
        <RltdAgts><CdtrAgt><FinInstnId><{bic}>BNPAFRPP</{bic}></FinInstnId></CdtrAgt></RltdAgts>
        <RmtInf><Ustrd>Dinner on</Ustrd><Ustrd>Friday</Ustrd></RmtInf>{reason}
      </TxDtls></NtryDtls>
    </Ntry>"""


def statement(version: str = "08", *bookings: str, closing: str = "87.50") -> bytes:
    """A day of an account that began with a hundred euros."""
    entries = "".join(bookings) or booking(version)
    return document(
        f"camt.053.001.{version}",
        f"""<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-27T23:00:00+01:00</CreDtTm></GrpHdr>
        <Stmt><Id>S1</Id><CreDtTm>2026-11-27T22:00:00</CreDtTm><Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>
        {_balance("OPBD", "100.00")}{_balance("CLBD", closing)}{entries}</Stmt></BkToCstmrStmt>""",
    )


def notification(version: str = "08") -> bytes:
    """That a transfer came back."""
    return document(
        f"camt.054.001.{version}",
        f"""<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M2</MsgId><CreDtTm>2026-11-30T09:00:00Z</CreDtTm></GrpHdr>
        <Ntfctn><Id>N1</Id><CreDtTm>2026-11-30T08:00:00Z</CreDtTm><Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>
        {booking(version, debit=False, returned="AC04")}</Ntfctn></BkToCstmrDbtCdtNtfctn>""",
    )


def report(version: str = "10") -> bytes:
    """One transfer taken, one refused."""
    return document(
        f"pain.002.001.{version}",
        """<CstmrPmtStsRpt><GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-11-27T10:00:00Z</CreDtTm></GrpHdr>
        <OrgnlGrpInfAndSts><OrgnlMsgId>ORDER-1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>
          <GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
        <OrgnlPmtInfAndSts><OrgnlPmtInfId>ORDER-1</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>
          <TxInfAndSts><OrgnlEndToEndId>E2E-1</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>
          <TxInfAndSts><OrgnlEndToEndId>E2E-2</OrgnlEndToEndId><TxSts>RJCT</TxSts>
            <StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>ACCOUNT CLOSED</AddtlInf></StsRsnInf></TxInfAndSts>
        </OrgnlPmtInfAndSts></CstmrPmtStsRpt>""",
    )
