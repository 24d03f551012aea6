"""SQL lives in files: `sql/<name>.sql` beside the code that runs it, one statement each."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, LiteralString


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement with named parameters, ``%(name)s``."""

    name: str
    text: LiteralString


class Statements:
    """A room's statements by name. A name that has no file fails when the room is imported, not when it runs."""

    def __init__(self, package: str) -> None:
        folder = files(package).joinpath("sql")
        self._by_name = {
            file.name.removesuffix(".sql"): Statement(f"{package}.{file.name.removesuffix('.sql')}", file.read_text())
            for file in folder.iterdir()
            if file.name.endswith(".sql")
        }

    def __getattr__(self, name: str) -> Statement:
        try:
            return self._by_name[name]
        except KeyError:
            raise AttributeError(f"no sql/{name}.sql") from None

    def __iter__(self) -> Iterator[Statement]:
        return iter(self._by_name.values())


def columns(items: Any, *names: str) -> dict[str, list[Any]]:
    """Turn items into array parameters, one list a field, for ``unnest``."""
    return {name: [getattr(item, name) for item in items] for name in names}
