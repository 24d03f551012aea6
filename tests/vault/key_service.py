"""The transit engine of OpenBao as its API page and its answers have it: a server that really encrypts, for tests.

Where the real `bao` is at hand (on the path, or named by TUPPENCE_TEST_BAO) the same tests run against it too.
"""

import asyncio
import base64
import os
import shutil
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from tests.vault.conftest import listening

TOKEN = "root"


def real_bao() -> str | None:
    """The program, if this machine has it."""
    return shutil.which(os.environ.get("TUPPENCE_TEST_BAO", "bao"))


class Transit:
    """One mount with one key, in memory."""

    def __init__(self) -> None:
        self.keys: dict[int, bytes] = {1: os.urandom(32)}
        self.latest = self.least = 1
        self.kind, self.calls, self.away = "aes256-gcm96", 0, False

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/transit/keys/cards", self._about),
                Route("/v1/transit/{verb:path}", self._verb, methods=["POST"]),
            ]
        )

    async def _about(self, request: Request) -> JSONResponse:
        return self._refused(request) or self._told(
            {
                "type": self.kind,
                "derived": False,
                "latest_version": self.latest,
                "min_decryption_version": self.least,
                "keys": {str(version): int(time.time()) for version in self.keys if version >= self.least},
            }
        )

    async def _verb(self, request: Request) -> JSONResponse:
        self.calls += 1
        if refused := self._refused(request):
            return refused
        body, verb = await request.json(), request.path_params["verb"]
        if verb == "keys/cards/rotate":
            self.latest += 1
            self.keys[self.latest] = os.urandom(32)
            return self._told({})
        if verb == "keys/cards/config":
            self.least = body["min_decryption_version"]
            return self._told({})
        if verb == "keys/cards/trim":
            self.keys = {n: key for n, key in self.keys.items() if n >= body["min_available_version"]}
            return self._told({})
        one = {"encrypt/cards": self._encrypt, "decrypt/cards": self._decrypt}[verb]
        results = [one(item) for item in body["batch_input"]]
        amiss = any(result.get("error") for result in results)
        return self._told({"batch_results": results}, 400 if amiss else 200)

    def _encrypt(self, item: Any) -> dict[str, Any]:
        version, nonce = item["key_version"], os.urandom(12)
        plain, aad = base64.b64decode(item["plaintext"]), base64.b64decode(item["associated_data"])
        encrypted = base64.b64encode(nonce + AESGCM(self.keys[version]).encrypt(nonce, plain, aad)).decode()
        return {"ciphertext": f"vault:v{version}:{encrypted}", "key_version": version}

    def _decrypt(self, item: Any) -> dict[str, Any]:
        _, named, text = item["ciphertext"].split(":")
        version, raw = int(named[1:]), base64.b64decode(text)
        if version > self.latest:
            return {"plaintext": "", "error": "invalid ciphertext: version is too new"}
        if version < self.least:
            return {"plaintext": "", "error": "ciphertext or signature version is disallowed by policy (too old)"}
        try:
            aad = base64.b64decode(item["associated_data"])
            plain = AESGCM(self.keys[version]).decrypt(raw[:12], raw[12:], aad)
        except InvalidTag:
            return {"plaintext": "", "error": "cipher: message authentication failed"}
        return {"plaintext": base64.b64encode(plain).decode()}

    def _refused(self, request: Request) -> JSONResponse | None:
        if self.away:
            return JSONResponse({"errors": ["Vault is sealed"]}, 503)
        if request.headers.get("x-vault-token") != TOKEN:
            return JSONResponse({"errors": ["permission denied"]}, 403)
        return None

    def _told(self, data: Any, status: int = 200) -> JSONResponse:
        return JSONResponse({"request_id": "r", "data": data}, status)


@asynccontextmanager
async def contract() -> AsyncIterator[str]:
    async with listening(Transit().app()) as url:
        yield url


@asynccontextmanager
async def openbao() -> AsyncIterator[str]:
    """A real OpenBao in memory, with a transit mount and a key in it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    program = real_bao()
    assert program is not None
    told = ("server", "-dev", "-dev-no-store-token", f"-dev-root-token-id={TOKEN}", f"-dev-listen-address={address}")
    null = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(program, *told, stdout=null, stderr=null)
    headers = {"X-Vault-Token": TOKEN}
    try:
        async with httpx2.AsyncClient(base_url=f"http://{address}", headers=headers, trust_env=False) as http:
            await _until_up(http)
            (await http.post("/v1/sys/mounts/transit", json={"type": "transit"})).raise_for_status()
            (await http.post("/v1/transit/keys/cards", json={"type": "aes256-gcm96"})).raise_for_status()
        yield f"http://{address}"
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


async def _until_up(http: httpx2.AsyncClient) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                if (await http.get("/v1/sys/health")).status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(0.1)


SERVICES = {"contract": contract} | ({"openbao": openbao} if real_bao() else {})
