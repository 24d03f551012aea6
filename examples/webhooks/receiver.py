"""A webhook receiver in one file of standard library: verify, remember ids, answer at once.

    python receiver.py 9100 whsec_…        listen on a port, with the endpoint's secret
    python receiver.py id                  print a UUIDv7

It prints a line for each event, once, however often it comes.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

SKEW_SECONDS = 300


def uuid7() -> str:
    """An id that sorts by time: 48 bits of milliseconds, then chance. Source: RFC 9562, section 5.7."""
    raw = bytearray(int(time.time() * 1000).to_bytes(6, "big") + os.urandom(10))
    raw[6], raw[8] = raw[6] & 0x0F | 0x70, raw[8] & 0x3F | 0x80
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def verified(headers, body: bytes, secret: str) -> bool:
    """Whether it is from us and fresh: over the bytes as they came, never over JSON that was written anew."""
    stamp = headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > SKEW_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{stamp}.".encode() + body
    right = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return any(hmac.compare_digest(one, right) for one in headers.get("webhook-signature", "").split(" "))


class Receiver(BaseHTTPRequestHandler):
    secret = ""
    seen: ClassVar[set[str]] = set()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if not verified(self.headers, body, self.secret):
            self.send_response(401)
            self.end_headers()
            return
        event, event_id = json.loads(body), self.headers["webhook-id"]
        if event_id not in self.seen:  # at least once means sometimes twice
            self.seen.add(event_id)
            print(f"verified {event['type']} {event_id}", flush=True)
        self.send_response(204)  # at once; do the work after
        self.end_headers()

    def log_message(self, *_) -> None:
        """Only events are worth a line."""


if __name__ == "__main__":
    if sys.argv[1:] == ["id"]:
        print(uuid7())
    else:
        Receiver.secret = sys.argv[2]
        HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
