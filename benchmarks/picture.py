"""A line chart as SVG: logarithmic to the right, linear from zero upwards."""

import math
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 720, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 56, 52
_COLOURS = ("#2f6f4f", "#b0602c")
_STYLE = "font-family:system-ui,sans-serif;font-size:13px;fill:#333"


@dataclass(frozen=True, slots=True)
class Line:
    """A name and its points; every line has the same places to the right."""

    name: str
    points: list[tuple[float, float]]


def draw(title: str, across: str, up: str, lines: list[Line]) -> str:
    """The picture's text."""
    places = [x for x, _ in lines[0].points]
    top = _round_up(max(y for line in lines for _, y in line.points))

    def at(x: float, y: float) -> tuple[float, float]:
        share = (math.log10(x) - math.log10(places[0])) / (math.log10(places[-1]) - math.log10(places[0]))
        right = _LEFT + share * (_WIDTH - _LEFT - _RIGHT)
        return round(right, 1), round(_HEIGHT - _BOTTOM - y / top * (_HEIGHT - _TOP - _BOTTOM), 1)

    parts = [_text(_LEFT, 22, title, "font-weight:600;font-size:15px"), _text(8, _TOP - 14, up)]
    parts.append(_text(_WIDTH - _RIGHT, _HEIGHT - 10, across, anchor="end"))
    for step in range(5):
        x, y = at(places[0], top * step / 4)
        parts.append(f'<path d="M{x} {y}H{_WIDTH - _RIGHT}" stroke="#ddd"/>')
        parts.append(_text(x - 8, y + 4, f"{top * step / 4:g}", anchor="end"))
    parts += [_text(*_below(at(x, 0)), f"{x:,.0f}", anchor="middle") for x in places]
    for n, (line, colour) in enumerate(zip(lines, _COLOURS, strict=False)):
        spots = [at(x, y) for x, y in line.points]
        path = "L".join(f"{x} {y}" for x, y in spots)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>' for x, y in spots]
        parts.append(_text(_WIDTH - _RIGHT, 22 + 18 * n, f"● {line.name}", f"fill:{colour}", anchor="end"))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">\n'
        f'<title>{escape(title)}</title>\n<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _below(spot: tuple[float, float]) -> tuple[float, float]:
    return spot[0], spot[1] + 20


def _text(x: float, y: float, text: str, style: str = "", anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" style="{_STYLE};{style}">{escape(text)}</text>'


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 8 tens, hundreds, …"""
    tens = 10 ** math.floor(math.log10(value))
    return float(next(step * tens for step in (1, 2, 4, 8, 10, 20) if step * tens >= value))
