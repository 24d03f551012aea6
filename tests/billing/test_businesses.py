"""Businesses: who founds one, who acts for it, and that somebody always can."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuppence import people
from tuppence.billing import businesses
from tuppence.billing.businesses import NewBusiness, Role, SetMember, errors, rules
from tuppence.core import uuid7
from tuppence.db import Database
from tuppence.people.errors import IdTaken, PersonNotFound

Enrol = Callable[..., Awaitable[list[people.Person]]]
PEOPLE = [uuid7() for _ in range(3)]
ROLES = st.sampled_from(get_args(Role))


@pytest.fixture
def enrol(database: Database) -> Enrol:
    async def write(*handles: str) -> list[people.Person]:
        asks = [people.SignUp(uuid7(), one, one.capitalize(), "en", "x") for one in handles]
        async with database.transaction() as tx:
            made = await people.sign_up(tx, asks)
        return [one for one in made if isinstance(one, people.Person)]

    return write


def _maple(owner: people.Person) -> NewBusiness:
    return NewBusiness(uuid7(), "Maple  Games", "US", "USD", "America/New_York", owner.id)


async def _do(database: Database, verb: Any, *asks: Any) -> list[Any]:
    async with database.transaction() as tx:
        results: list[Any] = await verb(tx, asks)
    return results


async def test_who_founds_a_business_owns_it(database: Database, enrol: Enrol) -> None:
    """A repeat answers the same; the same id for anything else, or by anybody else, is taken."""
    ann, bo = await enrol("ann", "bo_")
    ask = _maple(ann)
    first, again = [(await _do(database, businesses.create, ask))[0] for _ in range(2)]
    taken = await _do(database, businesses.create, replace(ask, by=bo.id), replace(ask, currency="EUR"))
    async with database.transaction() as tx:
        mine, theirs = [await businesses.access_all(tx, one.id) for one in (ann, bo)]

    assert first == again
    assert "Maple Games" == first.name
    assert [IdTaken, IdTaken] == [type(one) for one in taken]
    assert [businesses.Membership(first, "owner")] == mine
    assert [] == theirs


@pytest.mark.parametrize(
    ("change", "reason"), [({"name": " "}, "name"), ({"currency": "ZZZ"}, "currency"), ({"country": "usa"}, "country")]
)
async def test_a_business_has_what_a_business_has(
    database: Database, enrol: Enrol, change: dict[str, str], reason: str
) -> None:
    """A name, a country, a currency that we know; what is refused says which is wrong."""
    (ann,) = await enrol("ann")
    (refused,) = await _do(database, businesses.create, replace(_maple(ann), **change))  # type: ignore[arg-type]

    assert isinstance(refused, errors.BusinessInvalid)
    assert {"reason": reason} == refused.facts


async def test_access_is_by_membership_and_role(database: Database, enrol: Enrol) -> None:
    """A stranger is told that there is no such business; a member without the role, which roles it takes."""
    ann, bo, carl = await enrol("ann", "bo_", "carl")
    (maple,) = await _do(database, businesses.create, _maple(ann))
    await _do(database, businesses.set_member, SetMember(maple.id, ann.id, "bo_", "analyst"))
    async with database.transaction() as tx:
        assert maple == await businesses.access(tx, bo.id, maple.id)
        assert maple == await businesses.access(tx, bo.id, maple.id, "owner", "analyst")
        with pytest.raises(errors.RoleMissing) as refused:
            await businesses.access(tx, bo.id, maple.id, "owner", "finance")
        with pytest.raises(errors.BusinessNotFound):
            await businesses.access(tx, carl.id, maple.id)

    assert {"roles": ["owner", "finance"]} == refused.value.facts


async def test_roles_are_given_changed_and_taken(database: Database, enrol: Enrol) -> None:
    """Owners give and take roles, anybody leaves; each refusal is for one ask alone."""
    ann, bo, carl = await enrol("ann", "bo_", "carl")
    (maple,) = await _do(database, businesses.create, _maple(ann))
    given_, unknown, last = await _do(
        database,
        businesses.set_member,
        SetMember(maple.id, ann.id, "@bo_", "developer"),
        SetMember(maple.id, ann.id, "nobody", "developer"),
        SetMember(maple.id, ann.id, "ann", None),
    )
    by_bo, by_carl, left = await _do(
        database,
        businesses.set_member,
        SetMember(maple.id, bo.id, "carl", "developer"),
        SetMember(maple.id, carl.id, "carl", "owner"),
        SetMember(maple.id, bo.id, "bo_", None),
    )
    async with database.transaction() as tx:
        members = await businesses.members(tx, [maple.id])

    assert (bo.id, "developer") == (given_.person_id, given_.role)
    assert [PersonNotFound, errors.LastOwner] == [type(unknown), type(last)]
    assert [errors.RoleMissing, errors.BusinessNotFound, type(None)] == [type(by_bo), type(by_carl), type(left)]
    assert [(ann.id, "owner")] == [(one.person_id, one.role) for one in members[maple.id]]


@given(
    st.dictionaries(st.sampled_from(PEOPLE), ROLES, min_size=1).filter(lambda roles: "owner" in roles.values()),
    st.sampled_from(PEOPLE),
    st.sampled_from(PEOPLE),
    st.none() | ROLES,
)
def test_a_business_always_has_an_owner(roles: dict[Any, Role], by: Any, whom: Any, role: Role | None) -> None:
    """Whoever asks for whatever change, one that is allowed leaves an owner, and is asked by one or is a leaving."""
    ask = SetMember(uuid7(), by, "somebody", role)
    if rules.refuse_member(ask, whom, roles) is None:
        after = {person: one for person, one in {**roles, whom: role}.items() if one}

        assert "owner" in after.values()
        assert roles[by] == "owner" or (whom == by and role is None)
