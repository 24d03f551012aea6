"""Somebody's link, and the same as a QR code."""

import io

import segno


def link_to(public_url: str, handle: str) -> str:
    """Where somebody can be asked for friendship: to be shared, or shown as a QR code."""
    return f"{public_url.rstrip('/')}/add/{handle}"


def qr_svg(text: str) -> str:
    """A QR code as a small SVG: dark on light whatever the page's colours are, since not every reader takes both."""
    out = io.BytesIO()
    code = segno.make_qr(text, error="m")
    code.save(out, kind="svg", xmldecl=False, nl=False, omitsize=True, border=2, light="#fff")
    return out.getvalue().decode()
