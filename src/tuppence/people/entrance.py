"""Secrets: what needs a slow hash between two transactions. Each beat is the same: count the try and commit, hash with
no transaction open, then write down what follows."""

import math
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tuppence.core import Failure
from tuppence.core.policy import PinPolicy
from tuppence.db import Database, Tx
from tuppence.people import actions, rules, throttle
from tuppence.people.actions import SQL
from tuppence.people.errors import (
    HandleRefused,
    HandleTaken,
    IdTaken,
    NoPin,
    PasswordRefused,
    PasswordWrong,
    PinLocked,
    PinWrong,
    SessionEnded,
    SignInRefused,
)
from tuppence.people.hashing import Hasher, Pepper
from tuppence.people.model import Device, OpenSession, Person, Proof, Signed, SignUp


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who signs up. The id is a UUIDv7 of the caller's, so that a repeat is seen; `address` is their IP."""

    id: UUID
    handle: str
    name: str
    password: str = field(repr=False)
    locale: str
    device: Device
    address: str | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    handle: str
    password: str = field(repr=False)
    device: Device
    address: str | None = None


@dataclass(frozen=True, slots=True)
class SetPin:
    person_id: UUID
    pin: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Password:
    person_id: UUID
    handle: str
    hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Pin:
    hash: str = field(repr=False)
    tries: int
    locks: int
    locked_until: datetime
    now: datetime


class Entrance:
    """The doors of the house, for one process. Call none of these with a transaction open."""

    def __init__(self, database: Database, pepper: Pepper, policy: PinPolicy, hasher: Hasher | None = None) -> None:
        self._database = database
        self._pepper = pepper
        self._policy = policy
        self._hasher = hasher or Hasher()

    async def sign_up(self, ask: Newcomer) -> Signed:
        """Write a person and sign them in. A repeat with the same id and the same body signs the same person in again.

        Raises: HandleRefused, HandleTaken, NameRefused, LocaleRefused, PasswordRefused, IdTaken, TooManyTries,
        Overloaded.
        """
        handle, name = rules.new_handle(ask.handle), rules.clean_name(ask.name)
        locale, device = rules.clean_locale(ask.locale), actions.tidy_device(ask.device)
        password = rules.new_password(ask.password, handle)
        tidy = Newcomer(ask.id, handle, name, password, locale, device, ask.address)
        async with self._hasher.slot():
            if await self._known(ask.id) is None:
                hashed = await self._hasher.hash(password)
                async with self._database.transaction() as tx:
                    if await actions.write_people(tx, [SignUp(ask.id, handle, name, locale, hashed)]):
                        return await _open(tx, ask.id, device)
        return await self._sign_up_again(tidy)

    async def _known(self, person_id: UUID) -> Person | None:
        async with self._database.transaction(read_only=True) as tx:
            return await tx.fetch_one(SQL.people, Person, ids=[person_id])

    async def _sign_up_again(self, ask: Newcomer) -> Signed:
        """Somebody has this id or this handle: let them in if it is who asks, down to the password."""
        known = await self._known(ask.id)
        if known is None:
            raise HandleTaken
        if (known.handle, known.name) != (ask.handle, ask.name):
            raise IdTaken
        try:
            return await self.sign_in(SignIn(ask.handle, ask.password, ask.device, ask.address))
        except SignInRefused:
            raise IdTaken from None

    async def sign_in(self, ask: SignIn) -> Signed:
        """Sign a device in. It takes as long whether or not somebody has this handle.

        Raises: SignInRefused, TooManyTries, NameRefused (the device's), Overloaded.
        """
        handle, password, device = _plain(ask.handle), _as_hashed(ask.password), actions.tidy_device(ask.device)
        tries = throttle.password_tries(handle, ask.address)
        async with self._hasher.slot():
            async with self._database.transaction() as tx:
                await throttle.take(tx, tries)
                known = await tx.fetch_one(SQL.password_by_handle, _Password, handle=handle)
            right = await self._hasher.verify(known.hash if known else None, password)
        if known is None or not right:
            raise SignInRefused
        async with self._database.transaction() as tx:
            await throttle.forgive(tx, tries)
            return await _open(tx, known.person_id, device)

    async def set_pin(self, ask: SetPin) -> None:
        """Choose a payment PIN, or another one. The password is asked for again, and counted like a sign-in's.

        Raises: PinRefused, PasswordWrong, TooManyTries, Overloaded.
        """
        pin = rules.new_pin(ask.pin)
        async with self._database.transaction(read_only=True) as tx:
            known = await tx.fetch_one(SQL.password_by_id, _Password, person_id=ask.person_id)
        if known is None:
            raise PasswordWrong
        tries = throttle.password_tries(known.handle, None)
        async with self._hasher.slot():
            async with self._database.transaction() as tx:
                await throttle.take(tx, tries)
            if not await self._hasher.verify(known.hash, _as_hashed(ask.password)):
                raise PasswordWrong
            hashed = await self._hasher.hash(self._pepper.on(ask.person_id, pin))
        async with self._database.transaction() as tx:
            await throttle.forgive(tx, tries)
            await tx.execute(SQL.set_pin, person_id=ask.person_id, hash=hashed)
            await actions.tell_me(tx, [ask.person_id])

    async def prove(self, proof: Proof, pin: str) -> None:
        """Prove who one is by PIN; `last_proof` then knows. Every try is committed before it is looked at.

        Raises: NoPin, PinWrong, PinLocked (also when this try was the last one), SessionEnded, Overloaded.
        """
        async with self._hasher.slot():
            stored, after = await self._take_try(proof.person_id)
            right = await self._hasher.verify(stored, self._pepper.on(proof.person_id, pin))
        if not right:
            raise self._wrong(after)
        async with self._database.transaction() as tx:
            await tx.execute(SQL.forget_tries, person_id=proof.person_id, hash=stored)
            if not await actions.write_proof(tx, proof, "pin"):
                raise SessionEnded

    async def _take_try(self, person_id: UUID) -> tuple[str, rules.PinTries]:
        """Count a try and commit. Raises: NoPin, PinLocked."""
        async with self._database.transaction() as tx:
            pin = await tx.fetch_one(SQL.lock_pin, _Pin, person_id=person_id)
            if pin is None:
                raise NoPin
            before = rules.PinTries(pin.tries, pin.locks, pin.locked_until)
            after = rules.take_try(before, pin.now, self._policy)
            if after is None:
                raise _locked(before, pin.now)
            await tx.execute(
                SQL.write_tries,
                person_id=person_id,
                tries=after.tries,
                locks=after.locks,
                locked_until=after.locked_until,
            )
        return pin.hash, after

    def _wrong(self, after: rules.PinTries) -> Failure:
        now = datetime.now(after.locked_until.tzinfo)
        if now < after.locked_until:
            return _locked(after, now)
        return PinWrong(tries_left=self._policy.tries - after.tries)


def _locked(pin: rules.PinTries, now: datetime) -> PinLocked:
    return PinLocked(retry_after_seconds=math.ceil((pin.locked_until - now).total_seconds()))


async def _open(tx: Tx, person_id: UUID, device: Device) -> Signed:
    return (await actions.open_sessions(tx, [OpenSession(person_id, device)]))[0]


def _plain(handle: str) -> str:
    """A handle to look up; what can't be one is nobody's, and takes as long."""
    try:
        return rules.handle_in(handle)
    except HandleRefused:
        return ""


def _as_hashed(password: str) -> str:
    """A password to compare; what can't be one is nobody's, and takes as long."""
    try:
        return rules.clean_password(password)
    except PasswordRefused:
        return ""
