"""What counts as an address when a game tells us one."""

from collections.abc import Collection
from urllib.parse import urlsplit


def is_address(url: str, schemes: Collection[str]) -> bool:
    """Whether a text leads to a host, by one of these schemes."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # a port past 65535 is found out when it is read
    except ValueError:
        return False
    return parts.scheme in schemes and bool(host)
