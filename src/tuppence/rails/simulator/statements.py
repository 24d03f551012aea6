"""What each simulated bank shows of its accounts. Pure: books in, plain values out; numbers are masked."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tuppence.rails.bank.routing import bank_of
from tuppence.rails.bank.sandbox import entries
from tuppence.rails.bank.sepa import bank_at, place_of
from tuppence.rails.bank.sepa.sandbox import ibans
from tuppence.rails.card.bins import bins
from tuppence.rails.simulator.ach import Posting
from tuppence.rails.simulator.books import ACCEPTED, TAKES, Books, Decided
from tuppence.rails.simulator.rulebook import POSTING
from tuppence.rails.simulator.sepa import Credit
from tuppence.rails.simulator.world import Account

LINES_MOST = 20  # of one account, the newest first
ACCOUNTS_MOST = 200  # those of the list, and who moved money of the crowd


def banks(books: Books, now: datetime) -> list[dict[str, Any]]:
    """Every bank with its cards, and the bank accounts on which something was posted; by name."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for account in list(books.accounts.values())[:ACCOUNTS_MOST]:
        found[account.bin.bank].append(_card(books, account, now))
    by_key: dict[str, list[Posting]] = defaultdict(list)
    for posting in books.ach.shown(now):
        by_key[posting.key].append(posting)
    for key, postings in list(by_key.items())[:ACCOUNTS_MOST]:
        bank = bank_of(postings[0].item.routing)
        assert bank is not None, "what is posted is posted at a bank"
        found[bank.name].append(_account(key, postings))
    for place, shown in _ibans(books, now).items():
        bank = bank_at(place)
        assert bank is not None, "what is posted is posted at a bank"
        found[bank.name] += shown
    names = sorted(found)
    return [{"name": name, "accounts": found[name], "habits": _habits(books, name, now)} for name in names]


def _ibans(books: Books, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """The accounts of Europe on which something was posted, by their banks."""
    by_iban: dict[str, list[Credit]] = defaultdict(list)
    for credit in books.sepa.shown(now):
        by_iban[credit.iban].append(credit)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for iban, posted in list(by_iban.items())[:ACCOUNTS_MOST]:
        found[place_of(iban)].append(_iban(iban, posted))
    return found


def _iban(iban: str, posted: list[Credit]) -> dict[str, Any]:
    known = ibans().get(iban)
    return {
        "id": posted[0].key,
        "kind": "account",
        "number": f"••{iban[-4:]}",
        "label": known["label"] if known else "Crowd",
        "balance_minor": sum(one.amount_minor for one in posted),
        "coming_minor": 0,
        "closed": False,
        "lines": _newest(_credit_line(one) for one in posted),
    }


def _credit_line(credit: Credit) -> dict[str, Any]:
    at = credit.posts_at.isoformat()
    return {
        "at": at,
        "posts_at": at,
        "what": "credit",
        "amount_minor": credit.amount_minor,
        "code": "",
        "undone": False,
    }


def _habits(books: Books, name: str, now: datetime) -> dict[str, Any]:
    """How a bank behaves: when it posts, by percent, and what goes wrong at it, of a thousand."""
    rules = books.world.of(name)
    usual = next((one.posting_days for one in bins().values() if one.bank == name), 0)
    posting = dict(rules.posting) or {POSTING[min(usual, len(POSTING) - 1)]: 100}
    troubles = {
        **rules.odds,
        "declined": sum(one.permille for one in rules.declines),
        "sent_back": rules.returns_permille,
        "charged_back": rules.chargebacks_permille,
        "closed": rules.closed_permille,
    }
    down = next((one for one in rules.outages if one.begins <= now < one.ends), None)
    return {
        "posting": [{"when": when, "percent": share} for when, share in posting.items() if share],
        "troubles": [{"what": what, "permille": share} for what, share in troubles.items() if share],
        "down_until": down.ends.isoformat() if down else None,
    }


def _card(books: Books, account: Account, now: datetime) -> dict[str, Any]:
    decided = books.decided.of_card(account.key)
    balance = books.spendable_minor(account, now)
    return {
        "id": account.key,
        "kind": "card",
        "number": f"••{account.masked[-4:]}",
        "label": account.label,
        "balance_minor": balance,
        "coming_minor": account.opening_minor + books.moved_minor(account) - balance,
        "closed": books.habits_of(account).closed,
        "lines": _newest(_card_line(books, one) for one in decided),
    }


def _card_line(books: Books, decided: Decided) -> dict[str, Any]:
    return {
        "at": decided.at.isoformat(),
        "posts_at": decided.posts_at.isoformat(),
        "what": decided.movement,
        "amount_minor": -decided.amount_minor if decided.movement in TAKES else decided.amount_minor,
        "code": "" if decided.code == ACCEPTED else decided.code,
        "undone": decided.code == ACCEPTED and (decided.attempt in books.undone or decided.attempt in books.cases.back),
    }


def _account(key: str, postings: list[Posting]) -> dict[str, Any]:
    number = postings[0].item.account
    known = next((one for one in entries() if one["number"] == number), None)
    opening = known["balance_minor"] if known else 0
    return {
        "id": key,
        "kind": "account",
        "number": f"••{number[-4:]}",
        "label": known["label"] if known else "Crowd",
        "balance_minor": opening + sum(one.signed_minor for one in postings),
        "coming_minor": 0,
        "closed": False,
        "lines": _newest(_account_line(one) for one in postings),
    }


def _account_line(posting: Posting) -> dict[str, Any]:
    at = posting.posts_at.isoformat()
    amount = posting.signed_minor
    return {"at": at, "posts_at": at, "what": posting.purpose, "amount_minor": amount, "code": "", "undone": False}


def _newest(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(lines, key=lambda line: str(line["at"]), reverse=True)[:LINES_MOST]
