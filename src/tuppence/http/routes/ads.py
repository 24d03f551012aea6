"""Advertisers: their accounts, what pays for them, their campaigns. A member of the business acts, or a key of it."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Response

from tuppence import outbox
from tuppence.billing import ads, businesses
from tuppence.billing.ads import errors
from tuppence.billing.ads.accounts import ChangeAccount, Instrument, OnAccount, OpenAccount, SetMethods
from tuppence.billing.ads.campaigns import SetCampaign
from tuppence.billing.ads.coupons import Redeem
from tuppence.billing.ads.holds import Confirm
from tuppence.billing.ads.prepaid import TopUp
from tuppence.billing.ads.refunding import RefundUnused
from tuppence.http import ads_schemas as schemas
from tuppence.http.answers import answer
from tuppence.http.deps import Actor, TheHouse, businessed
from tuppence.http.errors import BusinessUnnamed, InvalidRequest, exactly_one
from tuppence.http.fields import Day, Id, MintedId
from tuppence.http.house import House
from tuppence.http.openapi import FOR_BUSINESS
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.payments.statements.errors import PeriodRefused

router = room("ads", prefix="/v1/ads/accounts")

Reads = Annotated[Actor, Depends(businessed("ads:read"))]
Plans = Annotated[Actor, Depends(businessed("ads:write", "owner", "finance", "developer"))]
Spends = Annotated[Actor, Depends(businessed("ads:write", "owner", "finance"))]
Admin = Annotated[
    Actor, Depends(businessed(None, "owner", "finance"))
]  # a person: it is about their money, or their word
_UNKNOWN = errors.AdsAccountNotFound
_MEMBERS = (_UNKNOWN, businesses.BusinessNotFound, businesses.RoleMissing, BusinessUnnamed)
_BY_MEMBER: dict[str, Any] = {"parameters": FOR_BUSINESS["parameters"]}  # for what a key may not do
_DAYS_MOST = 366


async def _told(ads_account_id: UUID, actor: Actor, house: House) -> Response:
    """The account as it is now."""
    async with house.database.transaction(read_only=True) as tx:
        return answer(await ads.access_account(tx, actor.business_id, ads_account_id, policy=house.policy))


# - accounts ---------------------------------------------------------------------------------------------------------


@router.get("", response_model=schemas.AdsAccounts, openapi_extra=FOR_BUSINESS)
async def list_ads_accounts(actor: Reads, house: TheHouse) -> Response:
    """The business's ads accounts, the oldest first."""
    async with house.database.transaction(read_only=True) as tx:
        return answer({"data": await ads.access_accounts(tx, actor.business_id, policy=house.policy)})


@router.put(
    "/{ads_account_id}",
    response_model=schemas.AdsAccount,
    responses=refuses(errors.AdsIdTaken, errors.AdsCurrencyRefused),
    openapi_extra=FOR_BUSINESS,
)
async def open_ads_account(
    ads_account_id: MintedId, body: schemas.OpenAdsAccountBody, actor: Spends, house: TheHouse
) -> Response:
    """Open an ads account. Its currency, its time zone and the day of the month on which it is billed are for ever."""
    ask = OpenAccount(ads_account_id, actor.business_id, body.name, body.currency, body.zone, body.way, actor.person_id)
    await house.together(house.verbs.ads.open, ask)
    return await _told(ads_account_id, actor, house)


@router.get(
    "/{ads_account_id}", response_model=schemas.AdsAccount, responses=refuses(_UNKNOWN), openapi_extra=FOR_BUSINESS
)
async def read_ads_account(ads_account_id: Id, actor: Reads, house: TheHouse) -> Response:
    """An account: its threshold and limits, what is unpaid, what pays next, whether its ads may run."""
    return await _told(ads_account_id, actor, house)


@router.patch(
    "/{ads_account_id}",
    response_model=schemas.AdsAccount,
    responses=refuses(_UNKNOWN, errors.ThresholdTooHigh, errors.AdsMovedOn, errors.PrimaryNeeded),
    openapi_extra=FOR_BUSINESS,
)
async def change_ads_account(
    ads_account_id: Id, body: schemas.ChangeAdsAccountBody, actor: Spends, house: TheHouse
) -> Response:
    """Change an account's name, limits, bill details, or how it is paid."""
    wanted: dict[str, Any] = body.model_dump(include=body.model_fields_set)
    for name in ("name", "catch_up", "billed_to", "way"):
        if name in wanted and wanted[name] is None:
            wanted.pop(name)
    ask = ChangeAccount(actor.business_id, ads_account_id, actor.person_id, wanted)
    await house.together(house.verbs.ads.change, ask)
    return await _told(ads_account_id, actor, house)


@router.put(
    "/{ads_account_id}/methods",
    response_model=schemas.AdsAccount,
    responses=refuses(*_MEMBERS, errors.MethodRefused, errors.PrimaryNeeded),
    openapi_extra=_BY_MEMBER,
)
async def set_ads_methods(ads_account_id: Id, body: schemas.AdsMethodsBody, admin: Admin, house: TheHouse) -> Response:
    """Say what is charged, in this order: the first is the primary, the others are backups. Replaces the whole list."""
    methods = tuple(_instrument(one, n) for n, one in enumerate(body.methods))
    async with house.database.transaction(read_only=True) as tx:
        methods = await ads.whose(tx, ads_account_id, methods, default=admin.by)
    ask = SetMethods(admin.business_id, ads_account_id, admin.by, methods)
    await house.together(house.verbs.ads.set_methods, ask)
    return await _told(ads_account_id, admin, house)


def _instrument(one: schemas.AdsMethodBody, n: int) -> Instrument:
    """Raises: InvalidRequest."""
    if (one.card_id is None) == (one.bank_id is None):
        raise InvalidRequest(errors=[exactly_one("card_id", "bank_id") | {"pointer": f"/methods/{n}"}])
    if one.card_id is not None and one.mandate_id is not None:
        wrong = {"code": "not_for_a_card", "detail": "A mandate is for a bank account."}
        raise InvalidRequest(errors=[{"in": "body", "pointer": f"/methods/{n}/mandate_id", **wrong}])
    return Instrument(UUID(int=0), one.card_id, one.bank_id, one.mandate_id)


@router.post(
    "/{ads_account_id}/pay",
    response_model=schemas.AdsAccount,
    responses=refuses(_UNKNOWN, errors.PrimaryNeeded),
    openapi_extra=FOR_BUSINESS,
)
async def pay_ads_account(ads_account_id: Id, actor: Spends, house: TheHouse) -> Response:
    """Charge what is unpaid now. Asked again while that is under way, it changes nothing."""
    await house.together(house.verbs.ads.pay, OnAccount(actor.business_id, ads_account_id, actor.person_id))
    return await _told(ads_account_id, actor, house)


@router.post(
    "/{ads_account_id}/close",
    response_model=schemas.AdsAccount,
    responses=refuses(*_MEMBERS, errors.AdsMovedOn),
    openapi_extra=_BY_MEMBER,
)
async def close_ads_account(ads_account_id: Id, admin: Admin, house: TheHouse) -> Response:
    """Close an account: ads stop, the last bill is charged, what is unused goes back to where it came from."""
    await house.together(house.verbs.ads.close, OnAccount(admin.business_id, ads_account_id, admin.person_id))
    return await _told(ads_account_id, admin, house)


@router.post(
    "/{ads_account_id}/hold",
    response_model=schemas.AdsAccount,
    responses=refuses(*_MEMBERS, errors.NotHeld, errors.TooNewToConfirm),
    openapi_extra=_BY_MEMBER,
)
async def confirm_ads_hold(ads_account_id: Id, body: schemas.AdsConfirmBody, admin: Admin, house: TheHouse) -> Response:
    """Say whether what put spending on hold was you. Two admins who were there before end a hold."""
    await house.together(house.verbs.ads.confirm, Confirm(admin.business_id, ads_account_id, admin.by, body.it_was_us))
    return await _told(ads_account_id, admin, house)


# - prepaid, credits -------------------------------------------------------------------------------------------------


@router.put(
    "/{ads_account_id}/top-ups/{top_up_id}",
    response_model=schemas.AdsAccount,
    responses=refuses(*_MEMBERS, errors.AdsIdTaken, errors.AdsMovedOn, errors.MethodRefused),
    openapi_extra=_BY_MEMBER,
)
async def top_up_ads_account(
    ads_account_id: Id, top_up_id: MintedId, body: schemas.AdsTopUpBody, admin: Admin, house: TheHouse
) -> Response:
    """Pay in advance with a card of yours; the balance grows when the charge is taken."""
    house.limits.take("payment", admin.by)
    ask = TopUp(top_up_id, admin.business_id, ads_account_id, admin.by, body.card_id, body.amount_minor)
    await house.together(house.verbs.ads.top_up, ask)
    return await _told(ads_account_id, admin, house)


@router.put(
    "/{ads_account_id}/refunds/{refund_id}",
    response_model=schemas.AdsAccount,
    responses=refuses(*_MEMBERS, errors.AdsIdTaken, errors.NothingUnused),
    openapi_extra=_BY_MEMBER,
)
async def refund_unused_ads_balance(
    ads_account_id: Id, refund_id: MintedId, body: schemas.AdsRefundUnusedBody, admin: Admin, house: TheHouse
) -> Response:
    """Take unused prepaid money back to the cards that it came from, all of it or an amount."""
    house.limits.take("payment", admin.by)
    ask = RefundUnused(refund_id, admin.business_id, ads_account_id, admin.by, body.amount_minor)
    await house.together(house.verbs.ads.refund_unused, ask)
    return await _told(ads_account_id, admin, house)


@router.post(
    "/{ads_account_id}/coupons",
    response_model=schemas.AdsAccount,
    responses=refuses(*_MEMBERS, errors.CouponUnknown, errors.AdsMovedOn, errors.PrimaryNeeded),
    openapi_extra=_BY_MEMBER,
)
async def redeem_ads_coupon(ads_account_id: Id, body: schemas.AdsCouponBody, admin: Admin, house: TheHouse) -> Response:
    """Turn a coupon into a credit, which pays before anything else until it is used up or expires."""
    house.limits.take("prove", admin.by)  # codes must not be guessed
    await house.together(house.verbs.ads.redeem, Redeem(admin.business_id, ads_account_id, admin.by, body.code))
    return await _told(ads_account_id, admin, house)


@router.get(
    "/{ads_account_id}/credits",
    response_model=schemas.AdsCredits,
    responses=refuses(_UNKNOWN),
    openapi_extra=FOR_BUSINESS,
)
async def list_ads_credits(ads_account_id: Id, actor: Reads, house: TheHouse) -> Response:
    """Every credit, the soonest to expire first; used up and expired ones too."""
    async with house.database.transaction(read_only=True) as tx:
        now = await outbox.now(tx)
        return answer({"data": await ads.access_credits(tx, actor.business_id, ads_account_id, now)})


# - campaigns, delivery ----------------------------------------------------------------------------------------------


@router.get(
    "/{ads_account_id}/campaigns",
    response_model=schemas.AdsCampaigns,
    responses=refuses(_UNKNOWN),
    openapi_extra=FOR_BUSINESS,
)
async def list_ads_campaigns(ads_account_id: Id, actor: Reads, house: TheHouse) -> Response:
    """The account's campaigns, what they spent, whether they run."""
    async with house.database.transaction(read_only=True) as tx:
        found = await ads.access_campaigns(tx, actor.business_id, ads_account_id, policy=house.policy)
    return answer({"data": found})


@router.put(
    "/{ads_account_id}/campaigns/{campaign_id}",
    response_model=schemas.AdsCampaign,
    responses=refuses(_UNKNOWN, errors.AdsIdTaken),
    openapi_extra=FOR_BUSINESS,
)
async def set_ads_campaign(
    ads_account_id: Id, campaign_id: MintedId, body: schemas.AdsCampaignBody, actor: Plans, house: TheHouse
) -> Response:
    """Make a campaign, change it, start or stop it. Its caps are hard: what is delivered beyond them is not charged."""
    ask = SetCampaign(campaign_id, actor.business_id, ads_account_id, actor.person_id, **dict(body))
    await house.together(house.verbs.ads.set_campaign, ask)
    async with house.database.transaction(read_only=True) as tx:
        found = await ads.access_campaigns(tx, actor.business_id, ads_account_id, policy=house.policy)
    return answer(next(one for one in found if one["id"] == campaign_id))


@router.get(
    "/{ads_account_id}/delivery",
    response_model=schemas.AdsDelivery,
    responses=refuses(_UNKNOWN),
    openapi_extra=FOR_BUSINESS,
)
async def read_ads_delivery(ads_account_id: Id, actor: Reads, house: TheHouse) -> Response:
    """May this account, and each of its campaigns, be delivered now? Ask before spending, and again within
    `ask_again_seconds`: what is delivered longer than that after a stop is not charged.
    """
    async with house.database.transaction(read_only=True) as tx:
        told = await ads.access_delivery(tx, actor.business_id, ads_account_id, policy=house.policy)
    campaigns = [{"campaign_id": id_} | ads.gate_view(gate) for id_, gate in told.campaigns.items()]
    seconds = house.policy.ads.stop_seconds // 2
    return answer({"account": ads.gate_view(told.account), "campaigns": campaigns, "ask_again_seconds": seconds})


@router.get(
    "/{ads_account_id}/spend",
    response_model=schemas.AdsSpend,
    responses=refuses(_UNKNOWN, PeriodRefused),
    openapi_extra=FOR_BUSINESS,
)
async def read_ads_spend(
    ads_account_id: Id,
    actor: Reads,
    house: TheHouse,
    first: Annotated[Day, Query(alias="from", description="The first day, on the account's own calendar.")],
    last: Annotated[Day, Query(alias="to", description="The last day, which belongs to it.")],
) -> Response:
    """What each campaign spent on each day: what a chart draws. A year at most."""
    if not timedelta() <= last - first < timedelta(days=_DAYS_MOST):
        raise PeriodRefused(reason="too_long" if last > first else "ends_before_it_begins")
    async with house.database.transaction(read_only=True) as tx:
        return answer({"data": await ads.access_spend(tx, actor.business_id, ads_account_id, first, last)})


@router.get(
    "/{ads_account_id}/history",
    response_model=schemas.AdsHistory,
    responses=refuses(_UNKNOWN),
    openapi_extra=FOR_BUSINESS,
)
async def read_ads_history(ads_account_id: Id, actor: Reads, house: TheHouse) -> Response:
    """What happened to the account lately: who changed what, bills, stops, holds; the latest first."""
    async with house.database.transaction(read_only=True) as tx:
        return answer({"data": await ads.access_history(tx, actor.business_id, ads_account_id)})
