"""Businesses and their members: who a key, an endpoint, an ads account, a game and a partner app belong to."""

from tuppence.billing.businesses.actions import create, set_member
from tuppence.billing.businesses.errors import BusinessInvalid, BusinessNotFound, LastOwner, RoleMissing
from tuppence.billing.businesses.model import ROLES, Business, Member, Membership, NewBusiness, Role, SetMember
from tuppence.billing.businesses.queries import access, access_all, businesses, members

__all__ = [
    "ROLES",
    "Business",
    "BusinessInvalid",
    "BusinessNotFound",
    "LastOwner",
    "Member",
    "Membership",
    "NewBusiness",
    "Role",
    "RoleMissing",
    "SetMember",
    "access",
    "access_all",
    "businesses",
    "create",
    "members",
    "set_member",
]
