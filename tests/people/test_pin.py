"""The payment PIN: few tries, counted before they are looked at; a pepper outside the database; proofs."""

import asyncio
import stat
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.people.conftest import PASSWORD, CountingHasher, Enrol

from tuppence import people
from tuppence.core import Policy, uuid7
from tuppence.db import Database, Statement
from tuppence.people import errors, rules
from tuppence.people.entrance import _Pin
from tuppence.people.hashing import Pepper

PIN = "493817"
SessionOf = Callable[[UUID], Awaitable[people.Signed]]
UNLOCK = Statement("unlock", "UPDATE people.pin SET locked_until = locked_until - %(by)s::interval")
READ_PIN = Statement(
    "read_pin",
    "SELECT hash, tries, locks, greatest(locked_until, '2000-01-01') AS locked_until, clock_timestamp() AS now"
    " FROM people.pin WHERE person_id = %(person_id)s",
)
STORED = Statement("stored", "SELECT hash FROM people.pin")


@pytest.fixture
async def ada(enrol: Enrol, entrance: people.Entrance) -> people.Person:
    """Somebody with a PIN."""
    (ada,) = await enrol("ada")
    await entrance.set_pin(people.SetPin(ada.id, PIN, PASSWORD))
    return ada


@pytest.fixture
async def proof(ada: people.Person, session_of: SessionOf) -> people.Proof:
    """What Ada would prove: a payment in one of her sessions."""
    signed = await session_of(ada.id)
    return people.Proof(ada.id, signed.session.id, uuid7(), people.digest_of({"amount_minor": 2000, "payee": "bob"}))


async def last_proof(database: Database, proof: people.Proof) -> object:
    async with database.transaction(read_only=True) as tx:
        return (await people.last_proof(tx, [(proof.session_id, proof.purpose)]))[0]


async def test_the_right_pin_proves(entrance: people.Entrance, database: Database, proof: people.Proof) -> None:
    """In this session and for this purpose, and for no other."""
    assert await last_proof(database, proof) is None
    await entrance.prove(proof, PIN)

    assert await last_proof(database, proof) is not None
    async with database.transaction(read_only=True) as tx:
        others = [(proof.session_id, uuid7()), (uuid7(), proof.purpose), (proof.session_id, proof.purpose)]
        assert [True, True, False] == [one is None for one in await people.last_proof(tx, others)]
        assert [] == await people.last_proof(tx, [])


async def test_a_proof_ends_with_its_session(
    entrance: people.Entrance, database: Database, proof: people.Proof
) -> None:
    """Signing the device out takes its proofs along, and nothing can be proven in a session that ended."""
    await entrance.prove(proof, PIN)
    async with database.transaction() as tx:
        await people.end_sessions(tx, [people.EndSession(proof.person_id, proof.session_id)])

    assert await last_proof(database, proof) is None
    with pytest.raises(errors.SessionEnded):
        await entrance.prove(proof, PIN)


async def test_nobody_proves_in_another_ones_session(
    entrance: people.Entrance, enrol: Enrol, session_of: SessionOf, proof: people.Proof, database: Database
) -> None:
    """A session that is not one's own reads like one that ended, even with the right PIN."""
    (bo,) = await enrol("bob")
    theirs = people.Proof(proof.person_id, (await session_of(bo.id)).session.id, proof.purpose, proof.digest)
    with pytest.raises(errors.SessionEnded):
        await entrance.prove(theirs, PIN)
    assert await last_proof(database, theirs) is None


async def test_wrong_pins_are_counted_down_and_lock(
    entrance: people.Entrance, hasher: CountingHasher, database: Database, proof: people.Proof
) -> None:
    """Four say how many are left, the fifth locks for an hour; then even the right one is not looked at."""
    for left in (4, 3, 2, 1):
        with pytest.raises(errors.PinWrong) as wrong:
            await entrance.prove(proof, "000001")
        assert left == wrong.value.facts["tries_left"]
    for pin in ("000001", PIN):
        with pytest.raises(errors.PinLocked) as locked:
            await entrance.prove(proof, pin)
        assert 3590 <= locked.value.facts["retry_after_seconds"] <= 3600
    assert 1 + 5 == hasher.verified  # the password for setting it, and five PINs
    assert await last_proof(database, proof) is None


async def test_each_lock_is_twice_as_long(entrance: people.Entrance, database: Database, proof: people.Proof) -> None:
    """Five more wrong ones after an hour lock for two; a right one makes it all good."""
    for hours in (1, 2, 4):
        results = [await failure_of(entrance.prove(proof, "000001")) for _ in range(5)]
        assert isinstance(results[-1], errors.PinLocked)
        assert hours * 3600 - 10 <= results[-1].facts["retry_after_seconds"] <= hours * 3600
        async with database.transaction() as tx:
            await tx.execute(UNLOCK, by=timedelta(hours=hours))
    await entrance.prove(proof, PIN)
    wrong = await failure_of(entrance.prove(proof, "000001"))
    assert errors.PinWrong(tries_left=4) == wrong


async def failure_of(call: Awaitable[object]) -> BaseException | None:
    (result,) = await asyncio.gather(call, return_exceptions=True)
    return result if isinstance(result, BaseException) else None


async def a_hundred_wrong(entrance: people.Entrance, proof: people.Proof) -> Counter[type]:
    """What a hundred wrong PINs released together are answered."""
    calls = (entrance.prove(proof, f"{n:06}") for n in range(100))
    return Counter(type(one) for one in await asyncio.gather(*calls, return_exceptions=True))


async def test_a_hundred_wrong_pins_at_once_evaluate_five(
    entrance: people.Entrance, hasher: CountingHasher, proof: people.Proof
) -> None:
    """Exactly five are looked at: four are wrong, the fifth locks, and the rest find it locked."""
    before = hasher.verified
    answers = await a_hundred_wrong(entrance, proof)

    assert 5 == hasher.verified - before
    assert {errors.PinWrong: 4, errors.PinLocked: 96} == answers


class CountsAfterwards(people.Entrance):
    """A seeded bug: looks first and counts when the PIN turned out wrong, as one would write it at first."""

    async def _take_try(self, person_id: UUID) -> tuple[str, rules.PinTries]:
        async with self._database.transaction(read_only=True) as tx:
            pin = await tx.fetch_one(READ_PIN, _Pin, person_id=person_id)
        assert pin
        if pin.now < pin.locked_until:
            raise errors.PinLocked(retry_after_seconds=1)
        return pin.hash, rules.PinTries(pin.tries, pin.locks, pin.locked_until)

    def _wrong(self, after: rules.PinTries) -> errors.PinWrong:
        return errors.PinWrong(tries_left=0)

    async def prove(self, proof: people.Proof, pin: str) -> None:
        try:
            await super().prove(proof, pin)
        except errors.PinWrong:
            await asyncio.sleep(0.5)  # long enough for the others to be tried meanwhile
            await super()._take_try(proof.person_id)
            raise


async def test_the_test_sees_tries_that_are_counted_afterwards(
    database: Database, hasher: CountingHasher, pepper: Pepper, proof: people.Proof
) -> None:
    """The seeded bug lets more than five through."""
    before = hasher.verified
    await a_hundred_wrong(CountsAfterwards(database, pepper, Policy.load().pin, hasher), proof)

    assert hasher.verified - before > 5


async def test_twenty_right_pins_at_once_all_prove(entrance: people.Entrance, proof: people.Proof) -> None:
    """Being counted first locks nobody out who knows the PIN."""
    assert [None] * 20 == await asyncio.gather(*(entrance.prove(proof, PIN) for _ in range(20)))


async def test_without_the_pepper_the_pin_is_worth_nothing(
    database: Database, hasher: CountingHasher, proof: people.Proof
) -> None:
    """The right PIN under another pepper is wrong: a stolen database can't be tried out."""
    stranger = people.Entrance(database, Pepper(bytes(32)), Policy.load().pin, hasher)
    with pytest.raises(errors.PinWrong):
        await stranger.prove(proof, PIN)


async def test_two_people_with_one_pin_share_nothing(
    entrance: people.Entrance, enrol: Enrol, ada: people.Person, database: Database, pepper: Pepper
) -> None:
    """The same PIN is another secret for everybody, before salt and after."""
    (bo,) = await enrol("bob")
    await entrance.set_pin(people.SetPin(bo.id, PIN, PASSWORD))
    async with database.transaction(read_only=True) as tx:
        stored = await tx.scalars(STORED)

    assert 2 == len(set(stored))
    assert pepper.on(ada.id, PIN) != pepper.on(bo.id, PIN)
    assert not any(PIN in one for one in stored)


async def test_setting_a_pin_takes_the_password(
    entrance: people.Entrance, enrol: Enrol, session_of: SessionOf, hasher: CountingHasher, database: Database
) -> None:
    """A wrong password sets nothing and is counted; without a PIN there is nothing to prove with."""
    (bo,) = await enrol("bob")
    proof = people.Proof(bo.id, (await session_of(bo.id)).session.id, uuid7(), bytes(32))
    with pytest.raises(errors.NoPin):
        await entrance.prove(proof, PIN)
    tries = [await failure_of(entrance.set_pin(people.SetPin(bo.id, PIN, f"wrong {n}"))) for n in range(12)]
    assert {errors.PasswordWrong: 10, errors.TooManyTries: 2} == Counter(map(type, tries))
    with pytest.raises(errors.PinRefused):
        await entrance.set_pin(people.SetPin(bo.id, "123456", PASSWORD))
    with pytest.raises(errors.PasswordWrong):
        await entrance.set_pin(people.SetPin(uuid7(), PIN, PASSWORD))
    async with database.transaction(read_only=True) as tx:
        assert not (await people.access_me(tx, bo.id)).has_pin


def test_secrets_are_in_no_repr() -> None:
    """What is logged by accident shows no PIN, password, hash, token or key."""
    secret = "s3cr3t-493817"
    device = people.Device("Laptop", "cookie", secret)
    for value in (
        people.SetPin(uuid7(), secret, secret),
        people.SignIn("ada", secret, device),
        people.Newcomer(uuid7(), "ada", "Ada", secret, "en", device),
        people.SignUp(uuid7(), "ada", "Ada", "en", secret),
        Pepper(secret.encode()),
    ):
        assert secret not in repr(value)


def test_the_pepper_is_made_once_and_only_ours_to_read(tmp_path: Path) -> None:
    """The file appears whole, with mode 0600, and the second to come reads the first one's."""
    path = tmp_path / "keys" / "pin.pepper"
    first, second = people.load_pepper(path), people.load_pepper(path)

    assert first == second
    assert 32 == len(first.key)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert [path] == list(path.parent.iterdir())


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_broken_pepper_stops_the_house(tmp_path: Path, content: bytes) -> None:
    """A file that holds no key is refused, for with another key every PIN would be wrong."""
    path = tmp_path / "pin.pepper"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="a pepper has 32 bytes"):
        people.load_pepper(path)


def test_a_digest_is_of_every_fact() -> None:
    """One fact changed, added or taken away is another digest; their order is not."""
    facts: dict[str, object] = {"amount_minor": 2000, "payee": "bob", "currency": "USD"}
    others: list[dict[str, object]] = [
        facts | {"amount_minor": 2001},
        facts | {"payee": "bobby"},
        facts | {"x": 1},
        {"amount_minor": 2000},
    ]

    assert people.digest_of(facts) == people.digest_of(dict(reversed(facts.items())))
    assert 5 == len({people.digest_of(one) for one in (facts, *others)})
