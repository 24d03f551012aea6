"""What the vault's calls answer, as JSON: problems by RFC 9457, outcomes and cards by docs/design/contracts.md."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from starlette.responses import Response

from tuppence.core import Failure, Kind
from tuppence.vault.errors import NotSent
from tuppence.vault.model import Attempt, Case, StoredCard
from tuppence.vault.states import State

_PAGE = "https://github.com/tuppence/tuppence/blob/main/docs/problems.md"
_STATUS = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.REFUSED: 402,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.GONE: 410,
    Kind.TOO_LARGE: 413,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
}
_SHOWN = ("approval", "rrn", "trace", "decline_code", "response_code", "fast_funds", "network_at", "never_seen_since")
_NEVER_TOLD = {"format", "algorithm", "kek_id", "kek_version", "wrapped_dek", "nonce", "ciphertext"}
_NOT_ASKED = {"ticket_nonce", "created_at", "attach_by", "kept"}


def answer(value: dict[str, Any], status: int = 200, media_type: str = "application/json") -> Response:
    return Response(json.dumps(value, ensure_ascii=False).encode(), status, media_type=media_type)


def problem(failure: Failure) -> Response:
    """A refusal: its code is stable, its facts are members, and nothing of the request is in it."""
    return _problem(failure.code, failure.sentence(), _STATUS[failure.kind], failure.facts)


def defect() -> Response:
    """Something that nobody foresaw. What it was is in the log, not here."""
    return _problem("defect", "Something broke in the vault. What was written stays written; repeat safely.", 500, {})


def outcome(result: Attempt | Failure, attempt_id: str) -> dict[str, Any]:
    """What is known of an attempt; of an ask that was never sent, why, and as which decline it counts."""
    if isinstance(result, Failure):
        known = {"attempt_id": attempt_id, "code": result.code, "detail": result.sentence()}
        if isinstance(result, NotSent):
            return known | {"state": "declined", "decline_code": result.decline_code}
        return known | {"state": "refused"}
    told: dict[str, Any] = {
        "attempt_id": attempt_id,
        "state": "unknown" if result.state == State.REVERSING else result.state,
        "stan": result.stan,
    }
    said = {name: getattr(result, name) for name in _SHOWN}
    return told | {name: _plain(value) for name, value in said.items() if value is not None}


def line(result: Attempt | Failure, attempt_id: str) -> bytes:
    """An outcome as one line of JSON."""
    return json.dumps(outcome(result, attempt_id), ensure_ascii=False).encode() + b"\n"


def card(stored: StoredCard | None) -> dict[str, Any] | None:
    """What may be told of a card."""
    if stored is None:
        return None
    told = {name: value for name, value in asdict(stored).items() if name not in _NEVER_TOLD | _NOT_ASKED}
    return told | {"person_id": str(stored.person_id), "fingerprint": stored.fingerprint.hex(), "keep": stored.kept}


def case(one: Case) -> dict[str, Any]:
    """A reversal that is somebody's business, with what the network wants to hear on the telephone."""
    return {name: str(value) if isinstance(value, UUID) else _plain(value) for name, value in asdict(one).items()}


def _problem(code: str, detail: str, status: int, facts: dict[str, Any]) -> Response:
    document = {
        **facts,
        "type": f"{_PAGE}#{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
    }
    return answer(document, status, "application/problem+json")


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
