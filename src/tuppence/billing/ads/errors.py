"""What advertisers' billing refuses. Each sentence says what was written, which is nothing."""

from tuppence.core import Failure, Kind


class AdsAccountNotFound(Failure):
    """There is no such ads account, or it is not your business's."""

    kind = Kind.NOT_FOUND
    code = "ads_account_not_found"


class CampaignNotFound(Failure):
    """There is no such campaign, or it is not your business's. Nothing was written."""

    kind = Kind.NOT_FOUND
    code = "campaign_not_found"


class BillNotFound(Failure):
    """There is no such bill, or it is not your business's."""

    kind = Kind.NOT_FOUND
    code = "bill_not_found"


class AdsIdTaken(Failure):
    """This id names something else already. Nothing was written."""

    kind = Kind.CONFLICT
    code = "ads_id_taken"


class AdsCurrencyRefused(Failure):
    """Ads accounts are kept in this house's currency, which `currency` names. Nothing was written."""

    code = "ads_currency_refused"


class AdsMovedOn(Failure):
    """In the state that this is in, which `state` names, that cannot be done. Nothing was written."""

    kind = Kind.CONFLICT
    code = "ads_moved_on"


class MethodRefused(Failure):
    """A payment method must be your own active card that can pay, or your own proven bank account with a standing
    mandate for what is owed to the house; `pointer` names which is not. Nothing was written."""

    code = "method_refused"


class PrimaryNeeded(Failure):
    """The primary method cannot be taken away, only replaced, until the account is closed. Nothing was written."""

    kind = Kind.CONFLICT
    code = "primary_needed"


class CardPaysForAds(Failure):
    """This card is the only one that pays for an ads account with an unpaid bill. Replace it there first. Nothing was
    written."""

    kind = Kind.CONFLICT
    code = "card_pays_for_ads"


class ThresholdTooHigh(Failure):
    """A threshold of your own may be lower than the one earned, which `threshold_minor` names, not higher. Nothing was
    written."""

    code = "threshold_too_high"


class NothingUnused(Failure):
    """No more than the unused balance can be refunded; `refundable_minor` says how much it is. Nothing was written."""

    kind = Kind.REFUSED
    code = "nothing_unused"


class CouponUnknown(Failure):
    """This is not a coupon of ours, it was used, or it can no longer be redeemed; `reason` says which. Nothing was
    written."""

    code = "coupon_unknown"


class NotHeld(Failure):
    """Spending is not on hold, so there is nothing to confirm. Nothing was written."""

    kind = Kind.CONFLICT
    code = "not_held"


class TooNewToConfirm(Failure):
    """Who became an admin when the hold began cannot end it. Nothing was written."""

    kind = Kind.FORBIDDEN
    code = "too_new_to_confirm"


class UsageTooLate(Failure):
    """Usage is taken for so many days after it happened; `days_most` says how many. This event was not written."""

    code = "usage_too_late"


class UsageTooEarly(Failure):
    """This event lies in the future. It was not written."""

    code = "usage_too_early"


class UsageIdTaken(Failure):
    """An event of this id says something else. This one was not written."""

    kind = Kind.CONFLICT
    code = "usage_id_taken"


class CorrectsNothing(Failure):
    """A correction names an earlier event of the same campaign; there is none of that id. This one was not written."""

    kind = Kind.NOT_FOUND
    code = "corrects_nothing"


class GivesBackTooMuch(Failure):
    """No more can be given back than was charged; `left_minor` says how much that is. This event was not written."""

    kind = Kind.CONFLICT
    code = "gives_back_too_much"


class UsageNotTaken(Failure):
    """Nothing is delivered for this account, so nothing accrues: usage that began after the stop is not billed. `state`
    says why. This event was not written."""

    kind = Kind.CONFLICT
    code = "usage_not_taken"
