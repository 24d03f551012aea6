"""A small chat by somebody else, in which typing "$15" turns into a swipe that pays.

    python3 examples/chat/chat.py app.json          (register.py writes that file)

One file, the standard library only. What concerns Tuppence is in `Tuppence`, 60 lines; the rest is any chat.
"""

import base64
import hashlib
import json
import secrets
import sys
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import Request, urlopen

PAGE = Path(__file__).with_name("chat.html")
SCOPES = "profile:read payments:read payments:send"


class Refused(Exception):
    """Tuppence said no, and why."""


@dataclass
class Member:
    """Somebody in this chat, and what they let it do at Tuppence."""

    name: str
    person_id: str = ""
    access: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)
    ends_at: float = 0
    state: str = ""
    verifier: str = field(default="", repr=False)
    lock: Lock = field(default_factory=Lock, repr=False)


class Tuppence:
    """What a chat's server needs of Tuppence: connect once, pay, show."""

    def __init__(self, app: dict[str, str]) -> None:
        self.url, self.id, self.secret, self.back = app["tuppence"], app["id"], app["secret"], app["redirect_uri"]

    def connect(self, member: Member) -> str:
        """Where to send somebody to be asked. The verifier stays here: whoever sees the code cannot use it."""
        member.state, member.verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48)
        digest = hashlib.sha256(member.verifier.encode()).digest()
        ask = {
            "response_type": "code",
            "client_id": self.id,
            "redirect_uri": self.back,
            "scope": SCOPES,
            "state": member.state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self.url}/oauth/authorize?{urlencode(ask)}"

    def connected(self, member: Member, answer: dict[str, str]) -> None:
        """They came back. Was it they who left, and from where do they come? Then take the tokens."""
        if not member.state or answer.get("state") != member.state or answer.get("iss") != self.url:
            raise Refused("This is not an answer to our question.")
        member.state = ""
        if "code" not in answer:
            raise Refused("You did not connect Tuppence.")
        form = {"grant_type": "authorization_code", "code": answer["code"], "code_verifier": member.verifier}
        self._keep(member, self._post("/oauth/token", form | {"redirect_uri": self.back}))
        member.person_id = self.call(member, "GET", "/v1/me")["id"]

    def pay(self, payer: Member, payee: Member, payment_id: str, amount_minor: int) -> None:
        """Send money. The id is the swipe's: however often this is repeated, it is paid once."""
        body = {"payee_id": payee.person_id, "amount_minor": amount_minor, "currency": "USD", "note": "From the chat"}
        self.call(payer, "PUT", f"/v1/payments/{payment_id}", body)

    def bubble(self, viewer: Member, payment_id: str) -> str:
        """The address of a frame that shows a payment as this member may see it."""
        return str(self.call(viewer, "POST", f"/v1/payments/{payment_id}/bubbles")["url"])

    def call(self, member: Member, method: str, path: str, body: Any = None) -> Any:
        with member.lock:  # A refresh token is good once: two threads must not both use it.
            if time.time() > member.ends_at - 30:
                form = {"grant_type": "refresh_token", "refresh_token": member.refresh}
                self._keep(member, self._post("/oauth/token", form))
        headers = {"Authorization": f"Bearer {member.access}", "Content-Type": "application/json"}
        content = b"" if body is None else json.dumps(body).encode()
        return self._ask(Request(self.url + path, content or None, headers, method=method))

    def _post(self, path: str, form: dict[str, str]) -> Any:
        basic = base64.b64encode(f"{self.id}:{self.secret}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
        return self._ask(Request(self.url + path, urlencode(form).encode(), headers))

    def _keep(self, member: Member, tokens: Any) -> None:
        member.access, member.refresh = tokens["access_token"], tokens["refresh_token"]
        member.ends_at = time.time() + tokens["expires_in"]

    def _ask(self, request: Request) -> Any:
        try:
            with urlopen(request, timeout=30) as response:
                return json.loads(response.read() or b"null")
        except HTTPError as error:
            said = json.loads(error.read())
            raise Refused(said.get("detail") or said.get("error_description")) from None


class Room:
    """Two people and what they said. In memory: this is an example."""

    def __init__(self) -> None:
        self.members: dict[str, Member] = {}
        self.lines: list[dict[str, str]] = []

    def enter(self, name: str) -> str:
        key = secrets.token_urlsafe(16)
        self.members[key] = Member(name)
        return key

    def other(self, me: Member) -> Member | None:
        """Whom one talks to: the last one else who is here."""
        return next((one for one in reversed(self.members.values()) if one is not me and one.name != me.name), None)


class Chat(BaseHTTPRequestHandler):
    """The chat's own pages."""

    room: Room
    tuppence: Tuppence

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        me = self._me()
        if url.path == "/":
            page = PAGE.read_text().replace("{{tuppence}}", self.tuppence.url)
            self._answer(200, page.encode(), "text/html; charset=utf-8")
        elif me is None:
            self._answer(401, b"{}")
        elif url.path == "/lines":
            self._tell(self._lines(me))
        elif url.path == "/connect":
            self._go(self.tuppence.connect(me))
        elif url.path == "/back":
            self._back(me, dict(parse_qsl(url.query)))
        else:
            self._answer(404, b"{}")

    def do_POST(self) -> None:
        if self.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return self._answer(403, b"{}")  # Another site's page may not talk, let alone pay, with our cookie.
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        me = self._me()
        if self.path == "/enter":
            cookie = f"chat={self.room.enter(str(body['name'])[:40])}; HttpOnly; SameSite=Lax; Path=/"
            return self._answer(204, b"", cookie=cookie)
        if me is None:
            return self._answer(401, b"{}")
        try:
            self._tell(self._act(me, self.path, body))
        except Refused as refused:
            self._tell({"problem": str(refused)})

    def _act(self, me: Member, path: str, body: Any) -> Any:
        if path == "/say":
            self.room.lines.append({"from": me.name, "text": str(body["text"])[:500]})
        elif path == "/pay":
            payee = self.room.other(me)
            if payee is None or not payee.person_id:
                raise Refused("The other one has not connected Tuppence yet.")
            self.tuppence.pay(me, payee, body["id"], int(body["amount_minor"]))
            line = {"from": me.name, "payment": str(body["id"])}
            if line not in self.room.lines:
                self.room.lines.append(line)
        elif path == "/bubble":
            return {"url": self.tuppence.bubble(me, str(body["payment"]))}
        return {}

    def _lines(self, me: Member) -> Any:
        other = self.room.other(me)
        return {
            "me": me.name,
            "other": other.name if other else None,
            "connected": bool(me.person_id),
            "lines": self.room.lines,
        }

    def _back(self, me: Member, answer: dict[str, str]) -> None:
        told = ""
        try:
            self.tuppence.connected(me, answer)
        except Refused as refused:
            told = f"?{urlencode({'problem': str(refused)})}"
        self._go(f"/{told}")

    def _me(self) -> Member | None:
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("chat")
        return self.room.members.get(cookie.value) if cookie else None

    def _tell(self, value: Any) -> None:
        self._answer(200, json.dumps(value).encode())

    def _go(self, address: str) -> None:
        self.send_response(303)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, status: int, body: bytes, kind: str = "application/json", cookie: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


def make_server(app: dict[str, str]) -> ThreadingHTTPServer:
    """The chat, listening where its redirect_uri says."""
    handler = type("Here", (Chat,), {"room": Room(), "tuppence": Tuppence(app)})
    return ThreadingHTTPServer(("127.0.0.1", urlsplit(app["redirect_uri"]).port or 80), handler)


if __name__ == "__main__":
    told = json.loads(Path(sys.argv[1]).read_text())
    print(f"The chat is at {told['home']}", flush=True)
    make_server(told).serve_forever()
