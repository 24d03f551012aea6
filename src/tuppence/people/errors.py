"""What people refuse. Secrets are never told apart: a wrong handle and a wrong password are one answer."""

from tuppence.core import Failure, Kind


class HandleRefused(Failure):
    """A handle has 3 to 20 of a-z, 0-9, dot and underscore, begins with a letter or digit and does not end with a
    dot. Nothing was written."""

    code = "handle_refused"


class HandleTaken(Failure):
    """Somebody has this handle, or one that looks the same, or the house keeps it for itself. Nothing was written."""

    kind = Kind.CONFLICT
    code = "handle_taken"


class NameRefused(Failure):
    """A name has 1 to 50 characters that can all be seen: no control, direction or zero-width characters; `reason`
    says which rule. Nothing was written."""

    code = "name_refused"


class LocaleRefused(Failure):
    """A locale is a language and perhaps a country, such as en or fr-CA. Nothing was written."""

    code = "locale_refused"


class PasswordRefused(Failure):
    """A password has 8 to 256 characters and is not one that everybody tries first; `reason` says which rule.
    Nothing was written."""

    code = "password_refused"


class PinRefused(Failure):
    """A PIN has 4 to 6 digits and is not one that everybody tries first; `reason` says which rule. Nothing was
    written."""

    code = "pin_refused"


class IdTaken(Failure):
    """This id was used before, for something else. Make a new one; nothing was written."""

    kind = Kind.CONFLICT
    code = "id_taken"


class SignInRefused(Failure):
    """This handle and password do not belong together, or nobody has this handle."""

    kind = Kind.UNAUTHENTICATED
    code = "sign_in_refused"


class PasswordWrong(Failure):
    """The password is not right. Nothing was written."""

    kind = Kind.FORBIDDEN
    code = "password_wrong"


class TooManyTries(Failure):
    """Too many wrong tries; wait and try again. This one was not looked at."""

    kind = Kind.TOO_MANY
    code = "too_many_tries"


class SessionEnded(Failure):
    """This session is over, was signed out, or never was."""

    kind = Kind.UNAUTHENTICATED
    code = "session_ended"


class SessionNotFound(Failure):
    """You have no such session."""

    kind = Kind.NOT_FOUND
    code = "session_not_found"


class NoPin(Failure):
    """No payment PIN is set yet. Nothing was written."""

    kind = Kind.CONFLICT
    code = "no_pin"


class PinWrong(Failure):
    """The PIN is not right; `tries_left` before it is locked."""

    kind = Kind.FORBIDDEN
    code = "pin_wrong"


class PinLocked(Failure):
    """The PIN is locked after too many wrong tries. This try was not looked at, or was the last one."""

    kind = Kind.TOO_MANY
    code = "pin_locked"


class PasskeyRefused(Failure):
    """The passkey's answer does not fit what was asked, or was given before. Ask again for options."""

    kind = Kind.FORBIDDEN
    code = "passkey_refused"


class PasskeyKnown(Failure):
    """This passkey is registered already. Nothing was written."""

    kind = Kind.CONFLICT
    code = "passkey_known"


class PasskeyNotFound(Failure):
    """You have no such passkey."""

    kind = Kind.NOT_FOUND
    code = "passkey_not_found"


class TooManyPasskeys(Failure):
    """A person keeps at most `most` passkeys. Nothing was written."""

    kind = Kind.CONFLICT
    code = "too_many_passkeys"


class PersonNotFound(Failure):
    """Nobody is known by this name."""

    kind = Kind.NOT_FOUND
    code = "person_not_found"


class ThatIsYou(Failure):
    """This is you. Nothing was written."""

    code = "that_is_you"


class YouBlockedThem(Failure):
    """You blocked this person; unblock them first. Nothing was written."""

    kind = Kind.CONFLICT
    code = "you_blocked_them"


class FriendRequestNotFound(Failure):
    """You have no such friend request."""

    kind = Kind.NOT_FOUND
    code = "friend_request_not_found"


class FriendRequestAnswered(Failure):
    """This friend request was answered otherwise before. Nothing was written."""

    kind = Kind.CONFLICT
    code = "friend_request_answered"


class KeyEnded(Failure):
    """This API key has expired, was revoked, or never was one of this installation."""

    kind = Kind.UNAUTHENTICATED
    code = "key_ended"


class KeyNotFound(Failure):
    """There is no such API key."""

    kind = Kind.NOT_FOUND
    code = "key_not_found"


class ScopeRefused(Failure):
    """An API key has at least one scope, each one of those that `scopes` lists. Nothing was written."""

    code = "scope_refused"
