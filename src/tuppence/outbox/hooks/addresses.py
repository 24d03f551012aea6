"""Which addresses we connect to when somebody else names them: public ones. Pure.

A business types where it wants to hear; we must not be led to our own network by it. The lists are those of the IANA
special-purpose address registries (RFC 6890), as of 2026, with what carries a version 4 address inside unwrapped first.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Address = IPv4Address | IPv6Address

_V4: Final = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and where clouds tell their machines' secrets
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_V6_PUBLIC: Final = IPv6Network("2000::/3")  # the only global unicast there is; all else is refused
_V6: Final = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # Teredo, ORCHID, benchmarking
        "2001:db8::/32",
        "2002::/16",  # 6to4 wraps a version 4 address, and is dead
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether anybody on the Internet could mean this address."""
    plain = unwrapped(address)
    if isinstance(plain, IPv4Address):
        return not any(plain in network for network in _V4)
    return plain in _V6_PUBLIC and not any(plain in network for network in _V6)


def is_loopback(address: Address) -> bool:
    """Whether it is this machine."""
    return unwrapped(address).is_loopback


def unwrapped(address: Address) -> Address:
    """The version 4 address inside a mapped or a NAT64 one, which is where the packet would go."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(address.packed[-4:])
    return address


def address_in(host: str) -> Address | None:
    """The address that a URL's host spells out, if it is no name."""
    try:
        return ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None
