"""Passkeys, answered by an authenticator in software: what is believed, and what is not."""

import copy
import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.people.authenticator import Authenticator
from tests.people.conftest import Enrol
from webauthn.helpers import base64url_to_bytes

from tuppence import people
from tuppence.core import Failure, uuid7
from tuppence.db import Database, Statement
from tuppence.people import errors, passkeys

PARTY = people.RelyingParty("pay.example", "https://pay.example")
PHONE = people.Device("Phone", "bearer")
AGE = Statement("age", "UPDATE people.challenge SET expires_at = expires_at - %(by)s::interval")
CHALLENGES = Statement("challenges", "SELECT challenge FROM people.challenge")
Spoil = Callable[[Authenticator], None]


@pytest.fixture
async def ada(enrol: Enrol) -> people.Person:
    (ada,) = await enrol("ada")
    return ada


@pytest.fixture
def phone() -> Authenticator:
    return Authenticator(PARTY.origin)


async def register(database: Database, person_id: UUID, authenticator: Authenticator) -> people.Passkey:
    async with database.transaction() as tx:
        options = await passkeys.register_options(tx, PARTY, person_id)
    async with database.transaction() as tx:
        return await passkeys.register(tx, PARTY, person_id, "Ada's phone", authenticator.register(options))


async def options_to_sign_in(database: Database) -> dict[str, Any]:
    async with database.transaction() as tx:
        return await passkeys.sign_in_options(tx, PARTY)


async def sign_in(database: Database, credential: dict[str, Any]) -> people.Signed:
    async with database.transaction() as tx:
        return await passkeys.sign_in(tx, PARTY, PHONE, credential)


@pytest.mark.parametrize(
    ("url", "party"),
    [
        ("https://pay.example", PARTY),
        ("https://pay.example:8443/", people.RelyingParty("pay.example", "https://pay.example:8443")),
        ("http://localhost:8000", people.RelyingParty("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", None),
        ("http://[::1]:8000", None),
        ("http://pay.example", None),
        ("", None),
    ],
)
def test_who_we_are_to_an_authenticator(url: str, party: people.RelyingParty | None) -> None:
    """A domain over HTTPS, or localhost; an address or plain HTTP can have no passkeys."""
    assert party == people.RelyingParty.of(url)


async def test_a_passkey_signs_in(database: Database, ada: people.Person, phone: Authenticator) -> None:
    """Registered once, it signs in again and again, and shows in the list."""
    made = await register(database, ada.id, phone)
    for _ in range(2):
        signed = await sign_in(database, phone.sign(await options_to_sign_in(database), ada.id))
        assert ada == signed.person
    async with database.transaction(read_only=True) as tx:
        assert [made] == await passkeys.access_passkeys(tx, ada.id)
        assert (await people.access_me(tx, ada.id)).has_passkey


async def test_options_ask_for_a_verified_user_and_name_nobody(database: Database, ada: people.Person) -> None:
    """The authenticator must verify its user; the options to sign in are the same whoever has passkeys."""
    async with database.transaction() as tx:
        to_register = await passkeys.register_options(tx, PARTY, ada.id)
        to_sign_in = await passkeys.sign_in_options(tx, PARTY)

    assert "required" == to_register["authenticatorSelection"]["userVerification"]
    assert "required" == to_register["authenticatorSelection"]["residentKey"]
    assert "required" == to_sign_in["userVerification"]
    assert not to_sign_in.get("allowCredentials")
    assert to_sign_in["challenge"] != (await options_to_sign_in(database))["challenge"]


async def test_an_answer_is_believed_once(database: Database, ada: people.Person, phone: Authenticator) -> None:
    """The same answer again is refused, word for word, and so is a fresh signature over a used challenge."""
    await register(database, ada.id, phone)
    options = await options_to_sign_in(database)
    answer = phone.sign(options)
    await sign_in(database, answer)
    for again in (answer, phone.sign(options)):
        with pytest.raises(errors.PasskeyRefused):
            await sign_in(database, again)


def _wrong_origin(phone: Authenticator) -> None:
    phone.origin = "https://pay.example.evil"


def _wrong_party(phone: Authenticator) -> None:
    phone.rp_id = "evil"


def _unverified(phone: Authenticator) -> None:
    phone.verifies = False


def _cloned(phone: Authenticator) -> None:
    phone.count = 0


def _unknown(phone: Authenticator) -> None:
    phone.id = bytes(16)


def _other_key(phone: Authenticator) -> None:
    phone.key = Authenticator(phone.origin).key


@pytest.mark.parametrize("spoil", [_wrong_origin, _wrong_party, _unverified, _cloned, _unknown, _other_key])
async def test_a_spoilt_signature_is_refused(
    database: Database, ada: people.Person, phone: Authenticator, spoil: Spoil
) -> None:
    """Another site's page, an unverified user, a clone's counter, another key: none signs in."""
    await register(database, ada.id, phone)
    await sign_in(database, phone.sign(await options_to_sign_in(database)))
    spoil(phone)
    with pytest.raises(errors.PasskeyRefused):
        await sign_in(database, phone.sign(await options_to_sign_in(database)))


@pytest.mark.parametrize("spoil", [_wrong_origin, _wrong_party, _unverified])
async def test_a_spoilt_registration_is_refused(
    database: Database, ada: people.Person, phone: Authenticator, spoil: Spoil
) -> None:
    """What could not sign in is not kept either."""
    spoil(phone)
    with pytest.raises(errors.PasskeyRefused):
        await register(database, ada.id, phone)


async def test_a_challenge_lives_five_minutes(database: Database, ada: people.Person, phone: Authenticator) -> None:
    """A late answer is refused, and old challenges are swept when new ones are made."""
    await register(database, ada.id, phone)
    options = await options_to_sign_in(database)
    async with database.transaction() as tx:
        await tx.execute(AGE, by=timedelta(seconds=passkeys.CHALLENGE_SECONDS + 1))
    with pytest.raises(errors.PasskeyRefused):
        await sign_in(database, phone.sign(options))
    await options_to_sign_in(database)
    async with database.transaction() as tx:
        assert 1 == len(await tx.scalars(CHALLENGES))


async def test_challenges_of_one_ceremony_open_no_other(
    database: Database, enrol: Enrol, ada: people.Person, phone: Authenticator
) -> None:
    """A challenge to register does not sign in, nor register for somebody else."""
    (bob,) = await enrol("bob")
    await register(database, ada.id, phone)
    async with database.transaction() as tx:
        options = await passkeys.register_options(tx, PARTY, ada.id)
    with pytest.raises(errors.PasskeyRefused):
        await sign_in(database, phone.sign(options | {"rpId": PARTY.id}))
    async with database.transaction() as tx:
        with pytest.raises(errors.PasskeyRefused):
            await passkeys.register(tx, PARTY, bob.id, "Mine", Authenticator(PARTY.origin).register(options))


async def test_a_passkey_is_kept_once(database: Database, enrol: Enrol, phone: Authenticator) -> None:
    """Neither its owner nor anybody else can register it again, and nobody else can remove it."""
    ada, bob = await enrol("ada", "bob")
    made = await register(database, ada.id, phone)
    for person in (ada, bob):
        with pytest.raises(errors.PasskeyKnown):
            await register(database, person.id, phone)
    async with database.transaction() as tx:
        for thief, passkey in ((bob.id, made.id), (ada.id, uuid7())):
            with pytest.raises(errors.PasskeyNotFound):
                await passkeys.remove(tx, thief, passkey)
        await passkeys.remove(tx, ada.id, made.id)
        assert [] == await passkeys.access_passkeys(tx, ada.id)
    with pytest.raises(errors.PasskeyRefused):
        await sign_in(database, phone.sign(await options_to_sign_in(database)))


async def test_a_passkey_proves_one_payment(
    database: Database, ada: people.Person, phone: Authenticator, session_of: Callable[[UUID], Awaitable[people.Signed]]
) -> None:
    """The challenge is bound to session, payment, amount and payee: any other is refused, and the right one proves."""
    await register(database, ada.id, phone)
    session = (await session_of(ada.id)).session
    proof = people.Proof(ada.id, session.id, uuid7(), people.digest_of({"amount_minor": 2000, "payee": "bob"}))
    others = [
        people.Proof(ada.id, session.id, proof.purpose, people.digest_of({"amount_minor": 9999, "payee": "bob"})),
        people.Proof(ada.id, session.id, uuid7(), proof.digest),
        people.Proof(ada.id, (await session_of(ada.id)).session.id, proof.purpose, proof.digest),
        people.Proof(uuid7(), session.id, proof.purpose, proof.digest),
    ]
    async with database.transaction() as tx:
        options = await passkeys.step_up_options(tx, PARTY, proof)
    for other in others:
        with pytest.raises(errors.PasskeyRefused):
            await prove(database, other, phone.sign(options))
    with pytest.raises(errors.PasskeyRefused):
        await prove(database, proof, phone.sign(await options_to_sign_in(database)))

    await prove(database, proof, phone.sign(options))
    async with database.transaction(read_only=True) as tx:
        asked = [(one.session_id, one.purpose) for one in (proof, others[1], others[2])]
        assert [False, True, True] == [one is None for one in await people.last_proof(tx, asked)]


async def prove(database: Database, proof: people.Proof, credential: dict[str, Any]) -> None:
    async with database.transaction() as tx:
        await passkeys.prove(tx, PARTY, proof, credential)


async def test_what_is_signed_follows_from_the_digest(database: Database, ada: people.Person) -> None:
    """The challenge is a hash, different each time, and names the person's own passkeys only."""
    phone = Authenticator(PARTY.origin)
    await register(database, ada.id, phone)
    proof = people.Proof(ada.id, uuid7(), uuid7(), hashlib.sha256(b"payment").digest())
    async with database.transaction() as tx:
        one, other = [await passkeys.step_up_options(tx, PARTY, proof) for _ in range(2)]

    assert one["challenge"] != other["challenge"]
    assert 32 == len(base64url_to_bytes(one["challenge"]))
    assert [phone.id] == [base64url_to_bytes(known["id"]) for known in one["allowCredentials"]]


def _hostile(good: dict[str, Any]) -> list[Any]:
    """A good answer, each time with one member missing or of a wrong kind."""
    bad: list[Any] = [{}, {"response": None}, {"response": []}, {"id": 1}]
    wrong: list[Any] = [None, 1, "", "é", "A", "e30", "bnVsbA", "W10", [], {}, "AAAA" * 50, "\ud800"]
    for member in ("id", "rawId", "type", "response"):
        bad += [{**good, member: value} for value in wrong]
    for member in good["response"]:
        for value in wrong:
            broken = copy.deepcopy(good)
            broken["response"][member] = value
            bad.append(broken)
    return bad


async def test_hostile_answers_are_refused_by_name(
    database: Database, ada: people.Person, phone: Authenticator
) -> None:
    """Whatever a stranger sends instead of a credential is refused as one, never an error of ours."""
    await register(database, ada.id, phone)
    for credential in _hostile(phone.sign(await options_to_sign_in(database))):
        with pytest.raises(Failure) as refused:
            await sign_in(database, credential)
        assert errors.PasskeyRefused() == refused.value
