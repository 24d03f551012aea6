"""Leave to take money from a bank account: the words first, then the agreement that keeps them, then its end."""

from typing import Any
from uuid import UUID

import httpx2
import pytest

from tuppence.core import uuid7
from tuppence.db.statements import Statement

_PROVE = Statement("prove", "UPDATE payments.bank_account SET state = 'active' WHERE id = %(id)s")


@pytest.fixture(autouse=True)
async def proven(world: Any) -> None:
    """Ann's bank account, as if she had told the two amounts."""
    world.served.house.limits.forget()
    async with world.served.house.database.transaction() as tx:
        await tx.execute(_PROVE, id=UUID(world.bank_id))


def _asked(world: Any, **changes: Any) -> dict[str, Any]:
    body = {"bank_account_id": world.bank_id, "business_id": world.business_ids[world.mallory.id]}
    return body | {"scope": "standing", "amount_minor": None, "version": "2026-11", "language": "en"} | changes


async def _put(world: Any, friend: Any, body: dict[str, Any], mandate_id: str = "") -> httpx2.Response:
    path = f"/v1/mandates/{mandate_id or uuid7()}"
    answered: httpx2.Response = await friend.http.put(
        path, json=body, headers={"Authorization": f"Bearer {friend.token}"}
    )
    return answered


async def test_what_is_agreed_to_is_what_was_shown(world: Any) -> None:
    """The words, then the agreement with the very same words; listed; withdrawn, and still listed as that."""
    place = f"bank_account_id={world.bank_id}&business_id={world.business_ids[world.mallory.id]}"
    shown = await world.ann.call("GET", f"/v1/mandate-words?{place}&scope=once&amount_minor=1250&language=fr")
    assert "12,50 USD" in shown["words"]
    assert shown["words"].startswith("J’autorise Tuppence")
    body = _asked(world, scope="once", amount_minor=1_250, language="fr", version=shown["version"])
    mandate_id = str(uuid7())
    first, again = [(await _put(world, world.ann, body, mandate_id)).json() for _ in range(2)]
    assert shown["words"] == first["words"]
    assert first == again

    await world.ann.call("DELETE", f"/v1/mandates/{mandate_id}")
    (listed,) = [one for one in (await world.ann.call("GET", "/v1/mandates"))["mandates"] if one["id"] == mandate_id]
    assert "holder" == listed["revoked_by"]


async def test_what_is_owed_to_the_house_itself(world: Any) -> None:
    """Without a business, the house is who is paid."""
    shown = await world.ann.call("GET", f"/v1/mandate-words?bank_account_id={world.bank_id}&scope=standing&language=en")
    agreed = (await _put(world, world.ann, _asked(world, business_id=None))).json()

    assert ("Tuppence", None, shown["words"]) == (agreed["payee"], agreed["business_id"], agreed["words"])
    assert "for what I owe Tuppence" in shown["words"]


async def test_what_cannot_be_agreed_to(world: Any) -> None:
    """Somebody else's account, a business that is none, other words than today's, an amount that does not fit."""
    told = [
        await _put(world, world.bo, _asked(world)),
        await _put(world, world.ann, _asked(world, business_id=str(uuid7()))),
        await _put(world, world.ann, _asked(world, version="2020-01")),
        await _put(world, world.ann, _asked(world, amount_minor=5)),
    ]

    codes = ["bank_account_not_found", "business_not_found", "words_outdated", "invalid_request"]
    assert codes == [one.json()["code"] for one in told]


async def test_nobody_withdraws_what_another_agreed_to(world: Any) -> None:
    """Bo cannot see or end Ann's mandate."""
    mandate_id = (await _put(world, world.ann, _asked(world))).json()["id"]
    bearer = {"Authorization": f"Bearer {world.bo.token}"}
    answered = await world.bo.http.delete(f"/v1/mandates/{mandate_id}", headers=bearer)

    assert "mandate_not_found" == answered.json()["code"]
    assert [] == (await world.bo.call("GET", "/v1/mandates"))["mandates"]
