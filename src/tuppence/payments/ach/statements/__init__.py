"""Our bank's statements: every line matched to what it settles, booked, or named as a break."""

from tuppence.payments.ach.statements.actions import DUE, note_missing, returns_read, take

__all__ = ["DUE", "note_missing", "returns_read", "take"]
