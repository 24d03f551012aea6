"""What a correction may be, and who may decide it. Pure."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from tuppence.core import Failure
from tuppence.ledger import Account, Transfer, TransferFlags
from tuppence.payments.corrections.errors import CorrectedNotFound, CorrectionDecided, CorrectionInvalid, FourEyes
from tuppence.payments.corrections.model import Correcting, Correction, Decide, Propose
from tuppence.payments.errors import IdTaken


def refuse_proposal(
    ask: Propose,
    known: Correction | None,
    taken: frozenset[UUID],
    corrected: Mapping[UUID, Transfer],
    accounts: Mapping[UUID, Account],
) -> Failure | None:
    """Why this may not be proposed; None for what may, or what was proposed before.

    Args:
        taken: ids of its transfers that something else has.
    """
    if known is not None:
        same = (known.proposed_by, known.reason, known.transfers) == (ask.person_id, ask.reason, ask.transfers)
        return None if same else IdTaken()
    if taken or len({one.id for one in ask.transfers}) < len(ask.transfers):
        return IdTaken()
    return next((wrong for one in ask.transfers if (wrong := _refuse_transfer(one, corrected, accounts))), None)


def _refuse_transfer(
    one: Correcting, corrected: Mapping[UUID, Transfer], accounts: Mapping[UUID, Account]
) -> Failure | None:
    first = corrected.get(one.corrects)
    if first is None:
        return CorrectedNotFound(corrects=one.corrects)
    sides = [accounts.get(one.debit_account_id), accounts.get(one.credit_account_id)]
    if one.debit_account_id == one.credit_account_id:
        return CorrectionInvalid(reason="same_account")
    if any(side is None for side in sides):
        return CorrectionInvalid(reason="account_not_found")
    if any(side is not None and side.ledger != first.ledger for side in sides):
        return CorrectionInvalid(reason="other_currency")
    return None if one.amount > 0 else CorrectionInvalid(reason="amount_not_positive")


def plan_decision(ask: Decide, correction: Correction) -> bool | Failure:
    """Whether something is to be written: not for a repeat of the same decision, whoever makes it.

    Refuses: FourEyes, CorrectionDecided; in that order.
    """
    if ask.approve and ask.person_id == correction.proposed_by:
        return FourEyes()
    if correction.state == "proposed":
        return True
    wanted = "approved" if ask.approve else "rejected"
    return False if correction.state == wanted else CorrectionDecided(state=correction.state)


def chain(transfers: Sequence[Correcting], corrected: Mapping[UUID, Transfer]) -> list[Transfer]:
    """The correction as the ledger gets it: all of it or nothing.

    Each transfer counts for the same subject and step as the one that it corrects, so that sums over either come right;
    and it names that one by `user_data_64`, its timestamp, which no other transfer has.
    """
    last = len(transfers) - 1
    return [
        Transfer(
            one.id,
            one.debit_account_id,
            one.credit_account_id,
            one.amount,
            corrected[one.corrects].ledger,
            corrected[one.corrects].code,
            TransferFlags.LINKED if n < last else TransferFlags.NONE,
            user_data_128=corrected[one.corrects].user_data_128,
            user_data_64=corrected[one.corrects].timestamp,
        )
        for n, one in enumerate(transfers)
    ]
