"""What disputes refuse. Each sentence says what was written, which is nothing."""

from tuppence.core import Failure, Kind


class DisputeNotFound(Failure):
    """There is no such dispute, or it is not yours to see."""

    kind = Kind.NOT_FOUND
    code = "dispute_not_found"


class DisputeMovedOn(Failure):
    """The dispute is not in a state where this is possible any more. Nothing was changed; see `dispute`."""

    kind = Kind.CONFLICT
    code = "dispute_moved_on"


class NothingToReport(Failure):
    """No money of this payment has reached anybody, or it went back. Nothing was written; cancel it if it waits."""

    kind = Kind.CONFLICT
    code = "nothing_to_report"


class ReportedTooLate(Failure):
    """The last day to report this payment was `last_day`. Nothing was written."""

    kind = Kind.GONE
    code = "reported_too_late"


class AlreadyReported(Failure):
    """This payment is disputed already; see `dispute_id`. Nothing was written."""

    kind = Kind.CONFLICT
    code = "already_reported"


class AwardRefused(Failure):
    """What is awarded lies between nothing and the whole amount. Nothing was changed."""

    kind = Kind.INVALID
    code = "award_refused"


class CaseAmountRefused(Failure):
    """What a bank takes back is a part of what was paid, which is `amount_minor`. Nothing was written."""

    kind = Kind.INVALID
    code = "case_amount_refused"
