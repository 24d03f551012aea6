"""Whether a charge or a refund may be asked for: facts in, plan out. Pure: opens nothing, knows no clock."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from tuppence.payments.banks.model import BankAccount
from tuppence.payments.cards.model import Card
from tuppence.payments.charges.errors import ChargeNotCharged, NothingLeft
from tuppence.payments.charges.model import Charge, Charged, Refund, Refunded, Share
from tuppence.payments.charges.plans import Call, Facts, Plan, Scene, give_back, mark, taken_by
from tuppence.payments.charges.states import State
from tuppence.payments.errors import (
    AmountRefused,
    BankAccountNotFound,
    CardNotFound,
    CardUnusable,
    CurrencyRefused,
    IdTaken,
    MandateMissing,
)

# ISO 18245: advertising services; digital goods, games; digital goods, several kinds.
CATEGORY: Mapping[str, str] = {"ads": "7311", "games": "5816", "apps": "5818"}
_SAYS_MOST = 21  # DE43 has 25 for a name, of which four are ours


def plan_charge(
    ask: Charge, already: Charged | None, source: Card | BankAccount | None, facts: Facts
) -> Plan | Charged:
    """Decide whether a charge may be tried; what is there already if it was asked for before.

    Raises: IdTaken, AmountRefused, CurrencyRefused, then CardNotFound, CardUnusable or BankAccountNotFound,
    MandateMissing; in that order. Whether a bank account and its mandate are good is decided where debits are.
    """
    fresh = _charging(ask, facts)
    if already is not None:
        if _asked(already) != _asked(fresh):
            raise IdTaken
        return already
    if ask.amount_minor < 1:
        raise AmountRefused
    assert sum(share.amount_minor for share in ask.shares) == ask.amount_minor, "shares add up"
    assert all(share.amount_minor > 0 for share in ask.shares)
    if ask.currency != facts.policy.currency:
        raise CurrencyRefused
    _look_at(ask, source)
    attempt = mark(fresh, None, (), facts)
    return Plan(fresh, attempts=(attempt,), calls=(Call(attempt),))


def _look_at(ask: Charge, source: Card | BankAccount | None) -> None:
    """Whether this can be charged for this payer."""
    if ask.bank_id:
        if not isinstance(source, BankAccount) or source.person_id not in (ask.payer_id, ask.business_id):
            raise BankAccountNotFound
        if ask.mandate_id is None:
            raise MandateMissing
        return
    if not isinstance(source, Card) or source.person_id != ask.payer_id:
        raise CardNotFound
    if not source.pays or not (source.kept or source.used_by in (None, ask.id)):
        raise CardUnusable(state=source.state)


def _charging(ask: Charge, facts: Facts) -> Charged:
    return Charged(
        id=ask.id,
        owner=ask.owner,
        subject_id=ask.subject_id,
        business_id=ask.business_id,
        payer_id=ask.payer_id,
        card_id=ask.card_id,
        bank_id=ask.bank_id,
        mandate_id=ask.mandate_id,
        amount_minor=ask.amount_minor,
        currency=ask.currency,
        shares=by_account(ask.shares),
        says=descriptor(ask.says, ask.owner),
        policy_version=facts.policy.version,
        state=State.CHARGING,
        decline_code=None,
        refunding_minor=0,
        refunded_minor=0,
        created_at=facts.now,
        updated_at=facts.now,
        charged_at=None,
    )


def _asked(one: Charged) -> tuple[object, ...]:
    """What a repeat must ask the same."""
    who = (one.owner, one.subject_id, one.business_id, one.payer_id, one.card_id, one.bank_id, one.mandate_id)
    return (*who, one.amount_minor, one.currency, dict(one.shares), one.says)


def by_account(shares: Iterable[Share]) -> dict[str, int]:
    """Shares as they are kept: minor units by account."""
    found: dict[str, int] = defaultdict(int)
    for share in shares:
        found[str(share.account)] += share.amount_minor
    return dict(found)


def descriptor(says: str, owner: str) -> str:
    """What a statement can print of a name: capitals and digits of ASCII, accents dropped; else what is sold."""
    plain = unicodedata.normalize("NFKD", says).encode("ascii", "ignore").decode().upper()
    words = re.sub(r"[^A-Z0-9&'./-]+", " ", plain).strip()
    return words[:_SAYS_MOST].strip() or owner.upper()


def plan_refund(ask: Refund, scene: Scene, facts: Facts) -> Plan | Refunded:
    """Decide whether some of a charge may be given back; what is there already if nothing is to be done.

    Where all was given back before, that is what was asked for: the last refund that did it is the answer.

    Raises: IdTaken, AmountRefused, ChargeNotCharged, NothingLeft; in that order.
    """
    charge, already, shares = scene.charge, scene.refunds.get(ask.id), by_account(ask.shares)
    if already is not None:
        if (dict(already.shares), already.reason) != (shares, ask.reason):
            raise IdTaken
        return already
    if not shares or min(shares.values()) < 1:
        raise AmountRefused
    if charge.state != State.CHARGED:
        raise ChargeNotCharged(state=charge.state)
    if charge.refunded_minor == charge.amount_minor:
        done = [one for one in scene.refunds.values() if one.state == State.REFUNDED]
        return max(done, key=lambda one: (one.updated_at, one.id))
    own = {refund_id: minor for refund_id, minor in charge.disputed.items() if refund_id != ask.id}
    refundable = replace(charge, disputed=own).refundable_minor  # a dispute's own refund is what it stands for
    if sum(shares.values()) > refundable:
        raise NothingLeft(refundable_minor=refundable)
    return give_back(charge, taken_by(scene.attempts[charge.id]), ask.id, shares, ask.reason, facts)
