"""An app, somebody who lets it in, and the way from the one to the other."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tuppence import people
from tuppence.billing import apps
from tuppence.core import uuid7
from tuppence.db import Database

BACK = "https://chat.example/back"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

Allow = Callable[..., Awaitable[str]]


@pytest.fixture
async def app(database: Database) -> apps.App:
    """A confidential app of some business."""
    ask = apps.Register(
        uuid7(), uuid7(), "Corner Chat", "https://chat.example", True, (BACK,), ("https://chat.example",)
    )
    async with database.transaction() as tx:
        return await apps.register(tx, ask)


@pytest.fixture
async def ann(database: Database) -> UUID:
    """Somebody."""
    person_id = uuid7()
    async with database.transaction() as tx:
        await people.sign_up(tx, [people.SignUp(person_id, "ann", "Ann", "en", "-")])
    return person_id


@pytest.fixture
def allow(database: Database, app: apps.App, ann: UUID) -> Allow:
    """Ann lets the app do these things: the code that it gets."""

    async def once(*scopes: apps.Scope, since: datetime = LONG_AGO) -> str:
        asked = apps.Asked(app, BACK, scopes or apps.SCOPES, None, CHALLENGE)
        async with database.transaction() as tx:
            return await apps.allow(tx, ann, asked, since)

    return once
