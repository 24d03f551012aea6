"""Who may do what with a business's games."""

from typing import Annotated

from fastapi import Depends

from tuppence.http.deps import Actor, businessed

Reads = Annotated[Actor, Depends(businessed("games:read"))]
Sells = Annotated[Actor, Depends(businessed("games:write", "owner", "finance", "developer"))]
Builds = Annotated[Actor, Depends(businessed("games:write", "owner", "developer"))]
BuildsInPerson = Annotated[Actor, Depends(businessed(None, "owner", "developer"))]
PaysInPerson = Annotated[Actor, Depends(businessed(None, "owner", "finance"))]
