"""What leaves a process by its log."""

import json
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from tuppence.app.logs import MASK, redact

CARD = "4000 0000 0000 1000"  # passes the Luhn check
SPEAKER = """
import logging, structlog
from tuppence.app import logs
logs.configure("speaker")
structlog.get_logger().warning("card.seen", note="paid with 4000000000001000 today", pin="1234", key="payment/1")
try:
    password = "hunter2"
    raise ValueError("postgresql://app:hunter2@host/db refused 4000-0000-0000-1000")
except ValueError as error:
    structlog.get_logger().error("broke", exc_info=error)
logging.getLogger("library").warning("Authorization: Bearer abcdef")
structlog.get_logger().info("refused", said="the key tup_live_Zm9vYmFyYmF6cXV4 is over, and whsec_Zm9vYmFyYmF6cXV4")
"""


def _redacted(**line: object) -> dict[str, object]:
    return dict(redact(None, "", dict(line)))


def test_what_has_a_secrets_name_is_masked_at_any_depth() -> None:
    """Passwords, PINs, tokens and card numbers are masked by their name, wherever they stand."""
    said = _redacted(password="a", body={"pin": "1234", "card": {"number": "4", "name": "Ann"}}, session_token="t")

    assert {
        "password": MASK,
        "body": {"pin": MASK, "card": {"number": MASK, "name": "Ann"}},
        "session_token": MASK,
    } == said


@given(before=st.text("ab :,"), after=st.text("ab :,"))
def test_a_card_number_in_any_text_is_masked_and_other_numbers_stay(before: str, after: str) -> None:
    """A text keeps everything but the digits that pass for a card number."""
    assert f"{before} {MASK} {after}" == _redacted(text=f"{before} {CARD} {after}")["text"]
    assert f"{before} 4000000000001001 {after}" == _redacted(text=f"{before} 4000000000001001 {after}")["text"]


def test_a_process_says_json_lines_without_secrets() -> None:
    """Our lines, tracebacks and the libraries' lines all come out as JSON objects, none with a secret in it."""
    said = subprocess.run([sys.executable, "-c", SPEAKER], capture_output=True, text=True, check=True).stderr
    lines = [json.loads(line) for line in said.splitlines()]

    assert ["card.seen", "broke", f"Authorization: Bearer {MASK}", "refused"] == [line["event"] for line in lines]
    assert {"speaker"} == {line["process"] for line in lines}
    assert "payment/1" == lines[0]["key"]
    assert not [secret for secret in ("1234", "hunter2", "4000000000001000", "4000-0000", "Zm9v") if secret in said]
