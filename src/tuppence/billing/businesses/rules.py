"""Pure decisions about businesses: what a new one may be, who may change whose role."""

import re
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from tuppence.billing.businesses.errors import BusinessInvalid, BusinessNotFound, LastOwner, RoleMissing
from tuppence.billing.businesses.model import Business, NewBusiness, Role, SetMember
from tuppence.core import CURRENCIES, Failure
from tuppence.people.errors import IdTaken, NameRefused
from tuppence.people.rules import clean_name

_COUNTRY = re.compile(r"[A-Z]{2}")


def plan_business(ask: NewBusiness, known: Business | None, founder: UUID | None) -> NewBusiness | None:
    """What will be written, or None where a repeat finds it there. Raises: BusinessInvalid, IdTaken."""
    clean = replace(ask, name=_name(ask.name))
    if not _COUNTRY.fullmatch(ask.country):
        raise BusinessInvalid(reason="country")
    if ask.currency not in CURRENCIES:
        raise BusinessInvalid(reason="currency")
    if known is None:
        return clean
    same = (known.name, known.country, known.currency, known.zone, founder)
    if same != (clean.name, clean.country, clean.currency, clean.zone, clean.by):
        raise IdTaken
    return None


def _name(text: str) -> str:
    try:
        return clean_name(text)
    except NameRefused:
        raise BusinessInvalid(reason="name") from None


def refuse_member(ask: SetMember, person_id: UUID, roles: Mapping[UUID, Role]) -> Failure | None:
    """Why this change of role may not be, if so: the roles are those that the business's members have now."""
    if ask.by not in roles:
        return BusinessNotFound()
    leaves = person_id == ask.by and ask.role is None
    if roles[ask.by] != "owner" and not leaves:
        return RoleMissing(roles=["owner"])
    owners = {person for person, role in roles.items() if role == "owner"}
    return LastOwner() if owners == {person_id} and ask.role != "owner" else None
