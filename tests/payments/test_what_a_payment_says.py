"""The words of a payment: complete, in both languages, and the page shows the file."""

import json
import runpy
import string
from pathlib import Path
from typing import Any

import pytest

from tuppence.payments.sends.model import Cause
from tuppence.payments.sends.states import State

DESIGN = Path(__file__).parents[2] / "docs" / "design"
SAYS: dict[str, Any] = json.loads((DESIGN / "what-a-payment-says.json").read_text())
HIDDEN_FROM_PAYEE = {
    State.CREATED,
    State.STEP_UP,
    State.DEBITING,
    State.DEBIT_UNKNOWN,
    State.DEBIT_FAILED,
    State.CANCELLED,
    State.ABANDONED,
}
RETURN_CAUSES = {"cancelled", "declined", "expired", "unavailable", "closed", "review"}
PLACEHOLDERS = {"payee", "payer", "time", "date", "until", "earliest", "latest", "time_latest"}
PLACEHOLDERS |= {"amount", "brand", "last4", "trace"}


def test_the_pages_are_what_their_sources_make() -> None:
    """`docs/design/generate.py` was run after the last change."""
    pages = runpy.run_path(str(DESIGN / "generate.py"))["pages"]()

    assert pages == {name: (DESIGN / name).read_text() for name in pages}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("viewer", ["payer", "payee"])
def test_every_state_has_words_for_everyone_who_sees_it(state: State, viewer: str) -> None:
    """A pair has a last row that always holds, or one for every cause that a return can have; the hidden have none."""
    rows = [row for row in SAYS["rows"] if (row["state"], row["viewer"]) == (state, viewer)]
    causes = {row["when"].get("cause") for row in rows}

    if viewer == "payee" and state in HIDDEN_FROM_PAYEE:
        assert [] == rows
    else:
        assert not rows[-1]["when"] or causes >= RETURN_CAUSES | ({"late_debit"} if viewer == "payer" else set())
        assert all(row["when"] for row in rows[:-1])


@pytest.mark.parametrize("row", SAYS["rows"], ids=lambda row: row["key"])
def test_a_row_is_whole(row: dict[str, Any]) -> None:
    """Known facts, known actions, a tone, two languages, known placeholders, the same ones in both."""
    english, french = (set(_placeholders(row["sentence"][language])) for language in ("en", "fr"))

    assert row["when"].keys() <= {"cause", "decline_code", "dispute", "late", "fast", "dated", "step_up_needed"}
    assert row["when"].get("cause", Cause.UNDONE) in set(Cause)
    assert set(row["actions"]) <= SAYS["actions"].keys()
    assert row["chip"]["tone"] in {"ok", "wait", "bad", "info"}
    assert english == french
    assert english <= PLACEHOLDERS


@pytest.mark.parametrize("row", SAYS["rows"], ids=lambda row: row["key"])
def test_nobody_reads_of_the_other_sides_card(row: dict[str, Any]) -> None:
    """A payer never sees a trace of the payee's bank; before the debit nobody promises a date."""
    names = set(_placeholders(row["sentence"]["en"]))

    assert row["viewer"] == "payee" or "trace" not in names
    dated = row["state"] in {"credited", "available"} or row["when"].get("dated")
    assert dated or not names & {"earliest", "latest", "time_latest"}


def test_a_block_reads_like_any_other_failure() -> None:
    """The payer's words for a payment that the payee's block sent back do not hint at it."""
    words = [
        row["sentence"]["en"]
        for row in SAYS["rows"]
        if row["viewer"] == "payer" and row["when"].get("cause") == "unavailable"
    ]

    assert words
    assert not any("block" in word for word in words)


def test_the_timeline_names_every_state() -> None:
    """A receipt never shows a bare code."""
    assert SAYS["timeline"].keys() == {*State, "late", "not_arrived", "reminded"}


def _placeholders(text: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(text) if name]
