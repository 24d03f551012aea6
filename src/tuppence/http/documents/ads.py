"""Bills and monthly statements of advertisers, as documents and as tables."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tuppence.http.documents.statements import brand
from tuppence.http.documents.table import MARK, harmless
from tuppence.http.documents.words import Words, plain, utc

View = dict[str, Any]
Rows = list[list[str]]


def bill(told: View, words: Words, *, now: datetime, sandbox: bool) -> dict[str, Any]:
    """What is printed of a bill, which is its receipt once it is paid."""
    say, currency = words.say, told["currency"]
    closed = told["closed_at"] or now
    sections = [
        _section(
            say("ads_used"),
            [say("ads_campaign"), say("ads_quantity"), say("amount")],
            [
                [_kind(line, words), str(line["quantity"] or ""), words.money(line["amount_minor"], currency)]
                for line in told["lines"]
            ],
        ),
        _section(say("ads_sums"), [say("what"), say("amount")], _sums(told, words)),
    ]
    if told["charges"]:
        head = [say("ads_asked"), say("ads_method"), say("amount")]
        sections.append(_section(say("ads_charges"), head, [_charge(one, currency, words) for one in told["charges"]]))
    lead = [say("period", first=words.day_of(told["opened_at"]), last=words.day_of(closed))]
    if told["tax"]["note"] == "reverse_charge":
        lead.append(say("ads_reverse_charge"))
    state = say(f"ads_state_{told['state']}")
    return _paper(say("ads_bill", number=told["number"]), told, words, now, sandbox) | {
        "amount": words.money(told["due_minor"], currency),
        "state": f"{state} · {told['reference']}" if told["reference"] else state,
        "lead": lead,
        "sections": sections,
    }


def _sums(told: View, words: Words) -> Rows:
    """What is always said, and beside it what is not nought."""
    tax = told["tax"]
    rows = [
        ("ads_total_used", told["used_minor"], True),
        ("ads_credits", -told["credits_minor"], False),
        ("ads_prepaid", -told["prepaid_minor"], False),
        ("ads_carried", told["carried_minor"], False),
        ("ads_refunded", told["refunded_minor"], False),
        ("ads_due", told["due_minor"], True),
    ]
    found = [[words.say(name), words.money(minor, told["currency"])] for name, minor, always in rows if always or minor]
    if tax["tax_minor"]:
        rate = f"{tax['basis_points'] / 100:g}"
        found.append([words.say("ads_tax", rate=rate), words.money(tax["tax_minor"], told["currency"])])
        found.append([words.say("ads_net"), words.money(tax["net_minor"], told["currency"])])
    return found


def _kind(line: View, words: Words) -> str:
    return words.say(f"ads_kind_{line['kind']}", name=line["name"])


def _charge(one: View, currency: str, words: Words) -> list[str]:
    by = one["instrument"]
    named = f"{brand(by['brand']) if by['kind'] == 'card' else by['bank']} ••{by['last4']}" if by else ""
    said = words.say(f"ads_charge_{one['state']}")
    return [words.time(one["asked_at"]), f"{named} · {said}", words.money(one["amount_minor"], currency)]


def statement(told: View, words: Words, *, now: datetime, sandbox: bool) -> dict[str, Any]:
    """What is printed of a month."""
    say, currency = words.say, told["account"]["currency"]

    def money(minor: int) -> str:
        return words.money(minor, currency)

    opening, closing = told["opening"], told["closing"]
    balances = [
        [say("ads_unpaid_before"), money(opening["unpaid_minor"])],
        [say("ads_unpaid_after"), money(closing["unpaid_minor"])],
        [say("ads_prepaid_before"), money(opening["prepaid_minor"])],
        [say("ads_prepaid_after"), money(closing["prepaid_minor"])],
    ]
    used = [[one["name"], str(one["quantity"]), money(one["amount_minor"])] for one in told["used"]]
    used.append([say("ads_total_used"), "", money(told["used_minor"])])
    if told["credits_minor"]:
        used.append([say("ads_credits"), "", money(-told["credits_minor"])])
    moves = [
        [words.time(one["at"]), say(f"ads_move_{one['what']}"), money(one["amount_minor"])] for one in told["moves"]
    ]
    sections = [
        _section(say("ads_used"), [say("ads_campaign"), say("ads_quantity"), say("amount")], used),
        _section(say("ads_balances"), [say("what"), say("amount")], balances),
    ]
    if moves:
        sections.append(_section(say("ads_moves"), [say("time"), say("what"), say("amount")], moves))
    return _paper(say("ads_statement", month=told["month"]), told, words, now, sandbox) | {
        "amount": money(told["used_minor"] - told["credits_minor"]),
        "state": told["account"]["name"],
        "lead": [say("zone", zone=told["account"]["zone"])],
        "sections": sections,
    }


def _paper(title: str, told: View, words: Words, now: datetime, sandbox: bool) -> dict[str, Any]:
    """What every document has: both parties, when it was made, and that it is play money where it is."""
    seller, buyer = told["seller"], told["billed_to"]
    return {
        "title": title,
        "lang": words.language,
        "parties": [
            {"head": words.say("ads_from"), "lines": _party(seller["name"], "", seller["tax_id"], words)},
            {
                "head": words.say("ads_to"),
                "lines": _party(buyer.get("name", ""), buyer.get("address", ""), buyer.get("tax_id", ""), words),
            },
        ],
        "made": words.say("made", at=words.time(now)),
        "foot": words.say("sandbox") if sandbox else "Tuppence",
        "page": words.say("page"),
    }


def _party(name: str, address: str, tax_id: str, words: Words) -> list[str]:
    return [line for line in (name, address, words.say("ads_tax_id", id=tax_id) if tax_id else "") if line] or ["–"]


def _section(title: str, head: list[str], rows: Rows) -> dict[str, Any]:
    return {"title": title, "head": head, "rows": rows}


# - tables for programs ----------------------------------------------------------------------------------------------

_BILL = ("bill", "campaign_id", "campaign", "kind", "quantity", "amount", "currency")
_STATEMENT = ("at", "what", "id", "name", "quantity", "amount", "currency")


def bill_rows(told: View) -> str:
    """The lines of a bill, then who paid what of it; amounts as plain numbers."""
    currency = told["currency"]
    lines = [
        (line["campaign_id"] or "", harmless(line["name"]), line["kind"], line["quantity"], line["amount_minor"])
        for line in told["lines"]
    ]
    parts = [
        ("", "", "credits", "", -told["credits_minor"]),
        ("", "", "prepaid", "", -told["prepaid_minor"]),
        ("", "", "carried", "", told["carried_minor"]),
        ("", "", "refunded", "", told["refunded_minor"]),
    ]
    rows = [*lines, *(part for part in parts if part[-1])]
    rows.append(("", "", "due", "", sum(row[-1] for row in rows)))
    return _csv(_BILL, ((told["number"], *row[:-1], plain(row[-1], currency), currency) for row in rows))


def statement_rows(told: View) -> str:
    """What was used, what moved, and the balances at both ends."""
    currency = told["account"]["currency"]
    rows: list[tuple[Any, ...]] = [
        ("", "opening_unpaid", "", "", "", told["opening"]["unpaid_minor"]),
        ("", "opening_prepaid", "", "", "", told["opening"]["prepaid_minor"]),
        *(
            ("", "used", one["campaign_id"], harmless(one["name"]), one["quantity"], one["amount_minor"])
            for one in told["used"]
        ),
        ("", "credits", "", "", "", -told["credits_minor"]),
        *((utc(one["at"]), one["what"], one["id"], "", "", one["amount_minor"]) for one in told["moves"]),
        ("", "closing_unpaid", "", "", "", told["closing"]["unpaid_minor"]),
        ("", "closing_prepaid", "", "", "", told["closing"]["prepaid_minor"]),
    ]
    return _csv(_STATEMENT, ((*row[:-1], plain(row[-1], currency), currency) for row in rows))


def _csv(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return MARK + written.getvalue()
