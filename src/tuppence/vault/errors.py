"""What the vault refuses, by name. None of them tells anything about the number itself."""

from typing import ClassVar

from tuppence.core import Failure, Kind


class KeyFileRefused(Exception):
    """A key file is missing, unreadable as such, or open to others than its owner. The vault does not start."""


class CardUnreadable(Failure):
    """The stored card does not open with its keys. Nothing was sent.

    `reason`: format, version (no such KEK), truncated, key (the wrapped key is not this row's), record (the ciphertext
    is not).
    """

    kind = Kind.UNAVAILABLE
    code = "card_unreadable"


class KeksAway(Failure):
    """Who keeps the vault's keys does not answer. Nothing was sent or stored; try again."""

    kind = Kind.UNAVAILABLE
    code = "keys_away"


class VaultLocked(Failure):
    """The vault waits for its custodians. Nothing was sent or stored."""

    kind = Kind.UNAVAILABLE
    code = "vault_locked"


class NotLocked(Failure):
    """The vault is open: no share is asked for."""

    kind = Kind.CONFLICT
    code = "vault_not_locked"


class StillNeeded(Failure):
    """Cards still need an older key. Nothing was destroyed; rewrap first."""

    kind = Kind.CONFLICT
    code = "keys_still_needed"


class KeysRefused(Failure):
    """These keys open, but not the cards that lie here. The vault stays locked; the operator was told."""

    kind = Kind.CONFLICT
    code = "keys_refused"


class NotSealed(Failure):
    """No custodians hold shares of this vault's keys. Nothing changed."""

    kind = Kind.CONFLICT
    code = "vault_not_sealed"


class NothingToConfirm(Failure):
    """No new shares were handed out, or the vault was started since. The old ones count."""

    kind = Kind.CONFLICT
    code = "nothing_to_confirm"


class ShareRefused(Failure):
    """This is not a share of this vault's key, or not all of it. It was not taken, and the operator was told."""

    kind = Kind.FORBIDDEN
    code = "share_refused"


class NoBearer(Failure):
    """The call does not carry the key that server and worker share with the vault. Nothing was done."""

    kind = Kind.UNAUTHENTICATED
    code = "unauthenticated"


class BodyRefused(Failure):
    """The request's body is not what this call takes. Nothing was done."""

    kind = Kind.INVALID
    code = "body_refused"


class BodyTooLarge(Failure):
    """The request's body is larger than this call takes. Nothing was done."""

    kind = Kind.TOO_LARGE
    code = "body_too_large"


class OriginRefused(Failure):
    """The card form's data come from the card form only. Nothing was stored."""

    kind = Kind.FORBIDDEN
    code = "origin_refused"


class NotHere(Failure):
    """There is nothing at this address, or not by this method."""

    kind = Kind.NOT_FOUND
    code = "not_here"


class TicketRefused(Failure):
    """This form was not opened by the app. Nothing was stored."""

    kind = Kind.FORBIDDEN
    code = "ticket_refused"


class TicketExpired(Failure):
    """This form was open for too long. Nothing was stored; open it again."""

    kind = Kind.GONE
    code = "ticket_expired"


class TicketUsed(Failure):
    """This form has already stored a card. Open it again for another."""

    kind = Kind.CONFLICT
    code = "ticket_used"


class TooManyTries(Failure):
    """Too many cards were refused for this person or from this address. Nothing was asked of the bank."""

    kind = Kind.TOO_MANY
    code = "too_many_tries"


class NumberInvalid(Failure):
    """This is not a card number. Nothing was stored."""

    kind = Kind.INVALID
    code = "number_invalid"


class CardExpired(Failure):
    """The expiry date has passed, or is no date. Nothing was stored."""

    kind = Kind.INVALID
    code = "expiry_invalid"


class CvvInvalid(Failure):
    """The security code has three digits, or four on some brands. Nothing was stored."""

    kind = Kind.INVALID
    code = "cvv_invalid"


class ZipInvalid(Failure):
    """The ZIP code has five digits. Nothing was stored."""

    kind = Kind.INVALID
    code = "zip_invalid"


class CardUnknown(Failure):
    """No bank that we reach has cards of this kind. Nothing was stored."""

    kind = Kind.REFUSED
    code = "unknown_card"


class CreditCard(Failure):
    """Credit cards are not taken: money between friends comes from a debit card. Nothing was stored."""

    kind = Kind.REFUSED
    code = "credit_card"


class GiftCard(Failure):
    """Gift cards are not taken. Nothing was stored."""

    kind = Kind.REFUSED
    code = "gift_card"


class HealthCard(Failure):
    """Health and flexible spending cards are not taken. Nothing was stored."""

    kind = Kind.REFUSED
    code = "health_card"


class BusinessCard(Failure):
    """Business cards are not taken. Nothing was stored."""

    kind = Kind.REFUSED
    code = "business_card"


class ForeignCard(Failure):
    """Cards from other countries are not taken yet. Nothing was stored."""

    kind = Kind.REFUSED
    code = "foreign_card"


class DetailsDontMatch(Failure):
    """The bank does not confirm these details. Nothing was stored."""

    kind = Kind.REFUSED
    code = "details_dont_match"


class CheckUnanswered(Failure):
    """The bank did not answer. Nothing was stored; type the security code again."""

    kind = Kind.UNAVAILABLE
    code = "check_unanswered"


class CardRefused(Failure):
    """The bank refuses this card. Nothing was stored."""

    kind = Kind.REFUSED
    code = "card_refused"


class AttemptDiffers(Failure):
    """An attempt with this id was asked for something else. Nothing was sent for this ask."""

    kind = Kind.CONFLICT
    code = "attempt_differs"


class NotSent(Failure):
    """Provably nothing was sent, now or later. To the caller it is a decline like a bank's."""

    decline_code: ClassVar[str]


class AttemptVoid(NotSent):
    """Somebody asked what became of this attempt before it was asked for. It is void and will never be sent."""

    kind = Kind.CONFLICT
    code = "attempt_void"
    decline_code = "issuer_down"


class TooManyUses(NotSent):
    """This card, this person or this caller has been used for more than is plausible. Nothing is sent for this id."""

    kind = Kind.TOO_MANY
    code = "too_many_uses"
    decline_code = "issuer_down"


class TooManyReads(Failure):
    """This card or this caller has asked for more than is plausible. Nothing was told."""

    kind = Kind.TOO_MANY
    code = "too_many_reads"


class CardGone(NotSent):
    """There is no such card, or it was deleted. Nothing was sent."""

    kind = Kind.GONE
    code = "card_gone"
    decline_code = "invalid_card"


class RefundRefused(NotSent):
    """A refund gives back an accepted debit of this card and payment, and no more than it took. Nothing was sent."""

    kind = Kind.REFUSED
    code = "refund_refused"
    decline_code = "not_permitted"
