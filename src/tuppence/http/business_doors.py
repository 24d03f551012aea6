"""What the description of an endpoint for businesses says of who opens it."""

from typing import Any

from tuppence.billing.businesses import BusinessNotFound, RoleMissing
from tuppence.core import Failure
from tuppence.http.errors import BusinessUnnamed
from tuppence.http.openapi import FOR_BUSINESS
from tuppence.http.problems import refuses


def by_key(*failures: type[Failure]) -> dict[str, Any]:
    """For a decorator: a key of the business opens it, or a member."""
    return {"responses": refuses(*failures), "openapi_extra": FOR_BUSINESS}


def in_person(*failures: type[Failure]) -> dict[str, Any]:
    """For a decorator: a member opens it, who says for which business."""
    refused = refuses(BusinessNotFound, BusinessUnnamed, RoleMissing, *failures)
    return {"responses": refused, "openapi_extra": {"parameters": FOR_BUSINESS["parameters"]}}
