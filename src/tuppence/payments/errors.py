"""What payments, cards and limits refuse. Each sentence says what was written, which is nothing."""

from tuppence.core import Failure, Kind


class PaymentNotFound(Failure):
    """There is no such payment, or it is not yours to see."""

    kind = Kind.NOT_FOUND
    code = "payment_not_found"


class PaymentMovedOn(Failure):
    """The payment is not in a state where this is possible any more. Nothing was changed; see `payment`."""

    kind = Kind.CONFLICT
    code = "payment_moved_on"


class IdTaken(Failure):
    """This id belongs to something else. Nothing was written; use a new id for a new intention."""

    kind = Kind.CONFLICT
    code = "id_taken"


class LooksLikeADuplicate(Failure):
    """The same amount went to the same friend a moment ago. Nothing was written; say `duplicate_ok` if you mean it."""

    kind = Kind.CONFLICT
    code = "looks_like_a_duplicate"


class AmountRefused(Failure):
    """An amount is at least one minor unit. Nothing was written."""

    kind = Kind.INVALID
    code = "amount_refused"


class CurrencyRefused(Failure):
    """This house does not move that currency. Nothing was written."""

    kind = Kind.INVALID
    code = "currency_refused"


class PayeeIsPayer(Failure):
    """A payment goes to somebody else. Nothing was written."""

    kind = Kind.INVALID
    code = "payee_is_payer"


class PayeeUnavailable(Failure):
    """This person cannot be paid now. Nothing was written."""

    kind = Kind.REFUSED
    code = "payee_unavailable"


class PayeeBlocked(Failure):
    """You blocked this person. Nothing was written; unblock them first."""

    kind = Kind.REFUSED
    code = "payee_blocked"


class NotFriends(Failure):
    """Only friends can be paid. Nothing was written."""

    kind = Kind.REFUSED
    code = "not_friends"


class NoCard(Failure):
    """There is no card to pay with. Nothing was written."""

    kind = Kind.REFUSED
    code = "no_card"


class CardUnusable(Failure):
    """This card cannot pay. Nothing was written."""

    kind = Kind.REFUSED
    code = "card_unusable"


class SameCard(Failure):
    """You and your friend use the same card. Nothing was written."""

    kind = Kind.REFUSED
    code = "same_card"


class SendingPaused(Failure):
    """Your bank took a payment of yours back, so you cannot send until that is settled. Nothing was written."""

    kind = Kind.REFUSED
    code = "sending_paused"


class LimitExceeded(Failure):
    """This would pass one of your limits. Nothing was written."""

    kind = Kind.REFUSED
    code = "limit_exceeded"


class ProofNeeded(Failure):
    """It takes a fresh PIN or passkey for this payment. Nothing was changed."""

    kind = Kind.FORBIDDEN
    code = "proof_needed"


class NeedsCard(Failure):
    """It takes a card that can receive this payment. Nothing was changed."""

    kind = Kind.CONFLICT
    code = "needs_card"


class NotLateYet(Failure):
    """The bank still has time. Nothing was changed; say so after `arrival.latest`."""

    kind = Kind.CONFLICT
    code = "not_late_yet"


class CardNotFound(Failure):
    """There is no such card, or it is not yours."""

    kind = Kind.NOT_FOUND
    code = "card_not_found"


class TooManyCards(Failure):
    """There are as many cards as we keep for one person. Nothing was written; remove one first."""

    kind = Kind.REFUSED
    code = "too_many_cards"


class CardNotForThat(Failure):
    """This card cannot do that: pay, receive, or be a default. Nothing was changed."""

    kind = Kind.REFUSED
    code = "card_not_for_that"


class BankAccountNotFound(Failure):
    """There is no such bank account, or it is not yours."""

    kind = Kind.NOT_FOUND
    code = "bank_account_not_found"


class RoutingInvalid(Failure):
    """These nine digits are not a routing number. Nothing was written."""

    kind = Kind.INVALID
    code = "routing_invalid"


class BankUnknown(Failure):
    """No bank that we reach has this routing number. Nothing was written."""

    kind = Kind.REFUSED
    code = "bank_unknown"


class IbanInvalid(Failure):
    """This is not an IBAN of a country that SEPA reaches. Nothing was written."""

    kind = Kind.INVALID
    code = "iban_invalid"


class BankSchemeRefused(Failure):
    """This house pays to IBANs, where it holds euros, or to routing and account numbers. Nothing was written."""

    kind = Kind.REFUSED
    code = "bank_scheme_refused"


class BankAccountKnown(Failure):
    """You added this bank account before. Nothing was written."""

    kind = Kind.CONFLICT
    code = "bank_account_known"


class TooManyBankAccounts(Failure):
    """There are as many bank accounts as we keep for one person. Nothing was written; remove one first."""

    kind = Kind.REFUSED
    code = "too_many_bank_accounts"


class AddedTooOften(Failure):
    """Too many bank accounts were added in a day. Nothing was written; try again at `again_at`."""

    kind = Kind.REFUSED
    code = "added_too_often"


class AmountsWrong(Failure):
    """These are not the two amounts. One of the tries was used; nothing else was changed."""

    kind = Kind.REFUSED
    code = "amounts_wrong"


class BankMovedOn(Failure):
    """The bank account is not in a state where this is possible any more. Nothing was changed."""

    kind = Kind.CONFLICT
    code = "bank_moved_on"


class BankBeingAsked(Failure):
    """The account's bank is being asked whether it may be debited; see `until`. Nothing was written."""

    kind = Kind.REFUSED
    code = "bank_being_asked"


class BankNotReady(Failure):
    """This bank account cannot receive: it is not verified, or no longer usable. Nothing was changed."""

    kind = Kind.REFUSED
    code = "bank_not_ready"


class BankDebitsOff(Failure):
    """This house takes no money from bank accounts. Nothing was written."""

    kind = Kind.REFUSED
    code = "bank_debits_off"


class MandateMissing(Failure):
    """Nobody has agreed to this debit, or no longer, or to another one. Nothing was written."""

    kind = Kind.REFUSED
    code = "mandate_missing"


class MandateNotFound(Failure):
    """There is no such mandate, or it is not yours."""

    kind = Kind.NOT_FOUND
    code = "mandate_not_found"


class WordsOutdated(Failure):
    """The words of the mandate have changed since they were shown. Nothing was written; show those of `version`."""

    kind = Kind.CONFLICT
    code = "words_outdated"


class BankNumberUnreadable(Failure):
    """A sealed account number does not open. Nothing was sent."""

    kind = Kind.UNAVAILABLE
    code = "bank_number_unreadable"


class BankKeysRefused(Failure):
    """A key file of bank accounts cannot be used. Nothing was started."""

    kind = Kind.UNAVAILABLE
    code = "bank_keys_refused"
