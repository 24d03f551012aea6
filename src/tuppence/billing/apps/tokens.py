"""An app exchanges a code, refreshes, gives back, and is asked who it acts for.

What refuses is *returned*, so that what a refusal ends is committed: the family of a code or token that comes twice.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tuppence.billing.apps import rules
from tuppence.billing.apps.errors import AccessEnded, BubbleEnded, InvalidClient, InvalidGrant, InvalidOAuthRequest
from tuppence.billing.apps.hashing import hash_of
from tuppence.billing.apps.model import Access, App, Code, Held, Tokens
from tuppence.billing.apps.queries import SQL, find_app
from tuppence.core import Failure
from tuppence.db import Tx

ACCESS_PREFIX, REFRESH_PREFIX, BUBBLE_PREFIX = "tuo_", "tur_", "tub_"
ACCESS_LASTS = timedelta(minutes=15)
_REFRESH_LASTS = timedelta(days=90)
_BUBBLE_LASTS = timedelta(hours=1)
_SEEN_EVERY = timedelta(minutes=5)


async def prove_app(tx: Tx, client_id: str | None, secret: str | None) -> App:
    """Which app this is: a confidential one by its secret, a public one by name only. Raises: InvalidClient."""
    try:
        app = await find_app(tx, UUID(client_id or ""))
    except ValueError:
        app = None
    if app is None or app.confidential != (secret is not None):
        raise InvalidClient
    if secret is not None and not await tx.scalars(SQL.live_secret, secret_hash=hash_of(secret), app_id=app.id):
        raise InvalidClient
    return app


async def exchange(tx: Tx, app: App, given: dict[str, str]) -> Tokens | Failure:
    """A code for tokens, once; a second use ends what the first was given.

    Refuses: InvalidOAuthRequest, InvalidGrant.
    """
    if not given.get("code") or not given.get("code_verifier"):
        return InvalidOAuthRequest()
    code_hash = hash_of(given["code"])
    await tx.execute(SQL.lock_code, code_hash=code_hash)
    code = await tx.fetch_one(SQL.code, Code, code_hash=code_hash)
    try:
        rules.check_code(code, app, given.get("redirect_uri"), given["code_verifier"])
    except InvalidGrant as refusal:
        if code is not None and code.used:
            await tx.execute(SQL.end_family, family=code.family)
        return refusal
    assert code is not None
    await tx.execute(SQL.use_code, code_hash=code_hash)
    return await _issue(tx, code.connection_id, code.family, code.scopes, code.scopes)


async def refresh(tx: Tx, app: App, given: dict[str, str]) -> Tokens | Failure:
    """A refresh token for new tokens, once. One that comes again was stolen, or its successor was: all are ended.

    Refuses: InvalidOAuthRequest, InvalidGrant, InvalidScope.
    """
    if not given.get("refresh_token"):
        return InvalidOAuthRequest()
    token_hash = hash_of(given["refresh_token"])
    await tx.execute(SQL.lock_token, token_hash=token_hash)
    token = await tx.fetch_one(SQL.token, Held, token_hash=token_hash)
    try:
        scopes = rules.narrowed(token, app, given.get("scope", ""))
    except Failure as refusal:
        if token is not None and token.used:
            await tx.execute(SQL.end_family, family=token.family)
        return refusal
    assert token is not None
    await tx.execute(SQL.use_token, token_hash=token_hash)
    return await _issue(tx, token.connection_id, token.family, scopes, token.scopes)


async def _issue(tx: Tx, connection_id: UUID, family: UUID, scopes: Sequence[str], kept: Sequence[str]) -> Tokens:
    """New tokens: access for what is asked now, refresh for all that the family has."""
    made = Tokens(
        ACCESS_PREFIX + secrets.token_urlsafe(32),
        REFRESH_PREFIX + secrets.token_urlsafe(32),
        tuple(scopes),
        int(ACCESS_LASTS.total_seconds()),
    )
    await tx.execute(SQL.sweep_tokens, connection_id=connection_id)
    for text, kind, wide, lasts in (
        (made.access, "access", scopes, ACCESS_LASTS),
        (made.refresh, "refresh", kept, _REFRESH_LASTS),
    ):
        await tx.execute(
            SQL.write_token,
            token_hash=hash_of(text),
            kind=kind,
            connection_id=connection_id,
            family=family,
            scopes=list(wide),
            lasts=lasts,
        )
    return made


async def give_back(tx: Tx, app: App, token: str) -> None:
    """End a token and what it belongs with (RFC 7009); one that is not this app's is left alone, without a word."""
    held = await find_token(tx, token)
    if held is not None and held.app_id == app.id:
        await tx.execute(SQL.end_family, family=held.family)


async def find_token(tx: Tx, token: str) -> Held | None:
    """What is known of a token, for the app that it was given to."""
    return await tx.fetch_one(SQL.token, Held, token_hash=hash_of(token))


async def access(tx: Tx, tokens: Sequence[str]) -> list[Access | Failure]:
    """Whom these access tokens act for: one statement for all, and once in a while a note that they were used.

    Order in, order out. Refuses: AccessEnded.
    """
    hashes = [hash_of(token) for token in tokens]
    found = {row.token_hash: row.access for row in await tx.fetch(SQL.access_tokens, _AccessRow, hashes=hashes)}
    now = datetime.now(UTC)
    stale = [one.connection_id for one in found.values() if _seen_long_ago(one, now)]
    if stale:
        await tx.execute(SQL.touch_connections, ids=sorted(set(stale)))
    return [found.get(one) or AccessEnded() for one in hashes]


def _seen_long_ago(one: Access, now: datetime) -> bool:
    return one.last_used_at is None or now - one.last_used_at > _SEEN_EVERY


async def open_bubble(tx: Tx, connection_id: UUID, payment_id: UUID) -> tuple[str, datetime]:
    """A ticket that shows one payment in a frame for an hour, and until when."""
    ticket = BUBBLE_PREFIX + secrets.token_urlsafe(32)
    await tx.execute(SQL.sweep_bubbles, connection_id=connection_id)
    (ends_at,) = await tx.scalars(
        SQL.write_bubble,
        ticket_hash=hash_of(ticket),
        connection_id=connection_id,
        payment_id=payment_id,
        lasts=_BUBBLE_LASTS,
    )
    return ticket, ends_at


@dataclass(frozen=True, slots=True)
class Bubble:
    """Which payment a ticket shows, and through whose eyes."""

    payment_id: UUID
    person_id: UUID


async def access_bubble(tx: Tx, ticket: str) -> Bubble:
    """What a ticket shows. Raises: BubbleEnded."""
    found = await tx.fetch_one(SQL.bubble, Bubble, ticket_hash=hash_of(ticket))
    if found is None:
        raise BubbleEnded
    return found


@dataclass(frozen=True, slots=True)
class _AccessRow:
    token_hash: bytes
    connection_id: UUID
    app_id: UUID
    app_name: str
    api_version: str
    person_id: UUID
    scopes: list[str]
    device_since: datetime
    created_at: datetime
    last_used_at: datetime | None
    ends_at: datetime

    @property
    def access(self) -> Access:
        return Access(
            self.connection_id,
            self.app_id,
            self.app_name,
            self.api_version,
            self.person_id,
            tuple(self.scopes),
            self.device_since,
            self.created_at,
            self.last_used_at,
            self.ends_at,
        )
