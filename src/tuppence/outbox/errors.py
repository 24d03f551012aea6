"""What the outbox refuses."""

from tuppence.core import Failure, Kind


class FeedTooFarBehind(Failure):
    """That part of the feed is gone. Read everything again with GET /v1/sync/bootstrap and keep what is unsent."""

    kind = Kind.GONE
    code = "feed_too_far_behind"


class ClockGoesForward(Failure):
    """The sandbox clock moves forward only. Nothing was changed."""

    kind = Kind.CONFLICT
    code = "clock_goes_forward"


class WorkerLost(Exception):
    """Whoever held this job went silent, again and again: the job may have killed them."""
