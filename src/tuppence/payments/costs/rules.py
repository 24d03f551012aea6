"""The price of an attempt, by the policy's table. Pure, in integers."""

from tuppence.core.policy import CostPolicy


def half_up(amount_minor: int, basis_points: int) -> int:
    """A share of an amount, rounded half up to a whole minor unit."""
    return (amount_minor * basis_points + 5_000) // 10_000


def item_of(kind: str, *, regulated: bool) -> str:
    """What an attempt is billed as."""
    if kind in ("debit", "purchase"):
        return "regulated_debit" if regulated else "exempt_debit"
    return kind if kind in ("push", "refund") else "bank_item"


def cost_minor(item: str, amount_minor: int, table: CostPolicy) -> int:
    """What an item costs, the network's own fee included where it goes over a card network."""
    match item:
        case "regulated_debit":
            own = half_up(amount_minor, table.regulated_debit_basis_points) + table.regulated_debit_minor
        case "exempt_debit":
            own = half_up(amount_minor, table.exempt_debit_basis_points) + table.exempt_debit_minor
        case "push":
            own = table.push_minor
        case "refund":
            own = table.refund_minor
        case _:
            return table.bank_item_minor
    return own + table.network_minor
