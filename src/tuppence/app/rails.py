"""No rail is called with a transaction open: a bank may take twenty seconds to answer, and locks would wait for it."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from tuppence.db import in_transaction

R = TypeVar("R")


class CalledInTransaction(Exception):
    """A rail was called while this task held a transaction open: a defect."""


class _Guarded:
    """A connector whose every call looks first whether it may."""

    def __init__(self, connector: object) -> None:
        self._connector = connector

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._connector, name)
        return _looking_first(found) if callable(found) else found


def no_open_transaction(connector: R) -> R:
    """The same connector, refusing with CalledInTransaction where a transaction is open."""
    return cast(R, _Guarded(connector))


def _looking_first(call: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(*arguments: Any, **named: Any) -> Any:
        if in_transaction():
            raise CalledInTransaction(getattr(call, "__qualname__", "rail"))
        return call(*arguments, **named)

    return guarded
