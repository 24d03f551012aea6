"""What partner apps are refused. Nothing was written unless the sentence says so."""

from tuppence.core import Failure, Kind


class AppNotFound(Failure):
    """There is no such app, or it is not this business's."""

    kind = Kind.NOT_FOUND
    code = "app_not_found"


class AppRefused(Failure):
    """An app needs a name, a home page and addresses to return to; `reason` says what is wrong. Nothing was written."""

    code = "app_refused"


class NoSecretNeeded(Failure):
    """A public app cannot keep a secret, so it gets none: it proves itself by PKCE alone. Nothing was written."""

    kind = Kind.CONFLICT
    code = "no_secret_needed"


class ConnectionNotFound(Failure):
    """There is no such connection, or it is not yours."""

    kind = Kind.NOT_FOUND
    code = "connection_not_found"


class UntrustedRequest(Failure):
    """This app is not known, or asks us to send you to an address that it did not register; `reason` says which. Do not
    go on: nothing was allowed."""

    code = "untrusted_request"


class AccessEnded(Failure):
    """This access token is unknown or over: refresh it, or ask the person again."""

    kind = Kind.UNAUTHENTICATED
    code = "access_ended"


class BubbleEnded(Failure):
    """This payment's frame is over: the app asks for a new one."""

    kind = Kind.UNAUTHENTICATED
    code = "bubble_ended"


class OAuthRefusal(Failure):
    """A refusal that OAuth has a word for: it is told as RFC 6749, section 5.2 says, or by a redirect."""


class InvalidClient(OAuthRefusal):
    """The app did not prove who it is. Nothing was written."""

    kind = Kind.UNAUTHENTICATED
    code = "invalid_client"


class InvalidOAuthRequest(OAuthRefusal):
    """A parameter is missing, repeated or not of its form. Nothing was written."""

    code = "invalid_request"


class InvalidGrant(OAuthRefusal):
    """The code or refresh token is unknown, over, used, of another app, or its proof does not hold. What came of one
    that is used twice was ended."""

    code = "invalid_grant"


class InvalidScope(OAuthRefusal):
    """A scope is unknown, or more than was allowed. Nothing was written."""

    code = "invalid_scope"


class UnsupportedGrantType(OAuthRefusal):
    """Tokens are given for an authorization code or a refresh token only. Nothing was written."""

    code = "unsupported_grant_type"


class UnsupportedResponseType(OAuthRefusal):
    """There is one way to ask: response_type=code. Nothing was written."""

    code = "unsupported_response_type"


class AccessDenied(OAuthRefusal):
    """The person said no. Nothing was written."""

    code = "access_denied"
