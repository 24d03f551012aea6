"""Whose the money of a purchase is, as shares of a charge and as transfers. Pure.

A charge books what the buyer paid: Dr card_clearing, Cr the developer's `dev_payable`, `revenue`, `tax_payable`. A
developer who is owed another currency than the buyer paid gets theirs through `fx`: the charge's share goes there, and
an EXCHANGE in the other currency's ledger brings the developer what the quote said.
"""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from tuppence.billing.games.model import Entry, Parts, Purchase
from tuppence.core import CURRENCIES
from tuppence.core.ids import derived_id
from tuppence.ledger import Account, Transfer, chart
from tuppence.ledger.chart import Step
from tuppence.payments.charges import Share


def accounts(business_id: UUID, currency: str) -> list[Account]:
    """What the house keeps for a developer, to be opened before the first sale."""
    return [chart.personal_account(name, business_id, currency) for name in ("dev_payable", "dev_reserve")]


def shares(purchase: Purchase, parts: Parts) -> list[Share]:
    """Where parts of a purchase go, or are taken from; what is nothing is left out."""
    return added((purchase, parts) for _ in range(1))


def added(pairs: Iterable[tuple[Purchase, Parts]]) -> list[Share]:
    """The same for several purchases together: one share an account."""
    sums: Counter[UUID] = Counter()
    for purchase, parts in pairs:
        sums[_developers(purchase)] += parts.dev_minor
        sums[chart.house("revenue", purchase.currency)] += parts.house_minor
        sums[chart.house("tax_payable", purchase.currency)] += parts.tax_minor
    return [Share(account, amount) for account, amount in sums.items() if amount]


def _developers(purchase: Purchase) -> UUID:
    """Where the developer's share of what the buyer paid goes."""
    if purchase.owed_currency == purchase.currency:
        return chart.personal("dev_payable", purchase.business_id, purchase.currency)
    return chart.house("fx", purchase.currency)


def exchange(entry: Entry) -> list[Transfer]:
    """What brings a developer their own currency, or takes it back; nothing where the buyer paid in it."""
    if entry.owed_currency == entry.currency or not entry.owed_minor:
        return []
    fx = chart.house("fx", entry.owed_currency)
    theirs = chart.personal("dev_payable", entry.business_id, entry.owed_currency)
    sides = (fx, theirs) if entry.owed_minor > 0 else (theirs, fx)
    return [_transfer(entry, b"exchange", *sides, abs(entry.owed_minor), entry.owed_currency, Step.EXCHANGE)]


def borne(entry: Entry, purchase: Purchase) -> list[Transfer]:
    """What everybody bears of a chargeback, or of what the house gave a buyer, and what they get back when it is won:
    against `chargeback_receivable`, in which the dispute holds the whole of it.
    """
    receivable = chart.house("chargeback_receivable", entry.currency)
    won = entry.kind == "chargeback_reversed"
    step = Step.CHARGEBACK_WON if won else Step.CHARGEBACK
    parts = Parts(abs(entry.share_minor), abs(entry.fee_minor), abs(entry.tax_minor))
    moved = []
    for one in shares(purchase, parts):
        debit, credit = (receivable, one.account) if won else (one.account, receivable)
        moved.append(_transfer(entry, one.account.bytes, debit, credit, one.amount_minor, entry.currency, step))
    return moved + exchange(entry)


def owed_again(entry: Entry) -> Transfer:
    """What paid a developer's debt is contested, against what the dispute holds; or is won, the other way round. It has
    its entry's id.
    """
    theirs = chart.personal("dev_payable", entry.business_id, entry.owed_currency)
    receivable = chart.house("chargeback_receivable", entry.owed_currency)
    won = entry.owed_minor > 0
    sides = (receivable, theirs) if won else (theirs, receivable)
    step = Step.CHARGEBACK_WON if won else Step.CHARGEBACK
    moved = _transfer(entry, b"", *sides, abs(entry.owed_minor), entry.owed_currency, step)
    return moved._replace(id=entry.id)


def lost(dispute_id: UUID, minor: int, currency: str) -> list[Transfer]:
    """What a bank took of a purchase that its buyer had back before: nobody has it any more, so the house loses it."""
    if minor <= 0:
        return []
    sides = (chart.house("loss", currency), chart.house("chargeback_receivable", currency))
    id_ = derived_id(dispute_id, b"games/lost")
    numeric = CURRENCIES[currency].numeric
    return [Transfer(id_, *sides, minor, ledger=numeric, code=Step.WRITE_OFF, user_data_128=dispute_id)]


def _transfer(entry: Entry, what: bytes, debit: UUID, credit: UUID, amount: int, currency: str, step: Step) -> Transfer:
    return Transfer(
        derived_id(entry.id, what),
        debit,
        credit,
        amount,
        ledger=CURRENCIES[currency].numeric,
        code=step,
        user_data_128=entry.purchase_id or entry.id,
    )
