"""What corrections refuse. Each sentence says what was written, which is nothing."""

from tuppence.core import Failure, Kind


class CorrectionNotFound(Failure):
    """There is no such correction."""

    kind = Kind.NOT_FOUND
    code = "correction_not_found"


class CorrectedNotFound(Failure):
    """A transfer that this would correct is not in the books; `corrects` names it. Nothing was written."""

    kind = Kind.NOT_FOUND
    code = "corrected_not_found"


class CorrectionInvalid(Failure):
    """A correcting transfer moves a positive amount between two accounts of the corrected one's currency; `reason` says
    which rule this breaks. Nothing was written."""

    code = "correction_invalid"


class FourEyes(Failure):
    """Nobody approves what they proposed themselves: it takes a second person. Nothing was written."""

    kind = Kind.FORBIDDEN
    code = "four_eyes"


class CorrectionDecided(Failure):
    """This correction was decided otherwise before; `state` says how. Nothing was written."""

    kind = Kind.CONFLICT
    code = "correction_decided"


class CorrectionRefused(Failure):
    """The ledger refuses these transfers as things stand; `statuses` says why, one for each. Nothing was written, and
    the correction is still proposed."""

    kind = Kind.CONFLICT
    code = "correction_refused"
