"""Register the example chat as an app of a business, and write what it needs to know into a file.

    python3 examples/chat/register.py http://localhost:8100 dan.diaz app.json

Asks for the password of somebody who may act for the business; makes the business if there is none.
"""

import getpass
import json
import os
import secrets
import sys
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

# A name of its own: ports alone do not separate cookies.
HOME = os.environ.get("CHAT_HOME", "http://chat.localhost:8765")


def uuid7() -> str:
    """A time-ordered id (RFC 9562): Tuppence takes the ids of what you create from you."""
    bits = int(time.time() * 1000) << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=bits))


def register(tuppence: str, handle: str, password: str, home: str) -> dict[str, str]:
    """Sign in, find or found a business, register the app, take a secret. What the chat is told."""

    def call(method: str, path: str, body: Any = None, token: str = "") -> Any:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        content = None if body is None else json.dumps(body).encode()
        with urlopen(Request(tuppence + path, content, headers, method=method), timeout=30) as response:
            return json.loads(response.read())

    signed = {"handle": handle, "password": password, "device_name": "register.py", "transport": "bearer"}
    token = call("POST", "/v1/sessions", signed)["token"]
    mine = [
        one["id"] for one in call("GET", "/v1/businesses", token=token)["data"] if one["role"] in ("owner", "developer")
    ]
    business = mine[0] if mine else uuid7()
    if not mine:
        founded = {"name": "Corner", "country": "US", "currency": "USD", "zone": "America/New_York"}
        call("PUT", f"/v1/businesses/{business}", founded, token)
    app_id, back = uuid7(), f"{home}/back"
    app = {"name": "Corner Chat", "home_url": home, "confidential": True, "redirect_uris": [back], "origins": [home]}
    call("PUT", f"/v1/businesses/{business}/apps/{app_id}", app, token)
    secret = call("POST", f"/v1/businesses/{business}/apps/{app_id}/secrets", token=token)["secret"]
    return {"tuppence": tuppence, "home": home, "id": app_id, "secret": secret, "redirect_uri": back}


if __name__ == "__main__":
    tuppence, handle, file = sys.argv[1:]
    told = register(tuppence, handle, getpass.getpass(f"Password of {handle}: "), HOME)
    Path(file).touch(mode=0o600)
    Path(file).write_text(json.dumps(told, indent=2) + "\n")
    print(f"Wrote {file}: the chat's id at Tuppence, and its secret.")
