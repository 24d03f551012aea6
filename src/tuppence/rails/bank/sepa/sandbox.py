"""The sandbox's IBANs, one list for whoever tries the app and for the simulator."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@cache
def ibans() -> Mapping[str, Mapping[str, Any]]:
    """Every test IBAN with its behaviour, defaults filled in."""
    table = tomllib.loads(files(__package__).joinpath("test_ibans.toml").read_text())
    return MappingProxyType({one["iban"]: table["default"] | one for one in table["account"]})
