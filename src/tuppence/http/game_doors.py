"""How a business's endpoints for games are entered, and what their description says of it."""

from typing import Annotated, Any

from fastapi import Depends

from tuppence.billing.businesses import BusinessNotFound, RoleMissing
from tuppence.core import Failure
from tuppence.http.deps import Actor, businessed
from tuppence.http.errors import BusinessUnnamed
from tuppence.http.openapi import FOR_BUSINESS
from tuppence.http.problems import refuses

Reads = Annotated[Actor, Depends(businessed("games:read"))]
Sells = Annotated[Actor, Depends(businessed("games:write", "owner", "finance", "developer"))]
Builds = Annotated[Actor, Depends(businessed("games:write", "owner", "developer"))]
BuildsInPerson = Annotated[Actor, Depends(businessed(None, "owner", "developer"))]
PaysInPerson = Annotated[Actor, Depends(businessed(None, "owner", "finance"))]


def by_key(*failures: type[Failure]) -> dict[str, Any]:
    """For a decorator: a key of the business opens it, or a member."""
    return {"responses": refuses(*failures), "openapi_extra": FOR_BUSINESS}


def in_person(*failures: type[Failure]) -> dict[str, Any]:
    """For a decorator: a member opens it, who says for which business."""
    refused = refuses(BusinessNotFound, BusinessUnnamed, RoleMissing, *failures)
    return {"responses": refused, "openapi_extra": {"parameters": FOR_BUSINESS["parameters"]}}
