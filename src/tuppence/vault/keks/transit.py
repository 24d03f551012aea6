"""KEKs that never leave a key service: the transit engine of HashiCorp Vault or OpenBao, over its HTTP API.

The service wraps and unwraps records' keys and never sees a number; we never see its key. What it returns is the same
60 bytes as our own wrap (nonce, key, tag), so a row looks alike whoever wrapped it. The key must be of the kind
`aes256-gcm96`, which binds `associated_data`.
Source: OpenBao 2, "Transit secrets engine (API)"; HashiCorp Vault's is the same for the six calls made here.
"""

import base64
import binascii
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import structlog

from tuppence.vault.crypto import WRAPPED_BYTES, Key, Wrapped
from tuppence.vault.errors import CardUnreadable, KeksAway, KeyFileRefused
from tuppence.vault.keys import read, write

log = structlog.get_logger()

_KIND = "aes256-gcm96"
_FINGERPRINT = "vault.fingerprint"  # what the fingerprint's key is bound to, where a record's is bound to its token
_ANSWER_S = 5.0


@dataclass(frozen=True, slots=True)
class Service:
    """Where the key service is, and who we are to it. The token's file is read at each call: an agent renews it."""

    url: str
    key: str
    token_file: Path
    mount: str = "transit"
    ca_file: Path | None = None


class TransitKeks:
    """Implements `Keks`. `path` is the vault's key file; it holds the fingerprint's key, wrapped by the service."""

    def __init__(self, http: httpx2.AsyncClient, service: Service, path: Path) -> None:
        self._http, self._service, self._path = http, service, path
        self._versions: frozenset[int] = frozenset()
        self._fingerprint: Key | None = None

    @property
    def kek_id(self) -> str:
        return f"{self._service.mount}/{self._service.key}"

    @property
    def versions(self) -> frozenset[int]:
        return self._versions

    @property
    def fingerprint(self) -> Key:
        assert self._fingerprint is not None, "opened by `opened`"
        return self._fingerprint

    async def refresh(self) -> None:
        about = await self._call("GET", f"keys/{self._service.key}")
        if (about["type"], about["derived"]) != (_KIND, False):
            raise KeyFileRefused(f"{self.kek_id}: must be of the kind {_KIND}, not derived")
        self._versions = frozenset(int(version) for version in about["keys"])

    async def wrap(self, deks: Sequence[tuple[str, Key]]) -> list[Wrapped]:
        newest = max(self._versions)
        empty = [Wrapped(token, self.kek_id, newest, b"") for token, _ in deks]
        items = [
            {"plaintext": _text(dek.reveal()), "associated_data": _text(one.aad), "key_version": newest}
            for one, (_, dek) in zip(empty, deks, strict=True)
        ]
        results = await self._batch("encrypt", items)
        return [_wrapped(one, said) for one, said in zip(empty, results, strict=True)]

    async def unwrap(self, wrapped: Sequence[Wrapped]) -> list[Key | CardUnreadable]:
        mine = [one for one in wrapped if one.kek_id == self.kek_id and len(one.wrapped_dek) == WRAPPED_BYTES]
        items = [{"ciphertext": _named(one), "associated_data": _text(one.aad)} for one in mine]
        results = iter(await self._batch("decrypt", items))
        return [_unwrapped(one, next(results) if one in mine else None) for one in wrapped]

    async def add_version(self) -> int:
        await self._call("POST", f"keys/{self._service.key}/rotate", {})
        await self.refresh()
        return max(self._versions)

    async def retire(self) -> list[int]:
        """The service forgets them for good: allowed neither to encrypt nor to decrypt, then trimmed."""
        newest, gone = max(self._versions), sorted(self._versions - {max(self._versions)})
        await self._keep_fingerprint()
        least = {"min_decryption_version": newest, "min_encryption_version": newest}
        await self._call("POST", f"keys/{self._service.key}/config", least)
        await self._call("POST", f"keys/{self._service.key}/trim", {"min_available_version": newest})
        await self.refresh()
        return gone

    async def open(self) -> None:
        """Find the versions and the fingerprint's key, made at the first start. Raises KeksAway, KeyFileRefused."""
        await self.refresh()
        if not self._path.exists():
            self._fingerprint = Key.random()
            await self._keep_fingerprint()
        (key,) = await self.unwrap([_kept(read(self._path))])
        if isinstance(key, CardUnreadable):
            raise KeyFileRefused(f"{self._path}: the key service does not open it")
        self._fingerprint = key

    async def _keep_fingerprint(self) -> None:
        (one,) = await self.wrap([(_FINGERPRINT, self.fingerprint)])
        row = {"kek_id": one.kek_id, "kek_version": one.kek_version, "fingerprint": _text(one.wrapped_dek)}
        write(self._path, row, replace=True)

    async def _batch(self, verb: str, items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """One call for all of them; the service answers each, and 400 if any is amiss."""
        if not items:
            return []
        data = await self._call("POST", f"{verb}/{self._service.key}", {"batch_input": list(items)})
        results: list[Mapping[str, Any]] = data["batch_results"]
        if len(results) != len(items):
            raise KeksAway
        return results

    async def _call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Raises KeksAway for whatever is no answer to the question."""
        try:
            headers = {"X-Vault-Token": self._service.token_file.read_text().strip(), "X-Vault-Request": "true"}
            answer = await self._http.request(method, f"/v1/{self._service.mount}/{path}", json=body, headers=headers)
            data: dict[str, Any] = answer.json()["data"] if answer.content else {}
            if answer.status_code < 300 or (answer.status_code == 400 and "batch_results" in data):
                return data
            reason = f"answered {answer.status_code}"
        except (httpx2.HTTPError, OSError, ValueError, KeyError, TypeError) as error:
            reason = type(error).__name__
        log.error("key_service_away", path=path, reason=reason)
        raise KeksAway


@asynccontextmanager
async def opened(service: Service, path: Path) -> AsyncIterator[TransitKeks]:
    """The keys that a service keeps. Raises KeksAway, KeyFileRefused."""
    verify = ssl.create_default_context(cafile=service.ca_file)
    async with httpx2.AsyncClient(base_url=service.url, verify=verify, timeout=_ANSWER_S, trust_env=False) as http:
        keks = TransitKeks(http, service, path)
        await keks.open()
        yield keks


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _named(wrapped: Wrapped) -> str:
    """As the service names a ciphertext: with the version of its key in front."""
    return f"vault:v{wrapped.kek_version}:{_text(wrapped.wrapped_dek)}"


def _wrapped(empty: Wrapped, said: Mapping[str, Any]) -> Wrapped:
    try:
        version, _, encrypted = said["ciphertext"].removeprefix("vault:v").partition(":")
        raw = base64.b64decode(encrypted, validate=True)
    except (KeyError, ValueError, AttributeError, binascii.Error):
        raise KeksAway from None
    if int(version) != empty.kek_version or len(raw) != WRAPPED_BYTES:
        raise KeksAway
    return Wrapped(empty.token, empty.kek_id, empty.kek_version, raw)


def _unwrapped(wrapped: Wrapped, said: Mapping[str, Any] | None) -> Key | CardUnreadable:
    if said is None:
        return CardUnreadable(reason="version" if len(wrapped.wrapped_dek) == WRAPPED_BYTES else "truncated")
    if said.get("error"):
        return CardUnreadable(reason="version" if "version" in said["error"] else "key")
    try:
        return Key(base64.b64decode(said["plaintext"], validate=True))
    except (KeyError, ValueError, TypeError, binascii.Error):
        return CardUnreadable(reason="key")


def _kept(held: Mapping[str, Any]) -> Wrapped:
    try:
        raw = base64.b64decode(held["fingerprint"], validate=True)
        return Wrapped(_FINGERPRINT, str(held["kek_id"]), int(held["kek_version"]), raw)
    except (KeyError, ValueError, TypeError, binascii.Error):
        raise KeyFileRefused("the key file is not one of a key service") from None
