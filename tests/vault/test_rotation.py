"""Keys change while cards are in use: nothing fails to open, a crash loses nothing, and the old keys end."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tuppence.vault.errors import StillNeeded

NUMBER = "4000110000000017"


async def rows(house: Any) -> list[Any]:
    """Version, wrapped key and ciphertext of each card, in order of tokens."""
    return list(await house.rows("SELECT kek_version, wrapped_dek, ciphertext FROM vault.card ORDER BY token"))


async def test_rewrapping_ends_with_no_card_under_an_old_key(house: Any, rail: Any) -> None:
    """Cards in use go under the new version, ciphertexts stay, and every debit meanwhile finds its number."""
    tokens = [await house.enrol() for _ in range(5)]
    before = await rows(house)
    assert 2 == await house.rotation.add_version()

    async def pay(token: str) -> None:
        for _ in range(5):
            await house.use(house.ask(token))

    (done, left), *_ = await asyncio.gather(house.rotation.rewrap(), *(pay(token) for token in tokens))

    after = await rows(house)
    assert (5, 0) == (done, left)
    assert [(2, True)] * 5 == [(new[0], new[2] == old[2]) for new, old in zip(after, before, strict=True)]
    assert [NUMBER] * 25 == [ask.card.number.reveal() for ask in rail.sent]


async def test_an_old_key_is_destroyed_only_when_no_card_needs_it(house: Any) -> None:
    """Retiring is refused while one card is left, does it when none is, and every card opens afterwards."""
    tokens = [await house.enrol() for _ in range(2)]
    await house.rotation.add_version()
    young = await house.enrol()

    with pytest.raises(StillNeeded) as refused:
        await house.rotation.retire()
    assert {"cards": 2} == refused.value.facts
    assert (2, 0) == await house.rotation.rewrap()
    assert [1] == await house.rotation.retire()
    assert {2} == house.keys.keks.versions
    told = await house.use(*(house.ask(token) for token in [*tokens, young]))
    assert ["accepted"] * 3 == [one.state for one in told]


async def test_resealing_gives_every_older_record_a_new_key(house: Any, rail: Any) -> None:
    """Under load: keys, nonces and ciphertexts change, no debit misses its number, and the access log tells of it."""
    tokens = [await house.enrol() for _ in range(4)]
    before = await rows(house)
    await house.describe(*tokens)
    house.clock.forward(days=1)

    async def pay(token: str) -> None:
        for _ in range(5):
            await house.use(house.ask(token))

    (done, left), *_ = await asyncio.gather(house.rotation.reseal(house.clock()), *(pay(token) for token in tokens))

    after = await rows(house)
    assert (4, 0) == (done, left)
    assert not {part for row in before for part in row[1:]} & {part for row in after for part in row[1:]}
    assert [NUMBER] * 20 == [ask.card.number.reveal() for ask in rail.sent]
    assert [("vault", "rotation", 4)] == await house.rows(
        "SELECT caller, reason, count(*)::int FROM vault.access_log WHERE verb = 'reseal' GROUP BY 1, 2"
    )
    assert (0, 0) == await house.rotation.reseal(house.clock() - timedelta(hours=1))


@pytest.mark.parametrize("verb", ["rewrap", "reseal"])
async def test_a_rotation_that_dies_goes_on_where_it_was(
    verb: str, house: Any, mortal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before any beat, the next one does what is left, and every card opens in between."""
    monkeypatch.setattr("tuppence.vault.rotation._BATCH", 1)
    tokens = [await house.enrol() for _ in range(3)]
    await house.rotation.add_version()
    await house.describe(*tokens)
    house.clock.forward(days=1)
    given = (house.clock(),) if verb == "reseal" else ()

    done = []
    for dies_at in range(30):
        life, beats = mortal(dies_at)
        await beats.live(getattr(life.rotation, verb)(*given))
        assert ["accepted"] * 3 == [one.state for one in await house.use(*(house.ask(token) for token in tokens))]
        done.append(len({row[1] for row in await rows(house)}))

    assert (0, 0) == await getattr(house.rotation, verb)(*given)


async def test_a_card_deleted_meanwhile_stays_deleted(house: Any) -> None:
    """A rotation that read the card before it was deleted does not bring its key back."""
    token = await house.enrol()
    await house.rotation.add_version()
    unwrap = house.keys.keks.unwrap

    async def slow(wrapped: Any) -> Any:
        assert 1 == await house.delete(token)
        return await unwrap(wrapped)

    house.keys.keks.unwrap = slow

    assert (0, 0) == await house.rotation.rewrap()
    assert [(None,)] == await house.rows("SELECT wrapped_dek FROM vault.card")


async def test_a_card_that_does_not_open_holds_up_no_rotation(house: Any) -> None:
    """A tampered row is left, its neighbours go on, and an alarm names it."""
    broken, *_ = [await house.enrol() for _ in range(3)]
    await house.tamper(
        "UPDATE vault.card SET wrapped_dek = set_byte(wrapped_dek, 20, 1 # get_byte(wrapped_dek, 20))"
        " WHERE token = %(token)s",
        token=broken,
    )
    await house.rotation.add_version()

    assert (2, 1) == await house.rotation.rewrap()
    assert [("card_unreadable", "key", broken)] == await house.rows("SELECT kind, reason, token FROM vault.alarm")
    with pytest.raises(StillNeeded):
        await house.rotation.retire()
