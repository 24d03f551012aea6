"""What games refuse. Each sentence says what was written, and what was taken, which is nothing."""

from tuppence.core import Failure, Kind


class GameNotFound(Failure):
    """There is no such game of this business. Nothing was written."""

    kind = Kind.NOT_FOUND
    code = "game_not_found"


class GameInvalid(Failure):
    """A game's addresses must be https addresses; `param` names the one that is not. Nothing was written."""

    code = "game_invalid"


class CatalogueAway(Failure):
    """The game's catalogue could not be read, and no copy of the last day is kept. Nothing was written."""

    kind = Kind.CONFLICT  # it is the game's server that is away, not ours
    code = "catalogue_away"


class CatalogueInvalid(Failure):
    """The game's catalogue is not as documented; `path` and `reason` name the first place. The copy before it stays."""

    code = "catalogue_invalid"


class ProductNotFound(Failure):
    """The game's catalogue has no such product. Nothing was written."""

    kind = Kind.NOT_FOUND
    code = "product_not_found"


class CurrencyMissing(Failure):
    """There is neither a price nor an exchange rate for this currency. Nothing was written."""

    code = "currency_missing"


class PurchaseTooLarge(Failure):
    """This is more than one purchase, or one day's purchases, may come to; `most_minor` says how much. Nothing was
    taken."""

    kind = Kind.REFUSED
    code = "purchase_too_large"


class PurchaseNotFound(Failure):
    """There is no such purchase, or it is somebody else's."""

    kind = Kind.NOT_FOUND
    code = "purchase_not_found"


class PurchaseMovedOn(Failure):
    """The purchase is in a state in which this is not possible; `state` says which. Nothing was changed."""

    kind = Kind.CONFLICT
    code = "purchase_moved_on"


class PurchaseDiffers(Failure):
    """This id was used for another quote, or by somebody else. Nothing was written."""

    kind = Kind.CONFLICT
    code = "purchase_differs"


class QuoteExpired(Failure):
    """A quote holds its price for a quarter of an hour, and this one's is over. Nothing was taken."""

    kind = Kind.GONE
    code = "quote_expired"


class ConfirmationNeeded(Failure):
    """This purchase asks for the PIN or a passkey first. Nothing was taken."""

    kind = Kind.FORBIDDEN
    code = "confirmation_needed"


class NotATester(Failure):
    """Only an account that the game's developer named as a tester chooses how a purchase ends. Nothing was taken."""

    kind = Kind.FORBIDDEN
    code = "not_a_tester"


class RefundTooLarge(Failure):
    """More than is left to refund; `refundable_minor` says how much is. Nothing was refunded."""

    kind = Kind.REFUSED
    code = "refund_too_large"


class RefundDiffers(Failure):
    """This id was used for another refund. Nothing was refunded."""

    kind = Kind.CONFLICT
    code = "refund_differs"


class BundleBusy(Failure):
    """Small purchases are being debited together just now: refund this one in a moment. Nothing was refunded."""

    kind = Kind.CONFLICT
    code = "bundle_busy"


class NotDisputable(Failure):
    """There is nothing to dispute: the purchase was not paid, or what was paid went back. Nothing was written."""

    kind = Kind.CONFLICT
    code = "not_disputable"


class NoSuchReport(Failure):
    """Reports are made when a day is over in the business's zone. Nothing was made."""

    kind = Kind.NOT_FOUND
    code = "no_such_report"


class PayoutBankRefused(Failure):
    """Payouts go to a confirmed bank account of the member who sets it. Nothing was written."""

    kind = Kind.REFUSED
    code = "payout_bank_refused"


class InvoiceNotFound(Failure):
    """There is no such open invoice of this business."""

    kind = Kind.NOT_FOUND
    code = "invoice_not_found"
