"""A person's people as a client holds them: a snapshot, and what each feed entry does to it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from tuppence.db import Tx
from tuppence.outbox import Entry
from tuppence.people.queries import access_friends, access_me

Snapshot = Mapping[str, Any]

_LISTS = ("friends", "incoming", "outgoing", "blocked")


async def snapshot(tx: Tx, person_id: UUID) -> dict[str, Any]:
    """`me` and the four lists of `Friends`, as JSON has them."""
    friends = await access_friends(tx, person_id)
    lists = {name: [one.wire() for one in getattr(friends, name)] for name in _LISTS}
    return {"me": (await access_me(tx, person_id)).wire(), **lists}


def apply(snapshot: Snapshot, entries: Iterable[Entry]) -> dict[str, Any]:
    """The snapshot after these entries; those of other rooms change nothing here."""
    state = dict(snapshot)
    for entry in entries:
        if entry.kind == "me":
            state["me"] = {**state["me"], **entry.payload}
        elif entry.kind == "friend":
            state.update(_with_tie(state, entry.payload))
    return state


def _with_tie(state: Snapshot, tie: Mapping[str, Any]) -> dict[str, list[Any]]:
    """A tie replaces whatever was known of that person."""
    person, relation, blocked = tie["person"], tie["relation"], tie["blocked"]
    request = {"id": tie["request_id"], "person": person, "at": tie["at"]}
    place = {
        "friends": [person] if relation == "friends" and not blocked else [],
        "incoming": [request] if relation == "asks_you" else [],
        "outgoing": [request] if relation == "asked" else [],
        "blocked": [person] if blocked else [],
    }
    return {name: _by_handle([*_others(state[name], person["id"]), *place[name]]) for name in _LISTS}


def _others(rows: Iterable[Mapping[str, Any]], person_id: str) -> list[Mapping[str, Any]]:
    return [row for row in rows if _person(row)["id"] != person_id]


def _by_handle(rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(rows, key=lambda row: str(_person(row)["handle"]))


def _person(row: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = row.get("person", row)
    return found
