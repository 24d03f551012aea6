"""Files put together by column numbers alone: a second opinion that shares no code with the room under test."""

from collections.abc import Sequence

HEADER = "101 061000104 0610000522611251530A094101FIRST TEST BANK        TUPPENCE                       "
ODFI = "06100005"


def batch_header(
    sec: str = "PPD", *, service: str = "200", description: str = "PAYMENT", number: int = 1, status: int = 1
) -> str:
    """A batch header for these entries."""
    company = f"{'TUPPENCE':16}{'':20}1234567890"
    return f"5{service}{company}{sec}{description:10}NOV 26261127{'':3}{status}{ODFI}{number:07d}"


def iat_header(*, service: str = "220", number: int = 1) -> str:
    """A batch header for international entries."""
    return f"5{service}{'':16}FF3{'':15}US1234567890IATTRADEPAYMTCADUSD261127{'':3}1{ODFI}{number:07d}"


def entry(
    code: str = "22",
    *,
    amount: int = 1250,
    sequence: int = 1,
    rdfi: str = "021000021",
    account: str = "123456789",
    name: str = "ANA BELL",
    discretionary: str = "",
    addenda: bool = False,
) -> str:
    """An entry detail record."""
    return (
        f"6{code}{rdfi}{account:17}{amount:010d}{'INVOICE 7':15}{name:22}{discretionary:2}"
        f"{int(addenda)}{ODFI}{sequence:07d}"
    )


def addenda05(text: str = "THANK YOU", *, n: int = 1, sequence: int = 1) -> str:
    """Payment-related information."""
    return f"705{text:80}{n:04d}{sequence:07d}"


def addenda99(code: str = "R01", *, sequence: int = 1, trace: str | None = None) -> str:
    """The reason of a return."""
    return f"799{code}{'061000050000009':15}{'':6}02100002{'':44}{trace or f'{ODFI}{sequence:07d}'}"


def dishonored(code: str = "R68", *, sequence: int = 1) -> str:
    """That a return is not accepted."""
    original = f"{'061000050000009':15}{'':6}02100002{'':3}"
    return f"799{code}{original}021000020000041331{'07'}{'TOO LATE':21}{ODFI}{sequence:07d}"


def contested(code: str = "R73", *, sequence: int = 1) -> str:
    """That a return was right after all."""
    original = f"{'061000050000009':15}26112502100002330"
    return f"799{code}{original}02100002000004133107{ODFI}000000733268 {ODFI}{sequence:07d}"


def addenda98(code: str = "C01", corrected: str = "987654321", *, sequence: int = 1) -> str:
    """The reason of a notification of change."""
    return f"798{code}{'061000050000009':15}{'':6}02100002{corrected:29}{'':15}{ODFI}{sequence:07d}"


def batch(header: str, *lines: str) -> list[str]:
    """A batch with the control that its lines demand."""
    entries = [line for line in lines if line[0] == "6"]
    wide = header[50:53] == "ADV"
    amount = slice(27, 39) if wide else slice(29, 39)
    credit = sum(int(line[amount]) for line in entries if line[2] in ("1357" if wide else "1234"))
    debit = sum(int(line[amount]) for line in entries if line[2] in ("2468" if wide else "56789"))
    width, rest = (20, f"{'':19}") if wide else (12, f"{header[40:50]}{'':25}")
    control = (
        f"8{header[1:4]}{len(lines):06d}{_hash(entries):010d}{debit:0{width}d}{credit:0{width}d}{rest}{header[79:94]}"
    )
    return [header, *lines, control]


def file(*batches: Sequence[str], header: str = HEADER, end: str = "\n", filled: bool = True) -> bytes:
    """A file with the control that its batches demand."""
    lines = [header, *(line for some in batches for line in some)]
    lines.append(file_control([some[-1] for some in batches], len(lines) + 1))
    if filled:
        lines += ["9" * 94] * (-len(lines) % 10)
    return (end.join(lines) + end).encode("latin-1")


def file_control(controls: Sequence[str], lines: int) -> str:
    """The control of batches with these controls, as the last of so many lines."""
    width = 20 if any(one[1:4] == "280" for one in controls) else 12
    sums = [sum(int(one[20 + n * width : 20 + (n + 1) * width]) for one in controls) for n in (0, 1)]
    count = sum(int(one[4:10]) for one in controls)
    hashed = sum(int(one[10:20]) for one in controls) % 10**10
    control = f"9{len(controls):06d}{-(-lines // 10):06d}{count:08d}{hashed:010d}{sums[0]:0{width}d}{sums[1]:0{width}d}"
    return f"{control:94}"


def _hash(entries: Sequence[str]) -> int:
    return sum(int(line[3:11]) for line in entries) % 10**10


def international(sequence: int = 1, *extra: str) -> list[str]:
    """An international entry with its mandatory addenda and more."""
    end = f"{sequence:07d}"
    return [
        f"622021000021{7 + len(extra):04d}{'':13}{100000:010d}{'123456789':35}{'':4}1{ODFI}{end}",
        f"710ANN{100000:018d}{'928383-23938':22}{'BELL ENTERPRISES':35}{'':6}{end}",
        f"711{'TUPPENCE':35}{'15 HIGH STREET':35}{'':14}{end}",
        f"712{'SPRINGFIELD*NY':35}{'US*10001':35}{'':14}{end}",
        f"713{'FIRST TEST BANK':35}01{'061000052':34}{'US':3}{'':10}{end}",
        f"714{'OTHER TEST BANK':35}01{'021000021':34}{'CA':3}{'':10}{end}",
        f"715{'9874':15}{'21 FRONT STREET':35}{'':34}{end}",
        f"716{'LETTERTOWN*ON':35}{'CA*A1A1A1':35}{'':14}{end}",
        *extra,
    ]


def advice(code: str = "81", *, amount: int = 50000, n: int = 1) -> str:
    """An accounting advice."""
    return f"6{code}231380104{'744-5678-99':15}{amount:012d}121042882{'FILE1':5} {'NAME':22}{'':2}0{ODFI}329{n:04d}"


def card_terminal(sequence: int = 1, *, date: str = "1125") -> str:
    """Where a card was used."""
    return (
        f"702{'REFONEA':7}{'REF':3}{'TERM02':6}{'100049':6}{date}{'123456':6}"
        f"{'CORNER SHOP 49':27}{'SPRINGFIELD':15}{'NY':2}{ODFI}{sequence:07d}"
    )


def corporate(code: str = "22", *, count: int, sequence: int = 1, amount: int = 1250) -> str:
    """An entry that may have thousands of addenda."""
    return (
        f"6{code}021000021{'123456789':17}{amount:010d}{'INVOICE 7':15}{count:04d}{'BELL COMPANY':16}{'':4}"
        f"{int(count > 0)}{ODFI}{sequence:07d}"
    )
