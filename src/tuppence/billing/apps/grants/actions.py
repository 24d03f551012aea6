"""The verbs of grants: ask, approve, decline, revoke, charge, refund."""

from datetime import datetime
from uuid import UUID

from tuppence import ledger, outbox
from tuppence.billing import businesses
from tuppence.billing.apps.grants import queries, rules
from tuppence.billing.apps.grants.errors import GrantNotFound, GrantOver
from tuppence.billing.apps.grants.model import Ask, GiveBack, Grant, Take, Used
from tuppence.billing.apps.queries import access_apps
from tuppence.core import Failure, Policy
from tuppence.db import Tx
from tuppence.ledger import chart
from tuppence.outbox import hooks
from tuppence.payments import cards, charges
from tuppence.payments.charges import Charge, Charged, Refund, Refunded, Share
from tuppence.payments.charges.errors import ChargeNotFound
from tuppence.payments.errors import CardNotFound, CardUnusable, IdTaken

SQL = queries.SQL


async def ask(tx: Tx, asked: Ask, *, policy: Policy) -> Grant:
    """Write down what a business asks for. A repeat is the grant as it is.

    Raises: CurrencyRefused, GrantRefused, IdTaken.
    """
    there = await queries.find_grant(tx, asked.id)
    now = await outbox.now(tx)
    if there is None:
        origins = [origin for app in await access_apps(tx, asked.business_id) for origin in app.origins]
        rules.check_ask(asked, now, policy.currency, origins)
        await tx.execute(SQL.write_grant, asked_at=now, **{name: getattr(asked, name) for name in Ask.__slots__})
        there = await queries.find_grant(tx, asked.id)
    assert there is not None
    rules.check_same(asked, there)
    return there


async def _locked(tx: Tx, grant_id: UUID) -> tuple[Grant | None, datetime]:
    await tx.execute(SQL.lock_grant, id=grant_id)
    return await queries.find_grant(tx, grant_id), await outbox.now(tx)


async def approve(tx: Tx, person_id: UUID, grant_id: UUID, card_id: UUID) -> Grant:
    """Somebody lets the business charge this card of theirs. They have just proven who they are.

    Raises: GrantNotFound, GrantOver, CardNotFound, CardUnusable. Locks: the grant, until the transaction ends.
    """
    grant, now = await _locked(tx, grant_id)
    if grant is not None and (grant.state, grant.person_id, grant.card_id) == ("live", person_id, card_id):
        return grant
    rules.check_answer(grant, person_id, await queries.standing(tx, grant, now) if grant else "lapsed")
    assert grant is not None
    card = next((one for one in await cards.access_cards(tx, person_id) if one["id"] == str(card_id)), None)
    if card is None:
        raise CardNotFound
    if not card["can_fund"] or not card["kept"]:
        raise CardUnusable(state=card["state"])
    await tx.execute(SQL.decide_grant, id=grant_id, state="live", person_id=person_id, card_id=card_id, now=now)
    return await _told(tx, grant_id, "grant.created")


async def decline(tx: Tx, person_id: UUID, grant_id: UUID) -> Grant:
    """Somebody says no, or takes a yes back: nothing more can be charged.

    Raises: GrantNotFound, GrantOver. Locks: the grant, until the transaction ends.
    """
    grant, now = await _locked(tx, grant_id)
    if grant is not None and grant.state == "live" and grant.person_id == person_id:
        return await _end(tx, grant_id, now)
    if grant is not None and grant.state in ("declined", "revoked") and grant.person_id == person_id:
        return grant
    rules.check_answer(grant, person_id, await queries.standing(tx, grant, now) if grant else "lapsed")
    await tx.execute(SQL.decide_grant, id=grant_id, state="declined", person_id=person_id, card_id=None, now=now)
    return await _told(tx, grant_id, "grant.revoked")


async def give_up(tx: Tx, business_id: UUID, grant_id: UUID) -> Grant:
    """A business ends a grant of its own. A repeat changes nothing. Raises: GrantNotFound, GrantOver."""
    grant, now = await _locked(tx, grant_id)
    if grant is None or grant.business_id != business_id:
        raise GrantNotFound
    if grant.state in ("revoked", "declined"):
        return grant
    if grant.state == "asked":
        raise GrantOver(state="asked")
    return await _end(tx, grant_id, now)


async def _end(tx: Tx, grant_id: UUID, now: datetime) -> Grant:
    await tx.execute(SQL.revoke_grant, id=grant_id, now=now)
    return await _told(tx, grant_id, "grant.revoked")


async def _told(tx: Tx, grant_id: UUID, kind: str) -> Grant:
    """The grant as it is now; its business hears of it."""
    grant = await queries.find_grant(tx, grant_id)
    assert grant is not None
    data = {"kind": grant.kind, "state": grant.state, "currency": grant.currency}
    await hooks.publish(tx, [hooks.Happened(grant.business_id, kind, grant_id, data)])
    return grant


async def take(tx: Tx, asked: Take, *, policy: Policy) -> Charged:
    """Charge under a grant: the business is owed it, less the fee. A repeat is the charge as it is.

    Raises: what `rules.check_take` raises, IdTaken, CardUnusable, CardNotFound, AmountRefused.
    Locks: the grant, then what charging locks, until the transaction ends.
    """
    grant, now = await _locked(tx, asked.grant_id)
    if there := (await charges.charges(tx, [asked.id])).get(asked.id):
        same = (there.subject_id, there.business_id, there.amount_minor, there.currency)
        if same != (asked.grant_id, asked.business_id, asked.amount_minor, asked.currency):
            raise IdTaken
        return there
    state = await queries.standing(tx, grant, now) if grant else "lapsed"
    spent = await queries.used_in_period(tx, grant, now) if grant else Used(0, 0)
    rules.check_take(grant, asked, state, spent)
    assert grant is not None
    assert grant.person_id is not None
    await tx.execute(SQL.write_charge, id=asked.id, grant_id=grant.id, amount_minor=asked.amount_minor, at=now)
    await ledger.create_accounts(tx, [chart.personal_account("dev_payable", grant.business_id, grant.currency)])
    name = (await businesses.businesses(tx, [grant.business_id]))[grant.business_id].name
    charge = Charge(
        id=asked.id,
        owner="apps",
        subject_id=grant.id,
        business_id=grant.business_id,
        payer_id=grant.person_id,
        card_id=grant.card_id,
        bank_id=None,
        amount_minor=asked.amount_minor,
        currency=asked.currency,
        shares=_shares(grant, asked.amount_minor, policy),
        says=name,
    )
    (charged,) = await charges.charge(tx, [charge], policy=policy)
    if isinstance(charged, Failure):
        raise charged
    return charged


def _shares(grant: Grant, amount_minor: int, policy: Policy) -> list[Share]:
    kept = rules.fee(amount_minor, policy.apps)
    owed = Share(chart.personal("dev_payable", grant.business_id, grant.currency), amount_minor - kept)
    return [owed, Share(chart.house("fee_income", grant.currency), kept)] if kept else [owed]


async def give_back(tx: Tx, asked: GiveBack, *, policy: Policy) -> Refunded:
    """Give some of a charge back, out of what the business is owed; the fee stays. A repeat is the refund as it is.

    Raises: ChargeNotFound, and what `charges.refund` refuses.
    """
    charge, _ = await charges.access_charge(tx, asked.business_id, asked.charge_id)
    if charge.owner != "apps":
        raise ChargeNotFound
    share = Share(chart.personal("dev_payable", charge.business_id, charge.currency), asked.amount_minor)
    await tx.execute(SQL.write_refund, id=asked.id, charge_id=charge.id)
    (refunded,) = await charges.refund(tx, [Refund(asked.id, charge.id, [share], asked.reason)], policy=policy)
    if isinstance(refunded, Failure):
        raise refunded
    return refunded
