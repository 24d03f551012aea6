"""Star Quest: the smallest game that sells something. One file, the standard library, about what a real one needs.

    TUPPENCE=http://localhost:8100 GAME_ID=… GAME_KEY=tup_test_… GAME_SECRET=whsec_… HOOK_SECRET=whsec_… python3 game.py

`/catalogue.json` lists what is sold; `/veto` is asked before a buyer is debited; `/buy?sku=gems_100` makes an offer and
sends the player to pay; `/thanks` is where they come back to; `/hooks` hears of everything later. `python game.py id`
prints a fresh id for the guide's commands.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

CATALOGUE = {
    "products": [
        {
            "sku": "gems_100",
            "title": "100 gems",
            "description": "They sparkle.",
            "prices": [{"currency": "USD", "amount_minor": 499}, {"currency": "EUR", "amount_minor": 449}],
        },
        {"sku": "hat", "title": "A wizard's hat", "prices": [{"currency": "EUR", "amount_minor": 1200}]},
        {"sku": "spark", "title": "One spark", "prices": [{"currency": "USD", "amount_minor": 25}]},
        {"sku": "dragon", "title": "The last dragon", "prices": [{"currency": "USD", "amount_minor": 2000}]},
    ]
}
SKEW_SECONDS = 300
given: dict[str, str] = {}  # what was given, by purchase: a real game has a table with a primary key


def fresh_id() -> str:
    """A UUIDv7: time-ordered, minted once for each thing that we want to happen once."""
    number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    return str(uuid.UUID(int=number & ~(0xF << 76 | 0x3 << 62) | 0x7 << 76 | 0b10 << 62))


# - what we are told is checked over the very bytes that came --------------------------------------------------------


def is_signed(headers: Any, body: bytes, key: bytes) -> bool:
    """Standard Webhooks: HMAC-SHA256 over id, time and raw body, and not old. The veto and webhooks have a key each."""
    message, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "0")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > SKEW_SECONDS:
        return False
    signed = hmac.digest(key, f"{message}.{timestamp}.".encode() + body, hashlib.sha256)
    right = f"v1,{base64.b64encode(signed).decode()}"
    return any(hmac.compare_digest(right, one) for one in headers.get("webhook-signature", "").split())


def read_result(text: str) -> dict[str, Any] | None:
    """What the player's browser brings back, if one of its signatures is ours: `payload.signature.signature…`."""
    payload, *signatures = text.split(".")
    signed = hmac.digest(secret("GAME_SECRET"), payload.encode(), hashlib.sha256)
    right = base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
    if not any(hmac.compare_digest(right, one) for one in signatures):
        return None
    result: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return result


def secret(name: str) -> bytes:
    return base64.b64decode(os.environ[name].removeprefix("whsec_"))


# - what we ask -------------------------------------------------------------------------------------------------------


def call(method: str, path: str, body: Any = None) -> dict[str, Any]:
    """The API, with our key."""
    request = Request(
        f"{os.environ['TUPPENCE']}/v1/games/{os.environ['GAME_ID']}{path}",
        json.dumps(body or {}).encode() if method != "GET" else None,
        {"Authorization": f"Bearer {os.environ['GAME_KEY']}", "Content-Type": "application/json"},
        method=method,
    )
    with urlopen(request) as response:
        answer: dict[str, Any] = json.load(response)
        return answer


def give(purchase_id: str) -> str:
    """Give what was bought, once: whoever told us, and however often, the purchase itself says whether it is paid."""
    purchase = call("GET", f"/purchases/{purchase_id}")
    if purchase["state"] != "completed":
        return f"{purchase['title']}: {purchase['state']}"
    if given.setdefault(purchase_id, purchase["sku"]) and purchase["delivery"] == "pending":
        call("POST", f"/purchases/{purchase_id}/fulfil")
    return f"{purchase['title']}: yours"


# - what we answer ----------------------------------------------------------------------------------------------------


class Game(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/catalogue.json":
            self._say(200, json.dumps(CATALOGUE), "application/json")
        elif url.path == "/buy":
            offer = call(
                "PUT", f"/quotes/{fresh_id()}", {"sku": asked.get("sku", "gems_100"), "request_id": "player-7"}
            )
            self._say(303, "", Location=offer["buy_url"])
        elif url.path == "/thanks":
            result = read_result(asked.get("result", ""))
            self._say(200, give(result["purchase_id"])) if result else self._say(403, "That is not signed by Tuppence.")
        else:
            links = "".join(f'<p><a href="/buy?sku={one["sku"]}">{one["title"]}</a>' for one in CATALOGUE["products"])
            self._say(200, f"<!doctype html><title>Star Quest</title><h1>Star Quest</h1>{links}", "text/html")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        key = secret("HOOK_SECRET" if self.path == "/hooks" else "GAME_SECRET")
        if not is_signed(self.headers, body, key):
            self._say(403, "Not signed by Tuppence.")
        elif self.path == "/veto":
            self._say(200, json.dumps(self._agree(json.loads(body)["data"])), "application/json")
        elif self.path == "/hooks":
            event = json.loads(body)
            if event["type"] == "game.purchase.completed":
                give(event["data"]["purchase_id"])
            self._say(204, "")
        else:
            self._say(404, "")

    def _agree(self, purchase: dict[str, Any]) -> dict[str, Any]:
        """Ten seconds to say no, before anybody is debited."""
        if purchase["sku"] == "dragon":
            return {"approve": False, "reason": "The last dragon has flown away."}
        return {"approve": True}

    def _say(self, status: int, text: str, kind: str = "text/plain", **headers: str) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(body)),
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quietly."""


if __name__ == "__main__":
    if sys.argv[1:] == ["id"]:
        print(fresh_id())
    else:
        ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Game).serve_forever()
