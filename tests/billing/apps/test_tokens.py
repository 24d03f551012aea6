"""Codes and tokens, against the database: each is good once, and a second use ends everything that came of it."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest
from tests.billing.apps.conftest import BACK, VERIFIER, Allow

from tuppence.billing import apps
from tuppence.billing.apps import errors, registry
from tuppence.billing.apps.tokens import access_bubble, open_bubble
from tuppence.core import Failure, uuid7
from tuppence.db import Database
from tuppence.payments.errors import IdTaken


async def exchange(database: Database, app: apps.App, code: str, verifier: str = VERIFIER) -> apps.Tokens | Failure:
    async with database.transaction() as tx:
        return await apps.exchange(tx, app, {"code": code, "code_verifier": verifier, "redirect_uri": BACK})


async def refresh(database: Database, app: apps.App, token: str, scope: str = "") -> apps.Tokens | Failure:
    async with database.transaction() as tx:
        return await apps.refresh(tx, app, {"refresh_token": token, "scope": scope})


async def access(database: Database, token: str) -> apps.Access | Failure:
    async with database.transaction() as tx:
        return (await apps.access(tx, [token]))[0]


async def given(database: Database, app: apps.App, allow: Allow, *scopes: apps.Scope) -> apps.Tokens:
    tokens = await exchange(database, app, await allow(*scopes))
    assert isinstance(tokens, apps.Tokens)
    return tokens


async def test_a_code_becomes_tokens_that_act_for_the_person(
    database: Database, app: apps.App, ann: UUID, allow: Allow
) -> None:
    """The access token stands for the person, the app and what was allowed; the refresh token is no access token."""
    tokens = await given(database, app, allow, "payments:read")
    held = await access(database, tokens.access)

    assert isinstance(held, apps.Access)
    assert (ann, app.id, ["payments:read"]) == (held.person_id, held.app_id, list(held.scopes))
    assert errors.AccessEnded() == await access(database, tokens.refresh)
    assert tokens.access not in repr(tokens)


async def test_of_many_who_bring_one_code_one_is_served_and_then_none(
    database: Database, app: apps.App, allow: Allow
) -> None:
    """A stolen code: whoever comes first, what they were given ends with the second use (OAuth 2.1, 4.1.3)."""
    code = await allow()
    results = await asyncio.gather(*(exchange(database, app, code) for _ in range(4)))
    served = [one for one in results if isinstance(one, apps.Tokens)]

    assert 1 == len(served)
    assert errors.AccessEnded() == await access(database, served[0].access)
    assert errors.InvalidGrant() == await refresh(database, app, served[0].refresh)


async def test_a_wrong_proof_gets_nothing_and_spoils_nothing(database: Database, app: apps.App, allow: Allow) -> None:
    """Somebody who has the code and not the verifier is refused; the app itself is still served."""
    code = await allow()

    assert errors.InvalidGrant() == await exchange(database, app, code, VERIFIER[::-1])
    assert isinstance(await exchange(database, app, code), apps.Tokens)


async def test_a_refresh_token_that_comes_twice_ends_its_whole_family(
    database: Database, app: apps.App, allow: Allow
) -> None:
    """Rotation: the newest works until an older one is seen again, then none does (OAuth 2.1, 4.3.1)."""
    first = await given(database, app, allow)
    second = await refresh(database, app, first.refresh)
    assert isinstance(second, apps.Tokens)
    assert isinstance(await access(database, second.access), apps.Access)

    assert errors.InvalidGrant() == await refresh(database, app, first.refresh)
    assert errors.InvalidGrant() == await refresh(database, app, second.refresh)
    assert errors.AccessEnded() == await access(database, second.access)
    assert errors.AccessEnded() == await access(database, first.access)


async def test_a_narrow_refresh_narrows_the_access_and_not_the_next(
    database: Database, app: apps.App, allow: Allow
) -> None:
    """Fewer scopes may be asked for now; what was allowed stays with the refresh token."""
    first = await given(database, app, allow, "profile:read", "payments:read")
    narrow = await refresh(database, app, first.refresh, "profile:read")
    assert isinstance(narrow, apps.Tokens)
    held = await access(database, narrow.access)
    assert isinstance(held, apps.Access)
    wide = await refresh(database, app, narrow.refresh)

    assert ["profile:read"] == list(held.scopes)
    assert isinstance(wide, apps.Tokens)
    assert {"profile:read", "payments:read"} == set(wide.scopes)


async def test_who_takes_it_back_silences_every_token(
    database: Database, app: apps.App, ann: UUID, allow: Allow
) -> None:
    """The person ends the connection: access, refresh, an unused code and a frame are over; nobody else can end it."""
    tokens, code = await given(database, app, allow), await allow()
    async with database.transaction() as tx:
        (connection,) = await apps.access_connections(tx, ann)
        ticket, _ = await open_bubble(tx, connection.id, uuid7())
        assert [errors.ConnectionNotFound()] == await apps.disconnect(tx, [(connection.id, uuid7())])
        assert ann == (await access_bubble(tx, ticket)).person_id
        assert [None] == await apps.disconnect(tx, [(connection.id, ann)])
        assert [] == await apps.access_connections(tx, ann)

    assert errors.AccessEnded() == await access(database, tokens.access)
    assert errors.InvalidGrant() == await refresh(database, app, tokens.refresh)
    assert errors.InvalidGrant() == await exchange(database, app, code)
    async with database.transaction() as tx:
        with pytest.raises(errors.BubbleEnded):
            await access_bubble(tx, ticket)


async def test_a_second_yes_adds_to_the_first_and_makes_no_device_older(
    database: Database, app: apps.App, ann: UUID, allow: Allow
) -> None:
    """One connection for each app and person, with all that was allowed; each token is worth what it was given for."""
    first = await given(database, app, allow, "profile:read")
    code = await allow("payments:read", since=datetime.now(UTC))
    assert isinstance(await exchange(database, app, code), apps.Tokens)
    async with database.transaction() as tx:
        (connection,) = await apps.access_connections(tx, ann)
    held = await access(database, first.access)
    assert isinstance(held, apps.Access)

    assert ["profile:read", "payments:read"] == list(connection.scopes)
    assert ["profile:read"] == list(held.scopes)
    assert 2020 == held.device_since.year


async def test_secrets_rotate_without_a_gap_and_belong_to_one_app(database: Database, app: apps.App) -> None:
    """Old and new secret are good beside each other for a day; another app's, a wrong one and none are not."""
    public = apps.Register(uuid7(), app.business_id, "Tool", "https://tool.example", False, ("http://127.0.0.1/",))
    async with database.transaction() as tx:
        tool = await apps.register(tx, public)
        secrets = [await apps.make_secret(tx, app.business_id, app.id) for _ in range(2)]
        with pytest.raises(errors.NoSecretNeeded):
            await apps.make_secret(tx, tool.business_id, tool.id)
        for secret in secrets:
            assert app == await apps.prove_app(tx, str(app.id), secret)
        assert tool == await apps.prove_app(tx, str(tool.id), None)
        for client_id, tried in (
            (str(app.id), "tus_wrong"),
            (str(app.id), None),
            (str(tool.id), secrets[0]),
            (str(uuid7()), None),
            ("nobody", None),
            (None, None),
        ):
            with pytest.raises(errors.InvalidClient):
                await apps.prove_app(tx, client_id, tried)


async def test_an_app_is_its_businesss_and_retires_with_everything(
    database: Database, app: apps.App, allow: Allow
) -> None:
    """Nobody else sees or changes it, its id is taken for ever, and once it is retired its tokens are dead."""
    tokens = await given(database, app, allow)
    ask = apps.Register(app.id, app.business_id, "Corner", "https://chat.example", True, (BACK,))
    async with database.transaction() as tx:
        assert "Corner" == (await apps.register(tx, ask)).name
        for other in (
            apps.Register(app.id, uuid7(), "Corner", "https://chat.example", True, (BACK,)),
            apps.Register(app.id, app.business_id, "Corner", "https://chat.example", False, (BACK,)),
        ):
            with pytest.raises(IdTaken):
                await apps.register(tx, other)
        with pytest.raises(errors.AppNotFound):
            await apps.access_app(tx, uuid7(), app.id)
        await apps.retire(tx, app.business_id, app.id)
        with pytest.raises(IdTaken):
            await apps.register(tx, ask)
        assert [] == await apps.access_apps(tx, app.business_id)

    assert errors.AccessEnded() == await access(database, tokens.access)
    assert errors.InvalidGrant() == await refresh(database, app, tokens.refresh)


async def test_a_token_given_back_ends_its_family_and_another_apps_does_not(
    database: Database, app: apps.App, allow: Allow
) -> None:
    """RFC 7009: the app itself ends it; whoever else tries changes nothing and learns nothing."""
    tokens = await given(database, app, allow)
    async with database.transaction() as tx:
        ask = apps.Register(uuid7(), uuid7(), "Other", "https://other.example", True, (BACK,))
        await apps.give_back(tx, await apps.register(tx, ask), tokens.refresh)
    assert isinstance(await access(database, tokens.access), apps.Access)
    async with database.transaction() as tx:
        await apps.give_back(tx, app, tokens.refresh)

    assert errors.AccessEnded() == await access(database, tokens.access)


async def test_a_business_has_so_many_apps(database: Database, app: apps.App) -> None:
    """One more than that is refused by name."""
    asks = [
        apps.Register(uuid7(), app.business_id, f"App {n}", "https://chat.example", False, (BACK,))
        for n in range(registry.APPS_MOST)
    ]
    async with database.transaction() as tx:
        for ask in asks[:-1]:
            await apps.register(tx, ask)
        with pytest.raises(errors.AppRefused, match="app_refused"):
            await apps.register(tx, asks[-1])
