"""Charges of bank accounts, and refunds to them, as orders to our bank. Pure. An order's id is its attempt's."""

from collections.abc import Mapping

from tuppence.payments.ach.orders import PURCHASE, Credit, Debit, Order
from tuppence.payments.ach.orders import State as OrderState
from tuppence.payments.banks.model import BankAccount
from tuppence.payments.charges.model import Attempt, Charged
from tuppence.payments.sends.model import Answer, Fate

OWNER = "charges"  # of its orders
_SAYS_MOST = 15
_REFUND, _PAYMENT = "REFUND", "PAYMENT"
_OWED_TO_THE_HOUSE = frozenset({"ads"})  # what a business pays to us; all other charges are what it is paid

# Return codes in the words of a decline. Source: Nacha Operating Rules, appendix four.
_CODES: Mapping[str, str] = {
    **dict.fromkeys(("R01", "R09"), "insufficient_funds"),
    **dict.fromkeys(("R02", "R03", "R04", "R13", "R14", "R15", "R16", "R20"), "account_unusable"),
    **dict.fromkeys(("R05", "R07", "R08", "R10", "R11", "R29", "R51"), "unauthorised"),
    "not_sent": "not_sent",
}


def order_of(attempt: Attempt, charge: Charged, bank: BankAccount) -> Debit | Credit:
    """What our bank is asked for. Goods bought online go by a name of their own; between companies there are none."""
    is_business = bank.person_id == charge.business_id
    says, who = charge.says[:_SAYS_MOST].strip(), (attempt.id, OWNER, bank.person_id, bank.id)
    much = (attempt.amount_minor, attempt.currency)
    if attempt.of:
        return Credit(*who, *much, says, "refund_clearing", _REFUND, is_business)
    assert charge.mandate_id is not None
    what = _PAYMENT if is_business else PURCHASE
    payee = None if charge.owner in _OWED_TO_THE_HOUSE else charge.business_id
    return Debit(*who, charge.mandate_id, *much, says, what, is_business, business_id=payee)


def answers_of(order: Order, fate: Fate) -> list[Answer]:
    """What an order says of its attempt by now. A debit counts when it has settled, a credit when our bank took it."""
    code = _CODES.get(order.return_code or "", "do_not_honor")
    is_debit, accepted = order.direction == "debit", Answer("accepted")
    match order.state:
        case OrderState.SETTLED:
            return [accepted]
        case OrderState.ACCEPTED:
            return [] if is_debit else [accepted]
        case OrderState.FAILED | OrderState.RETURNED if fate == Fate.ACCEPTED:
            return [Answer("returned", decline_code=code)]
        case OrderState.RETURNED if is_debit:  # it had counted before anybody looked
            return [accepted, Answer("returned", decline_code=code)]
        case OrderState.FAILED | OrderState.RETURNED:
            return [Answer("declined", decline_code=code)]
        case _:
            return []
