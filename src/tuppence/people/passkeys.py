"""Passkeys (WebAuthn level 3): registering, signing in, and proving who one is for one payment.

Each ceremony begins with a challenge that we keep for five minutes. The transaction that believes an answer deletes the
challenge, so that nothing can be answered twice. The authenticator must have verified its user.
"""

import hashlib
import importlib
import ipaddress
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from tuppence.core import uuid7
from tuppence.db import Tx
from tuppence.people import actions, rules
from tuppence.people.actions import SQL
from tuppence.people.errors import PasskeyKnown, PasskeyNotFound, PasskeyRefused, SessionEnded, TooManyPasskeys
from tuppence.people.model import Device, OpenSession, Person, Proof, Signed

Ceremony = Literal["register", "sign_in", "step_up"]
Credential = dict[str, Any]  # what the browser's navigator.credentials gave, as JSON

CHALLENGE_SECONDS = 300
PASSKEYS_MOST = 20
_NONCE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Passkey:
    id: UUID
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who we are to an authenticator. A passkey is bound to the id, which is a domain, never an address."""

    id: str
    origin: str

    @classmethod
    def of(cls, public_url: str) -> "RelyingParty | None":
        """From the public address; None if that can have no passkeys: an IP address, or HTTP from afar."""
        parts = urlsplit(public_url)
        host = parts.hostname or ""
        local = host == "localhost" or host.endswith(".localhost")
        if not host or _is_ip(host) or not (parts.scheme == "https" or local):
            return None
        return cls(host, f"{parts.scheme}://{parts.netloc}")


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Challenge:
    ceremony: Ceremony
    person_id: UUID | None
    session_id: UUID | None
    purpose: UUID | None
    digest: bytes | None
    fresh: bool


@dataclass(frozen=True, slots=True)
class _Stored:
    id: UUID
    person_id: UUID
    public_key: bytes
    sign_count: int


async def register_options(tx: Tx, party: RelyingParty, person_id: UUID) -> dict[str, Any]:
    """What the browser needs to make a passkey, as JSON."""
    webauthn = _webauthn()
    structs = webauthn.helpers.structs
    challenge = await _challenge(tx, "register", secrets.token_bytes(_NONCE_BYTES), person_id=person_id)
    person = (await tx.fetch(SQL.people, Person, ids=[person_id]))[0]
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name="Tuppence",
        user_id=person.id.bytes,
        user_name=person.handle,
        user_display_name=person.name,
        challenge=challenge,
        timeout=CHALLENGE_SECONDS * 1000,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=await _descriptors(tx, person_id),
    )
    told: dict[str, Any] = webauthn.helpers.options_to_json_dict(options)
    return told


async def register(tx: Tx, party: RelyingParty, person_id: UUID, name: str, credential: Credential) -> Passkey:
    """Keep a passkey that somebody's browser just made; the name is theirs, e.g. "Ada's phone". Tells their devices.

    Raises: PasskeyRefused, PasskeyKnown, TooManyPasskeys, NameRefused.
    """
    challenge, asked = await _take(tx, credential)
    if (asked.ceremony, asked.person_id) != ("register", person_id):
        raise PasskeyRefused
    verified = _checked(
        _webauthn().verify_registration_response,
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=party.id,
        expected_origin=party.origin,
        require_user_verification=True,
    )
    if len(await tx.scalars(SQL.credential_ids, person_id=person_id)) >= PASSKEYS_MOST:
        raise TooManyPasskeys(most=PASSKEYS_MOST)
    written = await tx.fetch_one(
        SQL.write_passkey,
        Passkey,
        id=uuid7(),
        person_id=person_id,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        name=rules.clean_name(name),
    )
    if written is None:
        raise PasskeyKnown
    await actions.tell_me(tx, [person_id])
    return written


async def sign_in_options(tx: Tx, party: RelyingParty) -> dict[str, Any]:
    """What the browser needs to sign in. It names no passkeys, so it says nothing of who has any."""
    return await _options(tx, party, "sign_in", secrets.token_bytes(_NONCE_BYTES))


async def sign_in(tx: Tx, party: RelyingParty, device: Device, credential: Credential) -> Signed:
    """Sign a device in by passkey. Raises: PasskeyRefused, NameRefused (the device's)."""
    tidy = actions.tidy_device(device)
    challenge, asked = await _take(tx, credential)
    if asked.ceremony != "sign_in":
        raise PasskeyRefused
    person_id = await _verify(tx, party, credential, challenge)
    if not (await tx.fetch(SQL.people, Person, ids=[person_id]))[0].enabled:
        raise PasskeyRefused
    return (await actions.open_sessions(tx, [OpenSession(person_id, tidy)]))[0]


async def step_up_options(tx: Tx, party: RelyingParty, proof: Proof) -> dict[str, Any]:
    """What the browser needs to sign for one purpose. The challenge holds the digest: what is signed is the amount and
    the payee, and nothing else."""
    challenge = hashlib.sha256(proof.digest + secrets.token_bytes(_NONCE_BYTES)).digest()
    return await _options(tx, party, "step_up", challenge, proof)


async def prove(tx: Tx, party: RelyingParty, proof: Proof, credential: Credential) -> None:
    """Prove who one is by passkey; `last_proof` then knows. Raises: PasskeyRefused, SessionEnded."""
    challenge, asked = await _take(tx, credential)
    about = (asked.person_id, asked.session_id, asked.purpose, asked.digest)
    if asked.ceremony != "step_up" or about != (proof.person_id, proof.session_id, proof.purpose, proof.digest):
        raise PasskeyRefused
    if await _verify(tx, party, credential, challenge) != proof.person_id:
        raise PasskeyRefused
    if not await actions.write_proof(tx, proof, "passkey"):
        raise SessionEnded


async def _options(
    tx: Tx, party: RelyingParty, ceremony: Ceremony, challenge: bytes, proof: Proof | None = None
) -> dict[str, Any]:
    about = {name: getattr(proof, name) for name in ("person_id", "session_id", "purpose", "digest")} if proof else {}
    webauthn = _webauthn()
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=await _challenge(tx, ceremony, challenge, **about),
        timeout=CHALLENGE_SECONDS * 1000,
        allow_credentials=await _descriptors(tx, proof.person_id) if proof else None,
        user_verification=webauthn.helpers.structs.UserVerificationRequirement.REQUIRED,
    )
    told: dict[str, Any] = webauthn.helpers.options_to_json_dict(options)
    return told


async def _verify(tx: Tx, party: RelyingParty, credential: Credential, challenge: bytes) -> UUID:
    """Whose passkey signed the challenge. The row's lock makes the signature counter count."""
    stored = await tx.fetch_one(SQL.lock_passkey, _Stored, credential_id=_bytes_of(credential, "rawId"))
    if stored is None:
        raise PasskeyRefused
    verified = _checked(
        _webauthn().verify_authentication_response,
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=party.id,
        expected_origin=party.origin,
        credential_public_key=stored.public_key,
        credential_current_sign_count=stored.sign_count,
        require_user_verification=True,
    )
    await tx.execute(SQL.use_passkey, id=stored.id, sign_count=verified.new_sign_count)
    return stored.person_id


async def access_passkeys(tx: Tx, person_id: UUID) -> list[Passkey]:
    """Somebody's passkeys, the oldest first."""
    return await tx.fetch(SQL.access_passkeys, Passkey, person_id=person_id)


async def remove(tx: Tx, person_id: UUID, passkey_id: UUID) -> None:
    """Forget a passkey. Raises PasskeyNotFound, also for somebody else's. Tells their devices."""
    if not await tx.execute(SQL.remove_passkey, person_id=person_id, id=passkey_id):
        raise PasskeyNotFound
    await actions.tell_me(tx, [person_id])


async def _challenge(
    tx: Tx,
    ceremony: Ceremony,
    challenge: bytes,
    *,
    person_id: UUID | None = None,
    session_id: UUID | None = None,
    purpose: UUID | None = None,
    digest: bytes | None = None,
) -> bytes:
    await tx.execute(
        SQL.write_challenge,
        challenge=challenge,
        ceremony=ceremony,
        person_id=person_id,
        session_id=session_id,
        purpose=purpose,
        digest=digest,
        seconds=CHALLENGE_SECONDS,
    )
    return challenge


async def _take(tx: Tx, credential: Credential) -> tuple[bytes, _Challenge]:
    """The challenge that this answers, taken so that nothing answers it again. Raises PasskeyRefused."""
    try:
        challenge = _webauthn().helpers.base64url_to_bytes(
            json.loads(_bytes_of(credential, "clientDataJSON"))["challenge"]
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        raise PasskeyRefused from None
    asked = await tx.fetch_one(SQL.take_challenge, _Challenge, challenge=challenge)
    if asked is None or not asked.fresh:
        raise PasskeyRefused
    return challenge, asked


def _bytes_of(credential: Credential, name: str) -> bytes:
    """A member of the browser's answer. Raises PasskeyRefused."""
    response = credential.get("response")
    text = credential.get(name) or (response.get(name) if isinstance(response, dict) else None)
    try:
        found: bytes = _webauthn().helpers.base64url_to_bytes(text) if isinstance(text, str) else b""
        return found
    except ValueError:
        raise PasskeyRefused from None


def _checked(verify: Any, **arguments: Any) -> Any:
    """The library's verdict. Whatever it stumbles over was sent by a stranger, so any error is their refusal."""
    try:
        return verify(**arguments)
    except Exception as error:
        raise PasskeyRefused from error


async def _descriptors(tx: Tx, person_id: UUID) -> list[Any]:
    ids = await tx.scalars(SQL.credential_ids, person_id=person_id)
    return [_webauthn().helpers.structs.PublicKeyCredentialDescriptor(id=bytes(one)) for one in ids]


def _webauthn() -> ModuleType:
    """The library, loaded when somebody first uses a passkey: importing it takes a third of a second."""
    return importlib.import_module("webauthn")
