"""A business registers its apps and their secrets."""

import secrets
from datetime import timedelta
from uuid import UUID

from tuppence.billing.apps import rules
from tuppence.billing.apps.errors import AppRefused, NoSecretNeeded
from tuppence.billing.apps.hashing import hash_of
from tuppence.billing.apps.model import App, Register
from tuppence.billing.apps.queries import SQL, access_app, access_apps, find_app
from tuppence.core.versions import NEWEST_VERSION
from tuppence.db import Tx
from tuppence.payments.errors import IdTaken

_PREFIX = "tus_"
APPS_MOST = 20
_OVERLAP = timedelta(hours=24)


async def register(tx: Tx, ask: Register) -> App:
    """Write an app, new or anew. Whether it is confidential stays as it was made.

    Raises: AppRefused, IdTaken. Locks: the app's id, until the transaction ends.
    """
    rules.check_app(ask)
    await tx.execute(SQL.lock_apps, ids=[ask.id])
    there = await find_app(tx, ask.id)
    if there is None and await tx.scalars(SQL.taken_apps, ids=[ask.id]):
        raise IdTaken
    if there is not None and (there.business_id, there.confidential) != (ask.business_id, ask.confidential):
        raise IdTaken
    if there is None and len(await access_apps(tx, ask.business_id)) >= APPS_MOST:
        raise AppRefused(reason="too_many")
    await tx.execute(
        SQL.write_app,
        id=ask.id,
        business_id=ask.business_id,
        name=ask.name,
        home_url=ask.home_url,
        confidential=ask.confidential,
        redirect_uris=list(ask.redirect_uris),
        origins=list(ask.origins),
        api_version=NEWEST_VERSION,
    )
    return await access_app(tx, ask.business_id, ask.id)


async def retire(tx: Tx, business_id: UUID, app_id: UUID) -> None:
    """Take an app out of use, and with it all that people let it do. Raises: AppNotFound."""
    await access_app(tx, business_id, app_id)
    await tx.execute(SQL.revoke_connections_of_app, app_id=app_id)
    await tx.execute(SQL.retire_app, id=app_id)


async def make_secret(tx: Tx, business_id: UUID, app_id: UUID) -> str:
    """A new secret, seen this once. The one before is good for a day more, so that nothing stands still meanwhile.

    Raises: AppNotFound, NoSecretNeeded.
    """
    app = await access_app(tx, business_id, app_id)
    if not app.confidential:
        raise NoSecretNeeded
    secret = _PREFIX + secrets.token_urlsafe(32)
    await tx.execute(SQL.end_secrets, app_id=app_id, overlap=_OVERLAP)
    await tx.execute(SQL.write_secret, app_id=app_id, secret_hash=hash_of(secret))
    return secret
