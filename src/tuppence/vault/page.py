"""The card form's page: built files from `web/card`, served with nothing allowed but themselves."""

import html
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.responses import Response

from tuppence.vault.errors import NotHere
from tuppence.vault.model import Settings

PAGE = "card-form.html"
HOSTED_PAGE = "hosted.html"  # token mode: it frames the acquirer's page
_TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css"}
_NOWHERE = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "display-capture",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "screen-wake-lock",
    "usb",
)


class NotBuilt(Exception):
    """The card form's files are missing: run `make build`."""


def headers(settings: Settings) -> dict[str, str]:
    """On every answer: run our own files, talk to ourselves, be framed by the app alone, be kept nowhere."""
    framed = settings.acquirer_origin or "'none'"
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        f"frame-src {framed}",
        f"frame-ancestors {settings.app_origin}",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _NOWHERE),
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


@dataclass(frozen=True, slots=True)
class Page:
    """The built files by name, in memory: there is no path to climb out of."""

    main: str
    files: dict[str, bytes]

    @classmethod
    def load(cls, settings: Settings, folder: Traversable | None = None) -> "Page":
        """Read the built files once. Raises NotBuilt."""
        folder = folder or files("tuppence.vault").joinpath("static")
        main = HOSTED_PAGE if settings.acquirer_origin else PAGE
        if not folder.joinpath(main).is_file():
            raise NotBuilt("the card form is not built: run `make build`")
        held = {file.name: file.read_bytes() for file in folder.iterdir() if _type(file.name)}
        return cls(main, held | {main: _filled_in(held[main], settings)})

    def file(self, name: str) -> Response:
        """Raises NotHere."""
        if name not in self.files:
            raise NotHere
        return Response(self.files[name], media_type=_type(name))


def _type(name: str) -> str | None:
    return next((kind for ending, kind in _TYPES.items() if name.endswith(ending)), None)


def _filled_in(page: bytes, settings: Settings) -> bytes:
    """The two things that the page must know of this installation; scripts are files, so there is no other way in."""
    told = {"app-origin": settings.app_origin, "sandbox": "yes" if settings.sandbox else "no"}
    if settings.acquirer_origin:
        told = {"app-origin": settings.app_origin, "acquirer-origin": settings.acquirer_origin}
    text = page.decode()
    for name, value in told.items():
        assert f"{{{{{name}}}}}" in text, name
        text = text.replace(f"{{{{{name}}}}}", html.escape(value, quote=True))
    return text.encode()
