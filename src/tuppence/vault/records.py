"""A record's whole way in and out: its key made and wrapped, its number encrypted; and back. Order kept throughout."""

from collections.abc import Sequence

from tuppence.vault import crypto
from tuppence.vault.crypto import Key, Place, Sealed
from tuppence.vault.errors import CardUnreadable
from tuppence.vault.keks import Keks

Record = tuple[Place, Sealed]


async def seal(keks: Keks, numbers: Sequence[tuple[Place, bytes]]) -> list[Sealed]:
    """Encrypt each under a key of its own. Raises KeksAway."""
    deks = [Key.random() for _ in numbers]
    wrapped = await keks.wrap([(place.token, dek) for (place, _), dek in zip(numbers, deks, strict=True)])
    whole = zip(deks, wrapped, numbers, strict=True)
    return [crypto.encrypt(dek, wrap, place, number) for dek, wrap, (place, number) in whole]


async def unseal(keks: Keks, records: Sequence[Record]) -> list[bytes | CardUnreadable]:
    """Decrypt. Raises KeksAway."""
    deks = await keks.unwrap([sealed.wrapped(place.token) for place, sealed in records])
    return [_decrypted(dek, *record) for dek, record in zip(deks, records, strict=True)]


async def rewrap(keks: Keks, records: Sequence[Record]) -> list[Sealed | CardUnreadable]:
    """Wrap records' keys under the newest KEK; the ciphertexts stay. Raises KeksAway."""
    deks = await keks.unwrap([sealed.wrapped(place.token) for place, sealed in records])
    opened = [(place.token, dek) for (place, _), dek in zip(records, deks, strict=True) if isinstance(dek, Key)]
    fresh = iter(await keks.wrap(opened))
    told = zip(records, deks, strict=True)
    return [sealed.under(next(fresh)) if isinstance(dek, Key) else dek for (_, sealed), dek in told]


async def reseal(keks: Keks, records: Sequence[Record]) -> list[Sealed | CardUnreadable]:
    """Encrypt again under new keys of their own. Raises KeksAway."""
    numbers = await unseal(keks, records)
    opened = [(place, one) for (place, _), one in zip(records, numbers, strict=True) if isinstance(one, bytes)]
    fresh = iter(await seal(keks, opened))
    return [next(fresh) if isinstance(one, bytes) else one for one in numbers]


def _decrypted(dek: Key | CardUnreadable, place: Place, sealed: Sealed) -> bytes | CardUnreadable:
    if isinstance(dek, CardUnreadable):
        return dek
    try:
        return crypto.decrypt(dek, place, sealed)
    except CardUnreadable as unreadable:
        return unreadable
