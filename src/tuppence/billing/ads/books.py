"""What is used and how bills end, as ledger transfers. Pure.

Ids follow from the posting's or the cycle's own, so writing a step twice writes it once. What is owed stands in
ads_receivable, prepaid money in ads_prepaid; charges and their refunds move both by themselves.
"""

from collections.abc import Iterable
from uuid import UUID

from tuppence.billing.ads.drafts import Booking
from tuppence.billing.ads.meter.model import Draft as Posted
from tuppence.billing.ads.model import Account
from tuppence.billing.ads.states import Books
from tuppence.core import CURRENCIES, Leg, step_id
from tuppence.ledger import Transfer, chart

Step = chart.Step
_NAMES = {
    Books.TAX: ("revenue", "tax_payable", Step.USAGE),
    Books.MARK_PAID: ("house_cash", "ads_receivable", Step.CHARGE),
    Books.WRITE_OFF: ("loss", "ads_receivable", Step.WRITE_OFF),
    Books.TAKE_BACK: ("ads_receivable", "chargeback_receivable", Step.CHARGEBACK),
    Books.WIN_BACK: ("chargeback_receivable", "ads_receivable", Step.CHARGEBACK_WON),
    Books.TAKE_BACK_PREPAID: ("ads_prepaid", "chargeback_receivable", Step.CHARGEBACK),
    Books.WIN_BACK_PREPAID: ("chargeback_receivable", "ads_prepaid", Step.CHARGEBACK_WON),
}
_SETTLES = 0x800  # beyond any charge of a bill: n of what ends it
_ORDER = tuple(Books)


def used(posting_id: UUID, account: Account, posted: Posted, cycle_id: UUID) -> list[Transfer]:
    """The transfers of a posting. What is given back comes first, so that it can be used again at once."""
    rows = (
        ("revenue", "ads_receivable", Step.USAGE, posted.restored_owed_minor),
        ("revenue", "ads_prepaid", Step.USAGE, posted.restored_prepaid_minor),
        ("revenue", "promo", Step.PROMO, posted.restored_credits_minor),
        ("ads_receivable", "revenue", Step.USAGE, posted.used_owed_minor + posted.used_credits_minor),
        ("promo", "ads_receivable", Step.PROMO, posted.used_credits_minor),
        ("ads_prepaid", "revenue", Step.USAGE, posted.used_prepaid_minor),
        ("loss", "revenue", Step.WRITE_OFF, posted.waived_minor),
    )
    return [
        _transfer(step_id(posting_id, Leg.DEBIT, n), account, (debit, credit), code, amount, cycle_id)
        for n, (debit, credit, code, amount) in enumerate(rows, 1)
        if amount
    ]


def stepped(account: Account, bookings: Iterable[Booking]) -> list[Transfer]:
    """The transfers of a bill's steps; the cycle's version tells a second chargeback from the first."""
    found = []
    for one in bookings:
        debit, credit, code = _NAMES[one.books]
        n = _SETTLES + _ORDER.index(one.books) + len(_ORDER) * one.n
        id_ = step_id(one.subject, Leg.PARK, n)
        found.append(_transfer(id_, account, (debit, credit), code, one.amount_minor, one.subject))
    return found


def _transfer(id_: UUID, account: Account, names: tuple[str, str], code: int, amount: int, about: UUID) -> Transfer:
    debit, credit = (_account(name, account) for name in names)
    numeric = CURRENCIES[account.currency].numeric
    return Transfer(id_, debit, credit, amount, ledger=numeric, code=code, user_data_128=about)


def _account(name: str, account: Account) -> UUID:
    if name in chart.PERSONAL:
        return chart.personal(name, account.id, account.currency)
    return chart.house(name, account.currency)
