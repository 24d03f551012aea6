"""Settlement as ledger transfers. Pure: ids follow from file or break, so writing them twice writes them once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID, uuid5

from tuppence.core import CURRENCIES
from tuppence.ledger import Transfer, chart
from tuppence.payments.reconciliation.model import Break
from tuppence.rails.card.cases import CaseLine
from tuppence.rails.card.clearing import Line

_NAMES = UUID("9b0c1f52-6a0e-4f5b-8a8c-0c2f6d4e1a77")  # our own name space; any constant would do

Booked = Sequence[
    tuple[Line | CaseLine, str | None, bool]
]  # a line, its clearing account, and whether it is about an attempt


def settlement(rail: str, sequence: int, booked: Booked, currency: str) -> list[Transfer]:
    """A file's entries: each clearing account against cash, the fees, and those that no attempt of ours was for."""
    sums: dict[str, int] = defaultdict(int)
    for line, account, known in booked:
        if account:
            sums[account] += line.signed_minor
            sums["rail_payable"] -= line.fee_minor
            sums["unknown"] += 0 if known else line.fee_minor
    unknown = sums.pop("unknown", 0)
    place = f"{rail}/{sequence}"
    made = [_pair(f"{place}/{name}", "house_cash", name, sums[name], currency) for name in sorted(sums) if sums[name]]
    if unknown:
        code = chart.Step.COST_ADJUSTMENT
        made.append(_pair(f"{place}/unknown", "rail_cost", "rail_payable", unknown, currency, code))
    return made


def write_offs(closed: Iterable[Break]) -> list[Transfer]:
    """What operators gave up, or keep: out of the clearing account, against `loss`."""
    return [
        _pair(f"break/{one.id}", "loss", one.account, one.amount_minor, one.currency, chart.Step.WRITE_OFF)
        for one in closed
        if one.account and one.amount_minor
    ]


def _pair(
    name: str, debit: str, credit: str, minor: int, currency: str, code: chart.Step = chart.Step.SETTLE
) -> Transfer:
    """Debit one account and credit the other; a negative amount the other way round."""
    accounts = [chart.house(one, currency) for one in ((debit, credit) if minor > 0 else (credit, debit))]
    numeric = CURRENCIES[currency].numeric
    return Transfer(uuid5(_NAMES, name), accounts[0], accounts[1], abs(minor), ledger=numeric, code=code)
