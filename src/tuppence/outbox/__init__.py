"""What must happen after a commit: feeds, jobs, timers; and the one sandbox clock."""

from tuppence.outbox.actions import FEED_CHANNEL, enqueue, forget, move_clock, now, revive, sweep, tell
from tuppence.outbox.errors import ClockGoesForward, FeedTooFarBehind
from tuppence.outbox.model import DeadJob, Entry, Event, Feed, Job, Later
from tuppence.outbox.queries import dead, due, last_seq, last_seqs, read_feed, worker_seen
from tuppence.outbox.worker import Handler, Worker

__all__ = [
    "FEED_CHANNEL",
    "ClockGoesForward",
    "DeadJob",
    "Entry",
    "Event",
    "Feed",
    "FeedTooFarBehind",
    "Handler",
    "Job",
    "Later",
    "Worker",
    "dead",
    "due",
    "enqueue",
    "forget",
    "last_seq",
    "last_seqs",
    "move_clock",
    "now",
    "read_feed",
    "revive",
    "sweep",
    "tell",
    "worker_seen",
]
