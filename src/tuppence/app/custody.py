"""What the command line needs of the vault's keys and of the vault that runs."""

from tuppence.rails.card.codec import MessageError, unpack
from tuppence.rails.card.desk import Refused, VaultDesk
from tuppence.rails.card.dump import dump
from tuppence.settings import Settings
from tuppence.vault import keys
from tuppence.vault.errors import KeyFileRefused
from tuppence.vault.keks import custodians

__all__ = ["KeyFileRefused", "Refused", "desk", "hand_out", "shown"]


def hand_out(settings: Settings, *, shares: int, threshold: int) -> list[str]:
    """Seal the vault's key file; the custodians' shares. Raises KeyFileRefused, ValueError."""
    if settings.vault_transit_url is not None:
        raise KeyFileRefused("a key service keeps the keys here: who may use it is that service's business")
    path = settings.key_file("vault.json", settings.vault_keys_file)
    return custodians.hand_out(path, shares=shares, threshold=threshold)


def shown(raw: bytes) -> tuple[int, str]:
    """A message off the wire, masked, with or without its two bytes of length; or the path of what is amiss: 1."""
    try:
        return 0, dump(unpack(raw[2:] if int.from_bytes(raw[:2], "big") == len(raw) - 2 else raw))
    except MessageError as error:
        return 1, str(error)


def desk(settings: Settings) -> VaultDesk:
    """A way to ask the vault that runs. Raises KeyFileRefused if its bearer's file is not ours to read."""
    shared = keys.create_shared(settings.key_file("shared.json", settings.shared_keys_file))
    return VaultDesk(settings.vault_api_url, shared)
