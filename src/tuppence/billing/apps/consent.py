"""A person lets an app in, or does not; and takes it back."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tuppence.billing.apps import rules
from tuppence.billing.apps.errors import ConnectionNotFound
from tuppence.billing.apps.hashing import hash_of
from tuppence.billing.apps.model import App, Asked
from tuppence.billing.apps.queries import SQL, find_app, live_scopes
from tuppence.core import Failure, uuid7
from tuppence.db import Tx

CODE_PREFIX = "tuc_"
_CODE_LASTS = timedelta(seconds=60)


async def app_of(tx: Tx, given: dict[str, str]) -> tuple[App, str]:
    """Which app asks, and where its answer goes. Raises: UntrustedRequest."""
    try:
        app = await find_app(tx, UUID(given.get("client_id", "")))
    except ValueError:
        app = None
    redirect_uri = rules.redirect_of(app, given)
    assert app is not None
    return app, redirect_uri


async def allow(tx: Tx, person_id: UUID, asked: Asked, device_since: datetime) -> str:
    """Write down that a person lets an app in, beside what they allowed it before. The code that tells the app so."""
    before = await live_scopes(tx, asked.app.id, person_id)
    (connection_id,) = await tx.scalars(
        SQL.connect,
        id=uuid7(),
        app_id=asked.app.id,
        person_id=person_id,
        scopes=rules.together(before, asked.scopes),
        device_since=device_since,
    )
    code = CODE_PREFIX + secrets.token_urlsafe(32)
    await tx.execute(SQL.sweep_codes, connection_id=connection_id)
    await tx.execute(
        SQL.write_code,
        code_hash=hash_of(code),
        connection_id=connection_id,
        family=uuid7(),
        redirect_uri=asked.redirect_uri,
        challenge=asked.challenge,
        scopes=list(asked.scopes),
        lasts=_CODE_LASTS,
    )
    return code


async def disconnect(tx: Tx, asks: Sequence[tuple[UUID, UUID]]) -> list[Failure | None]:
    """People (second) end connections (first): every token of theirs is dead. Refuses: ConnectionNotFound."""
    ids, people = [one for one, _ in asks], [other for _, other in asks]
    ended = set(await tx.scalars(SQL.revoke_connections, ids=ids, people=people))
    return [None if one in ended else ConnectionNotFound() for one in ids]
