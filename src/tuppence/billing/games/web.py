"""What games are asked over the web: their catalogues, and whether they agree to a purchase."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from tuppence.billing.games import signing
from tuppence.billing.games.model import Game, Purchase
from tuppence.billing.games.states import Event

ANSWER_BYTES_MAX = 16 * 1024
SAYS_MAX = 200


class Unanswered(Exception):
    """No answer that could be used; the text is a word for the log and for the developer."""


class Web(Protocol):
    """Calls to addresses that developers name. No private address, no redirect, no end of bytes; raises Unanswered."""

    async def get(self, url: str, *, wait_s: float, most_bytes: int) -> bytes: ...

    async def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, wait_s: float, most_bytes: int
    ) -> bytes: ...


async def agrees(
    web: Web, game: Game, purchase: Purchase, *, root: signing.Root, at: datetime, wait_s: float
) -> tuple[Event, str | None]:
    """Ask a game whether a purchase may go on: its answer, and what its buyer may read.

    It is told nothing of the buyer but the game's own `request_id`. Silence, and anything that is no answer, is a no.
    """
    assert game.callback_url
    body = json.dumps(question(purchase), separators=(",", ":")).encode()
    headers = signing.headers(root.good(game, at), f"veto_{purchase.id}", at, body)
    try:
        raw = await web.post(
            game.callback_url,
            body,
            {"content-type": "application/json", **headers},
            wait_s=wait_s,
            most_bytes=ANSWER_BYTES_MAX,
        )
    except Unanswered:
        return Event.APP_SILENT, None
    return read_answer(raw)


def question(purchase: Purchase) -> dict[str, Any]:
    """What a game is asked."""
    return {
        "type": "game.purchase.asked",
        "data": {
            "purchase_id": str(purchase.id),
            "game_id": str(purchase.game_id),
            "request_id": purchase.request_id,
            "sku": purchase.sku,
            "quantity": purchase.quantity,
            "currency": purchase.currency,
            "price_minor": purchase.price_minor,
            "tax_minor": purchase.tax_minor,
            "test": purchase.test,
        },
    }


def read_answer(raw: bytes) -> tuple[Event, str | None]:
    """``{"approve": true}``, or false with a `reason` that the buyer reads."""
    try:
        answer = json.loads(raw)
    except ValueError:
        return Event.APP_SILENT, None
    if not isinstance(answer, dict) or not isinstance(answer.get("approve"), bool):
        return Event.APP_SILENT, None
    if answer["approve"]:
        return Event.APP_AGREED, None
    reason = answer.get("reason")
    says = "".join(one for one in reason if one.isprintable())[:SAYS_MAX].strip() if isinstance(reason, str) else ""
    return Event.APP_REFUSED, says or None
