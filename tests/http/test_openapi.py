"""The API's own description."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from tuppence.core import Failure
from tuppence.http import create_api, problems
from tuppence.http.openapi import document, problems_page, text
from tuppence.http.schemas import TimelineEntry
from tuppence.payments.sends.states import State
from tuppence.payments.sends.sync import NOTED

DOCS = Path(__file__).parents[2] / "docs"
API = document(create_api())
AT = "2026-11-26T10:00:00Z"


def _operations() -> list[dict[str, Any]]:
    return [operation for path in API["paths"].values() for operation in path.values()]


def test_it_is_valid_and_is_the_one_in_docs() -> None:
    """The description is valid OpenAPI 3.1, and docs/openapi.json and docs/problems.md are what the code says."""
    validate(API)

    assert API["openapi"].startswith("3.1")
    assert (DOCS / "openapi.json").read_text() == text(create_api())
    assert (DOCS / "problems.md").read_text() == problems_page(create_api())


def test_every_refusal_is_a_problem_and_nothing_else() -> None:
    """No operation documents the framework's own errors, and every 4xx and 5xx is a problem with examples."""
    for operation in _operations():
        for status, response in operation["responses"].items():
            spoken = operation["tags"] == ["oauth"] and status in ("400", "401")  # in OAuth's own words
            if status >= "400" and operation["operationId"] != "health" and not spoken:
                assert [problems.MEDIA_TYPE] == list(response["content"]), (operation["operationId"], status)
                assert response["content"][problems.MEDIA_TYPE]["examples"]

    assert "HTTPValidationError" not in json.dumps(API)


def test_every_operation_says_what_it_is_for() -> None:
    """Each has a name of its own, a summary and a sentence that explains it."""
    names = [operation["operationId"] for operation in _operations()]

    assert len(names) == len(set(names))
    assert not [operation["operationId"] for operation in _operations() if not operation.get("description")]


def test_every_failure_has_a_status_a_code_and_a_sentence() -> None:
    """Whatever a room can refuse can be told: the codes are words, the sentences end, and no two statuses differ
    without reason."""
    for failure in _every(Failure):
        assert 400 <= problems.status_of(failure) <= 503
        assert re.fullmatch(r"[a-z][a-z_]+", failure.code), failure
        assert failure.sentence().endswith("."), failure


def _every(base: type[Failure]) -> set[type[Failure]]:
    """The failures of the rooms that the server has loaded."""
    below = {one for one in base.__subclasses__() if one.__module__.startswith("tuppence.")}
    return below | {deeper for one in below for deeper in _every(one)}


@pytest.mark.parametrize("state", [*State, *NOTED.values()])
def test_a_timeline_may_say_whatever_happens(state: str) -> None:
    """States, and what is noted beside them: each is one of those that the description lists."""
    assert state == TimelineEntry.model_validate_json(json.dumps({"state": state, "at": AT, "detail": None})).state
