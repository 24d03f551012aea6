"""Charges and refunds as ledger transfers. Pure.

A transfer's id is derived from the charge's or the refund's own and the place of its account among the shares, so
writing a step twice writes it once. The transfers of a step are linked: a charge is taken with all of its shares, or
not at all.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from tuppence.core import CURRENCIES, Leg, step_id
from tuppence.ledger import Account, Transfer, TransferFlags, chart
from tuppence.payments.charges.model import Charged, Refunded
from tuppence.payments.charges.plans import Booking
from tuppence.payments.charges.states import Books

LATE = 0x400  # beyond any share: what was taken after all
TAKES_BACK = 0x400  # added to a share's place by the transfer that undoes a refund
SETTLES = 0x800  # added to a share's place by the transfer that posts or voids the pending one

_SETTLING = {Books.POST: TransferFlags.POST_PENDING_TRANSFER, Books.VOID: TransferFlags.VOID_PENDING_TRANSFER}


def transfers(bookings: Iterable[Booking], currency: str) -> list[Transfer]:
    """The transfers of a step, in the order in which they must be decided."""
    return [transfer for one in bookings for transfer in _linked(_of(one, currency))]


def parked_accounts(bookings: Iterable[Booking]) -> list[Account]:
    """The accounts that must exist before these steps are booked."""
    people = {(one.of.payer_id, one.of.currency) for one in bookings if isinstance(one.of, Charged) and is_late(one)}
    return [chart.personal_account("parked", person, currency) for person, currency in sorted(people)]


def is_late(booking: Booking) -> bool:
    return booking.books is Books.TAKE_LATE


def _of(booking: Booking, currency: str) -> list[Transfer]:
    if isinstance(booking.of, Charged):
        return _taking(booking.books, booking.of)
    return _giving_back(booking.books, booking.of, currency)


def _taking(books: Books, charge: Charged) -> list[Transfer]:
    step, card = chart.Step.CHARGE, chart.house(_clearing(charge), charge.currency)
    if books is Books.TAKE_LATE:
        parked = chart.personal("parked", charge.payer_id, charge.currency)
        return [_pair(step_id(charge.id, Leg.CHARGE, LATE), card, parked, charge.amount_minor, charge, step)]
    assert books is Books.TAKE
    return [
        _pair(step_id(charge.id, Leg.CHARGE, place), card, account, minor, charge, step)
        for place, account, minor in _places(charge)
    ]


def _clearing(charge: Charged) -> str:
    return "bank_clearing" if charge.bank_id else "card_clearing"


def _giving_back(books: Books, refund: Refunded, currency: str) -> list[Transfer]:
    if books in (Books.HOLD, Books.TAKE_BACK):
        return [_moved(books, refund, currency, *one) for one in _places(refund)]
    return [
        Transfer(
            step_id(refund.id, Leg.GIVE_BACK, place + SETTLES),
            amount=minor,
            flags=_SETTLING[books],
            pending_id=step_id(refund.id, Leg.GIVE_BACK, place),
            user_data_128=refund.charge_id,
        )
        for place, _, minor in _places(refund)
    ]


def _moved(books: Books, refund: Refunded, currency: str, place: int, account: UUID, minor: int) -> Transfer:
    """Hold a share for the refund, or let its account have it again."""
    clearing, back = chart.house("refund_clearing", currency), books is Books.TAKE_BACK
    return Transfer(
        step_id(refund.id, Leg.GIVE_BACK, place + TAKES_BACK if back else place),
        clearing if back else account,
        account if back else clearing,
        minor,
        ledger=CURRENCIES[currency].numeric,
        code=chart.Step.GIVE_BACK,
        flags=TransferFlags.NONE if back else TransferFlags.PENDING,
        user_data_128=refund.charge_id,
    )


def _places(of: Charged | Refunded) -> list[tuple[int, UUID, int]]:
    """Each share with its place, from 1; the same order whoever reads them."""
    return [(place, UUID(account), minor) for place, (account, minor) in enumerate(sorted(of.shares.items()), 1)]


def _pair(transfer_id: UUID, debit: UUID, credit: UUID, minor: int, charge: Charged, step: chart.Step) -> Transfer:
    numeric = CURRENCIES[charge.currency].numeric
    return Transfer(transfer_id, debit, credit, minor, ledger=numeric, code=step, user_data_128=charge.id)


def _linked(chain: Sequence[Transfer]) -> list[Transfer]:
    """All or nothing: every transfer but the last is linked to the one after it."""
    return [one._replace(flags=one.flags | TransferFlags.LINKED) for one in chain[:-1]] + list(chain[-1:])
