"""How operators and custodians speak with the vault that runs: its keys, its cases, its health."""

from datetime import datetime
from typing import Any

import httpx2

from tuppence.vault.keys import SharedKeys

_ROTATION_S = 600.0  # one call wraps or encrypts every record that is due


class Refused(Exception):
    """The vault said no, or nothing; the message says it in words."""


class VaultDesk:
    """One question a call. Raises Refused."""

    def __init__(self, url: str, keys: SharedKeys) -> None:
        headers = {"Authorization": keys.authorization, "Tuppence-Caller": "operator"}
        timeout = httpx2.Timeout(_ROTATION_S, connect=2.0)
        self._http = httpx2.AsyncClient(base_url=url, headers=headers, timeout=timeout, trust_env=False)

    async def __aenter__(self) -> "VaultDesk":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def unlock(self, share: str) -> dict[str, Any]:
        """Give a share; what the vault still waits for."""
        return await self._call("POST", "/v1/unlock", {"share": share.strip()})

    async def reshare(self, share: str, *, shares: int, threshold: int) -> dict[str, Any]:
        """Give an old share and say what the new set is to be; the new shares once enough have."""
        body = {"share": share.strip(), "shares": shares, "threshold": threshold}
        return await self._call("POST", "/v1/reshare", body)

    async def confirm(self, share: str) -> dict[str, Any]:
        """Give a new share back; whether the new set counts now."""
        return await self._call("POST", "/v1/reshare/confirm", {"share": share.strip()})

    async def add_version(self) -> int:
        return int((await self._call("POST", "/v1/add-version", {}))["version"])

    async def rewrap(self) -> tuple[int, int]:
        """(done, left)."""
        told = await self._call("POST", "/v1/rewrap", {})
        return told["rewrapped"], told["left"]

    async def reseal(self, before: datetime) -> tuple[int, int]:
        """(done, left)."""
        told = await self._call("POST", "/v1/reseal", {"before": before.isoformat()})
        return told["resealed"], told["left"]

    async def retire(self) -> list[int]:
        """The versions that were destroyed."""
        return list((await self._call("POST", "/v1/retire", {}))["destroyed"])

    async def cases(self) -> list[dict[str, Any]]:
        return list((await self._call("POST", "/v1/cases", {}))["cases"])

    async def health(self) -> dict[str, Any]:
        return await self._call("GET", "/health", None)

    async def _call(self, method: str, path: str, body: Any) -> dict[str, Any]:
        try:
            answer = await self._http.request(method, path, json=body)
            told: dict[str, Any] = answer.json()
        except (httpx2.HTTPError, ValueError):
            raise Refused("the vault does not answer: does `tuppence vault` run, and is vault_port its port?") from None
        if answer.status_code != 200:
            raise Refused(f"{told.get('code')}: {told.get('detail')}")
        return told
