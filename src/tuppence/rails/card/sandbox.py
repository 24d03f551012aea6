"""The sandbox's test cards, one list for the card form and for the simulator."""

import tomllib
from importlib.resources import files
from typing import Any

from tuppence.rails.card.bins import bins
from tuppence.vault.network import SandboxCard, Secret


def entries() -> list[dict[str, Any]]:
    """Every test card with its behaviour, defaults filled in; numbers in the plain."""
    table = tomllib.loads(files(__package__).joinpath("test_cards.toml").read_text())
    return [table["default"] | card for card in table["card"]]


def sandbox_cards() -> list[SandboxCard]:
    """What the sandbox's card form offers. For the vault's process only: it shows card numbers."""
    return [
        SandboxCard(
            label=entry["label"],
            number=Secret(entry["number"]),
            exp_month=entry["exp_month"],
            exp_year=entry["exp_year"],
            cvv=entry["cvv"],
            zip=entry["zip"],
            bank=bins()[entry["number"][:6]].bank,
            hint=entry["hint"],
        )
        for entry in entries()
    ]
