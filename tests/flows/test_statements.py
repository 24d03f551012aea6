"""What people take away of their payments, with every process real."""

import csv
import io
from datetime import datetime
from typing import Any

from pypdf import PdfReader

from tuppence.cli.client import Friend


async def test_both_sides_of_a_payment_are_in_both_statements(befriended: Any, watch: Any) -> None:
    """Ann's CSV has it going out, Bo's PDF has it coming in, the receipt tells each what is theirs."""
    pair = await befriended()
    payment_id = await pair.pay(1_234, note="=Ramen")
    await watch(pair.payee, payment_id, "credited")
    today = (await pair.now()).date().isoformat()
    period = f"/v1/statements?from={today}&to={today}"
    (row,) = csv.DictReader(io.StringIO((await _get(pair.payer, f"{period}&format=csv")).decode("utf-8-sig")))
    statement = _text(await _get(pair.payee, period))
    receipt = _text(await _get(pair.payer, f"/v1/payments/{payment_id}/receipt"))

    assert ("12.34", "", "'=Ramen", "visa 0017") == (row["Out"], row["In"], row["Note"], row["Card or account"])
    assert (payment_id, pair.payee.handle) == (row["Payment id"], row["Handle"])
    assert today == datetime.fromisoformat(row["Time"]).date().isoformat()
    assert "Paid to you by" in statement
    assert payment_id in statement
    assert "••0017" not in statement  # the payer's card is nobody else's business
    assert "Visa ••0017" in receipt
    assert "Delivered to the bank" in receipt


async def _get(friend: Friend, path: str) -> bytes:
    response = await friend.http.get(path, headers={"Authorization": f"Bearer {friend.token}"})
    assert response.status_code == 200, response.text
    return response.content


def _text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
