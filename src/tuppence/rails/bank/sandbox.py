"""The sandbox's bank accounts, one list for whoever tries the app and for the simulator."""

import tomllib
from importlib.resources import files
from typing import Any


def entries() -> list[dict[str, Any]]:
    """Every test account with its behaviour, defaults filled in."""
    table = tomllib.loads(files(__package__).joinpath("test_accounts.toml").read_text())
    return [table["default"] | account for account in table["account"]]
