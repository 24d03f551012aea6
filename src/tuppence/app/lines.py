"""Lines to the outside, for processes that hold no database."""

from tuppence.rails.card.tls import Tls
from tuppence.settings import Settings


def network_tls(settings: Settings) -> Tls | None:
    """How the line to the card network is secured, if it is to be."""
    files = settings.network_tls_ca_file, settings.network_tls_cert_file, settings.network_tls_key_file
    return Tls(*files, settings.network_tls_name) if settings.network_tls else None
