"""What anybody may know of the books over HTTP: whether they are proven, and what was signed."""

from typing import Any

import httpx2

from tuppence.ledger import books
from tuppence.ledger.books import Broken, Checked, Seen


async def _books(browser: httpx2.AsyncClient) -> tuple[str, str]:
    said = (await browser.get("/v1/health")).json()
    return said["books"], said["status"]


async def test_the_health_page_raises_the_alarm(world: Any, browser: httpx2.AsyncClient) -> None:
    """Unchecked before the first check, broken after one that found something, proven after one that did not."""
    said = [await _books(browser)]
    for broken in ([Broken("entry differs from its seal", "transfer 1")], []):
        async with world.served.house.database.transaction() as tx:
            await books.judge(tx, Checked(broken, Seen()), 0.5)
        said.append(await _books(browser))

    assert ["unchecked", "broken", "proven"] == [one for one, _ in said]
    assert "degraded" == said[1][1]
    async with world.served.house.database.transaction(read_only=True) as tx:
        verdict = await books.verdict(tx)
    assert verdict is not None
    assert ([], 0.5) == (verdict.broken, verdict.took_seconds)


async def test_before_anything_is_signed_both_say_so(world: Any, browser: httpx2.AsyncClient) -> None:
    """There is no statement to read, and for a payment that moved nothing there is nothing to prove."""
    statement = await browser.get("/v1/books/statement")
    bearer = {"Authorization": f"Bearer {world.ann.token}"}
    proof = await world.ann.http.get(f"/v1/payments/{world.payment_id}/proof", headers=bearer)

    assert (404, "nothing_stated") == (statement.status_code, statement.json()["code"])
    assert (409, "nothing_booked") == (proof.status_code, proof.json()["code"])
