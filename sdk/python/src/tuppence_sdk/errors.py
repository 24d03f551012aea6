"""What can come instead of an answer."""

from typing import Any

_MEMBERS = frozenset({"type", "title", "status", "detail", "instance", "code", "request_id", "retryable"})


class TuppenceError(Exception):
    """Anything that goes wrong here."""


class Refused(TuppenceError):
    """The server said no (RFC 9457). Programs read `code`; it does not change."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code") or problem.get("error") or "unreadable")
        self.detail = str(problem.get("detail") or problem.get("error_description") or "")
        self.request_id = str(problem.get("request_id", ""))
        self.retryable = bool(problem.get("retryable", False))
        self.facts = {name: fact for name, fact in problem.items() if name not in _MEMBERS}
        super().__init__(f"{status} {self.code}: {self.detail}")


class NoAnswer(TuppenceError):
    """Nothing came back: whether it was done is not known. Repeat the call with the same id."""


class BadSignature(TuppenceError):
    """This webhook is not from Tuppence, was changed on its way, or is too old."""
