"""The facts of one payment's receipt, from the view that its reader may see."""

from datetime import datetime
from typing import Any

from tuppence.http.documents.statements import brand
from tuppence.http.documents.words import Words, utc
from tuppence.payments import View


def receipt(view: View, words: Words, *, now: datetime, sandbox: bool) -> dict[str, Any]:
    """What is printed: the amount, who paid whom, the numbers by which banks find it, and its history."""
    say = words.say
    amount = words.money(view["amount_minor"], view["currency"])
    return {
        "title": f"{say('receipt')} – {amount}",
        "lang": words.language,
        "amount": amount,
        "state": say(f"state_{view['state']}"),
        "head": [say("what"), say("detail")],
        "rows": [{"name": say(name), "value": value, "more": more} for name, value, more in _rows(view, words)],
        "timeline_title": say("timeline"),
        "timeline_head": [say("time"), say("state")],
        "timeline": [_step(step, words) for step in view["timeline"]],
        "made": say("made", at=words.time(now)),
        "foot": say("sandbox") if sandbox else "Tuppence",
        "page": say("page"),
    }


def _rows(view: View, words: Words) -> list[tuple[str, str, str]]:
    """Name, value, and what stands small under it; what is not known is left out."""
    created = datetime.fromisoformat(view["created_at"])
    rows = [
        ("from", _person(view["payer"]), ""),
        ("to", _person(view["payee"]), ""),
        ("note", view["note"], ""),
        ("funding", _card(view["funding"]), ""),
        ("receiving", _card(view["receiving"]), ""),
        ("fee", words.say("free"), ""),
        ("time", words.time(created), utc(created)),
        ("expected", _between(view["arrival"], words), ""),
        ("approval", view["approval"], ""),
        ("trace", view["trace"], ""),
        ("id", view["id"], ""),
    ]
    return [(name, value, more) for name, value, more in rows if value]


def _person(profile: dict[str, Any]) -> str:
    return f"{profile['name']} · @{profile['handle']}"


def _card(face: dict[str, Any] | None) -> str:
    """A card with its bank; an account is its bank's name."""
    if face is None:
        return ""
    account = f"{face['bank']} ••{face['last4']}"
    return account if face["brand"] == "bank" else f"{brand(face['brand'])} ••{face['last4']} · {face['bank']}"


def _between(arrival: dict[str, Any] | None, words: Words) -> str:
    if arrival is None:
        return ""
    earliest, latest = (words.day_of(datetime.fromisoformat(arrival[end])) for end in ("earliest", "latest"))
    return earliest if earliest == latest else words.say("between", earliest=earliest, latest=latest)


def _step(step: dict[str, Any], words: Words) -> dict[str, str]:
    at = datetime.fromisoformat(step["at"])
    return {"time": words.time(at), "utc": utc(at), "what": words.say(f"state_{step['state']}")}
