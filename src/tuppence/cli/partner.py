"""The demo's chat as friends use it: they connect it once, and some of what they send goes through it."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from tuppence.cli.client import Friend, Refused
from tuppence.cli.merchant import CHAT_BACK, Merchant

_SCOPES = "profile:read payments:read payments:send"


class Chat:
    """The chat's server: a secret of its own, and a token for each who let it in."""

    def __init__(self, merchant: Merchant) -> None:
        self._merchant = merchant
        self._id = merchant.id("chat")
        self._secret = ""
        self._refresh: dict[str, str] = {}

    async def send(
        self, payer: Friend, payee: Friend, amount_minor: int, note: str, payment_id: UUID
    ) -> dict[str, Any]:
        """What a swipe in the chat does."""
        body = {"payee_id": payee.id, "amount_minor": amount_minor, "currency": "USD", "note": note}
        token = await self._access(payer)
        sent: dict[str, Any] = await payer.call("PUT", f"/v1/payments/{payment_id}", body, token=token)
        return sent

    async def _access(self, person: Friend) -> str:
        """A token for now; whoever did not let the chat in yet is asked. Raises: Refused."""
        if refresh := self._refresh.get(person.id):
            given = await self._tokens(person, {"grant_type": "refresh_token", "refresh_token": refresh})
        else:
            given = await self._connect(person)
        self._refresh[person.id] = given["refresh_token"]
        return str(given["access_token"])

    async def _connect(self, person: Friend) -> dict[str, Any]:
        """As their browser and the chat's server do it: a question, a yes, a code, tokens."""
        verifier = secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {"response_type": "code", "client_id": self._id, "redirect_uri": CHAT_BACK, "scope": _SCOPES}
        asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        said = await person.call("POST", "/v1/authorizations", {"query": urlencode(asked), "allow": True})
        code = parse_qs(urlsplit(said["redirect_to"]).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CHAT_BACK}
        return await self._tokens(person, form | {"code_verifier": verifier})

    async def _tokens(self, person: Friend, form: dict[str, str]) -> dict[str, Any]:
        if not self._secret:
            path = f"/v1/businesses/{self._merchant.business}/apps/{self._id}/secrets"
            self._secret = (await self._merchant.owner.call("POST", path))["secret"]
        response = await person.http.post("/oauth/token", data=form, auth=(self._id, self._secret))
        if response.status_code >= 400:
            raise Refused(response.status_code, response.json())
        given: dict[str, Any] = response.json()
        return given
