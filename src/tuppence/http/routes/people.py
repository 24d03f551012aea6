"""Who you are: sign up, sign in, devices, passkeys, PIN."""

from typing import Any

from fastapi import Request, Response

from tuppence import people
from tuppence.db import Tx
from tuppence.http.answers import answer, nothing
from tuppence.http.deps import ReadsProfile, Signed, TheHouse, address_of, held_token
from tuppence.http.errors import NoPasskeys
from tuppence.http.fields import Id
from tuppence.http.house import House, party_of
from tuppence.http.openapi import by_app
from tuppence.http.problems import refuses
from tuppence.http.routing import room
from tuppence.http.schemas import (
    ChangeMeBody,
    Me,
    Passkey,
    PasskeyBody,
    PasskeyOptions,
    Passkeys,
    PasskeySignInBody,
    PinBody,
    Sessions,
    SignedIn,
    SignInBody,
    SignUpBody,
)
from tuppence.people import errors, passkeys

router = room("people")

OPEN: dict[str, Any] = {"security": []}  # for those who are not signed in yet
_COOKIE_SECONDS = 30 * 86_400  # the session itself ends when people say so


@router.post(
    "/people",
    response_model=SignedIn,
    status_code=201,
    openapi_extra=OPEN,
    responses=refuses(
        errors.HandleRefused,
        errors.HandleTaken,
        errors.NameRefused,
        errors.LocaleRefused,
        errors.PasswordRefused,
        errors.IdTaken,
        errors.TooManyTries,
    ),
)
async def sign_up(body: SignUpBody, request: Request, house: TheHouse) -> Response:
    """Become somebody here, and sign this device in. The id is yours: repeat until answered."""
    house.limits.take("sign_up", address_of(request))
    device = people.Device(body.device_name, body.transport, held_token(request, house))
    newcomer = people.Newcomer(body.id, body.handle, body.name, body.password, body.locale, device, address_of(request))
    return _signed_in(await house.entrance.sign_up(newcomer), house)


@router.post(
    "/sessions",
    response_model=SignedIn,
    status_code=201,
    openapi_extra=OPEN,
    responses=refuses(errors.SignInRefused, errors.TooManyTries, errors.NameRefused),
)
async def sign_in(body: SignInBody, request: Request, house: TheHouse) -> Response:
    """Sign this device in with a handle and a password."""
    house.limits.take("sign_in", address_of(request))
    device = people.Device(body.device_name, body.transport, held_token(request, house))
    return _signed_in(
        await house.entrance.sign_in(people.SignIn(body.handle, body.password, device, address_of(request))), house
    )


@router.post(
    "/sessions/passkey/options",
    response_model=PasskeyOptions,
    openapi_extra=OPEN,
    responses=refuses(NoPasskeys),
)
async def begin_passkey_sign_in(request: Request, house: TheHouse) -> Response:
    """Begin to sign in with a passkey."""
    house.limits.take("sign_in", address_of(request))
    party = party_of(house)
    async with house.database.transaction() as tx:
        options = await passkeys.sign_in_options(tx, party)
    return answer({"options": options})


@router.post(
    "/sessions/passkey",
    response_model=SignedIn,
    status_code=201,
    openapi_extra=OPEN,
    responses=refuses(NoPasskeys, errors.PasskeyRefused, errors.NameRefused),
)
async def sign_in_with_passkey(body: PasskeySignInBody, request: Request, house: TheHouse) -> Response:
    """Sign this device in with what the browser's passkey answered."""
    house.limits.take("sign_in", address_of(request))
    device = people.Device(body.device_name, body.transport, held_token(request, house))
    party = party_of(house)
    async with house.database.transaction() as tx:
        signed = await passkeys.sign_in(tx, party, device, body.credential)
    return _signed_in(signed, house)


@router.get("/sessions", response_model=Sessions)
async def list_sessions(caller: Signed, house: TheHouse) -> Response:
    """The devices that are signed in as you."""
    async with house.database.transaction(read_only=True) as tx:
        sessions = await people.access_sessions(tx, caller.person_id)
    return answer({"sessions": [_session(one, caller.session) for one in sessions]})


@router.delete("/sessions/current", status_code=204)
async def sign_out(caller: Signed, house: TheHouse) -> Response:
    """Sign this device out."""
    await _end(house, people.EndSession(caller.person_id, caller.session.id))
    response = nothing()
    response.delete_cookie(house.cookie, path="/", secure=house.is_secure, httponly=True, samesite="lax")
    return response


@router.delete("/sessions/{session_id}", status_code=204, responses=refuses(errors.SessionNotFound))
async def end_session(session_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Sign another device out; it falls silent within a second."""
    await _end(house, people.EndSession(caller.person_id, session_id))
    return nothing()


@router.post("/passkeys/options", response_model=PasskeyOptions, responses=refuses(NoPasskeys, errors.TooManyPasskeys))
async def begin_passkey(caller: Signed, house: TheHouse) -> Response:
    """Begin to add a passkey."""
    party = party_of(house)
    async with house.database.transaction() as tx:
        options = await passkeys.register_options(tx, party, caller.person_id)
    return answer({"options": options})


@router.post(
    "/passkeys",
    response_model=Passkey,
    status_code=201,
    responses=refuses(NoPasskeys, errors.PasskeyRefused, errors.PasskeyKnown, errors.TooManyPasskeys),
)
async def add_passkey(body: PasskeyBody, caller: Signed, house: TheHouse) -> Response:
    """Add the passkey that the browser just made."""
    party = party_of(house)
    async with house.database.transaction() as tx:
        passkey = await passkeys.register(tx, party, caller.person_id, body.name, body.credential)
    return answer(passkey, 201)


@router.get("/passkeys", response_model=Passkeys)
async def list_passkeys(caller: Signed, house: TheHouse) -> Response:
    """Your passkeys."""
    async with house.database.transaction(read_only=True) as tx:
        kept = await passkeys.access_passkeys(tx, caller.person_id)
    return answer({"passkeys": kept})


@router.delete("/passkeys/{passkey_id}", status_code=204, responses=refuses(errors.PasskeyNotFound))
async def remove_passkey(passkey_id: Id, caller: Signed, house: TheHouse) -> Response:
    """Forget a passkey."""
    async with house.database.transaction() as tx:
        await passkeys.remove(tx, caller.person_id, passkey_id)
    return nothing()


@router.get("/me", response_model=Me, openapi_extra=by_app("profile:read"))
async def read_me(caller: ReadsProfile, house: TheHouse) -> Response:
    """You, and the link by which friends find you."""
    async with house.database.transaction(read_only=True) as tx:
        return answer(await me_view(tx, house, caller.person_id))


@router.patch("/me", response_model=Me, responses=refuses(errors.NameRefused, errors.LocaleRefused))
async def change_me(body: ChangeMeBody, caller: Signed, house: TheHouse) -> Response:
    """Change your name or your language."""
    await house.together(people.change_me, people.ChangeMe(caller.person_id, body.name, body.locale))
    async with house.database.transaction(read_only=True) as tx:
        return answer(await me_view(tx, house, caller.person_id))


@router.put(
    "/me/pin",
    status_code=204,
    responses=refuses(errors.PinRefused, errors.PasswordWrong, errors.TooManyTries),
)
async def set_pin(body: PinBody, caller: Signed, house: TheHouse) -> Response:
    """Set the PIN that you confirm payments with. It takes your password."""
    house.limits.take("prove", caller.person_id)
    await house.entrance.set_pin(people.SetPin(caller.person_id, body.pin, body.password))
    return nothing()


async def me_view(tx: Tx, house: House, person_id: Id) -> dict[str, Any]:
    """`Me` as the wire has it."""
    me = (await people.access_me(tx, person_id)).wire()
    link = people.link_to(house.public_url, me["handle"])
    return me | {"link": link, "qr_svg": people.qr_svg(link)}


def _signed_in(signed: people.Signed, house: House) -> Response:
    """The token goes into the cookie or into the answer, as the client asked; never into both."""
    by_cookie = signed.session.transport == "cookie"
    view = {
        "person": signed.person.profile.wire(),
        "session_id": signed.session.id,
        "token": None if by_cookie else signed.token,
    }
    response = answer(view, 201)
    if by_cookie:
        response.set_cookie(
            house.cookie,
            signed.token,
            max_age=_COOKIE_SECONDS,
            path="/",
            secure=house.is_secure,
            httponly=True,
            samesite="lax",
        )
    return response


async def _end(house: House, ask: people.EndSession) -> None:
    await house.together(people.end_sessions, ask)
    house.sessions.forget(lambda session: session.id == ask.session_id)


def _session(session: people.Session, current: people.Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "device_name": session.device_name,
        "created_at": session.created_at,
        "seen_at": session.last_seen_at,
        "current": session.id == current.id,
    }
