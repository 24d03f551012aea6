"""Reading apps and what people let them do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tuppence.billing.apps.errors import AppNotFound
from tuppence.billing.apps.model import App, Connection, Reach
from tuppence.db import Statements, Tx

SQL = Statements(__package__)


@dataclass(frozen=True, slots=True)
class _AppRow:
    id: UUID
    business_id: UUID
    name: str
    home_url: str
    confidential: bool
    redirect_uris: list[str]
    origins: list[str]
    api_version: str
    created_at: datetime

    @property
    def app(self) -> App:
        return App(
            self.id,
            self.business_id,
            self.name,
            self.home_url,
            self.confidential,
            tuple(self.redirect_uris),
            tuple(self.origins),
            self.api_version,
            self.created_at,
        )


async def find_app(tx: Tx, app_id: UUID) -> App | None:
    """An app that is in use, whoever asks: its client_id is no secret."""
    row = await tx.fetch_one(SQL.apps, _AppRow, ids=[app_id])
    return row.app if row else None


async def access_app(tx: Tx, business_id: UUID, app_id: UUID) -> App:
    """An app of this business. Raises: AppNotFound."""
    app = await find_app(tx, app_id)
    if app is None or app.business_id != business_id:
        raise AppNotFound
    return app


async def access_apps(tx: Tx, business_id: UUID) -> list[App]:
    """The business's apps, oldest first."""
    return [row.app for row in await tx.fetch(SQL.apps_of, _AppRow, business_id=business_id)]


async def reach(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Reach]:
    """How far these apps reach; one that nobody let in is named, too."""
    found = {one.app_id: one for one in await tx.fetch(SQL.reach, Reach, ids=list(ids))}
    return {one: found.get(one, Reach(one, 0, ())) for one in ids}


async def access_connections(tx: Tx, person_id: UUID) -> list[Connection]:
    """The apps that somebody has let in, the latest first."""
    return await tx.fetch(SQL.connections_of, Connection, person_id=person_id)


async def live_scopes(tx: Tx, app_id: UUID, person_id: UUID) -> Sequence[str]:
    """What this person lets this app do already."""
    return await tx.scalars(SQL.live_scopes, app_id=app_id, person_id=person_id)
