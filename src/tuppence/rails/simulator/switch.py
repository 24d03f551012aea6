"""The network's and the issuers' decisions: a message and the books in, an answer and events out. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType
from uuid import UUID

from tuppence.core import CURRENCIES
from tuppence.core.calendar import FED, TARGET, BankCalendar
from tuppence.rails.card import dialect
from tuppence.rails.card.clearing import CUT_OFF
from tuppence.rails.card.codec import Message, subelements, with_subelements
from tuppence.rails.card.spec import ANSWERS, MESSAGES
from tuppence.rails.simulator import rulebook
from tuppence.rails.simulator.books import (
    ACCEPTED,
    TAKES,
    Books,
    Checked,
    Decided,
    Event,
    Opened,
    Reversed,
    StoodIn,
    place,
)
from tuppence.rails.simulator.world import (
    CROWD,
    STAND_IN_EXPIRY,
    Account,
    Fate,
    Habits,
    find_account,
    key_of,
    reissued,
    stand_in_of,
)

_MOVEMENTS = MappingProxyType({code: movement.value for movement, code in dialect.PROCESSING.items()})
_CURRENCIES = {f"{one.numeric:03d}": one.code for one in CURRENCIES.values() if one.code in ("USD", "EUR")}
_POSTING_HOUR = 9
_SLOW_S = 3.0  # of a slow answer that is drawn; a card's own habit says its own
_ECHOED = (3, 4, 7, 11, 32, 37, 41, 49, 62, 63, 70, 90)

AMOUNT = "13"
NO_CARD = "14"
NO_ACTION = "21"
FORMAT = "30"
FUNDS = "51"
EXPIRED = "54"
NOT_PERMITTED = "57"
NOT_SIGNED_ON = "58"
DETAILS = "82"
ISSUER_DOWN = "91"
DUPLICATE = "94"


class Hold(Enum):
    """What waits until a reversal of the attempt was acknowledged."""

    ANSWER = "answer"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Reply:
    """What to journal, then what to answer (None: nothing), how often, after how long, or what to keep back."""

    answer: Message | None
    events: tuple[Event, ...] = ()
    delay_s: float = 0
    hold: Hold | None = None
    copies: int = 1


def reply(books: Books, message: Message, now: datetime) -> Reply:
    """Decide on a message from a member that has signed on. `now` is the simulated time."""
    match message.mti:
        case "0800":
            return Reply(answer(message, ACCEPTED))
        case "0100" if message[3] == dialect.INQUIRY:
            return Reply(_inquired(books, message, now))
        case "0100" if message[3] == dialect.RENEWAL:
            return Reply(_renewal(books, message))
        case "0100" if message[3] == dialect.STAND_IN:
            return _stand_in(books, message)
        case "0100":
            return _check(books, message, now)
        case "0200":
            return _financial(books, message, now)
        case "0420" | "0421":
            return _reversal(books, message, now)
        case _:
            return Reply(None)  # an answer, which the network never asked for


def answer(message: Message, code: str, extra: dict[int, str] | None = None) -> Message:
    """An answer that echoes what names the request."""
    mti = ANSWERS[message.mti]
    shape = MESSAGES[mti]
    echoed = {n: message[n] for n in _ECHOED if n in message.fields and n in shape.must | shape.may}
    return Message(mti, echoed | {39: code} | (extra or {}))


def _check(books: Books, message: Message, now: datetime) -> Reply:
    account = _account(books, message.get(2))
    if account is None:
        return Reply(answer(message, NO_CARD), (Checked(None, NO_CARD, now),))
    habits = books.habits_of(account)
    if habits.fate("check") is Fate.LOST:
        return Reply(None)
    code = NO_CARD if habits.closed else habits.code("check") or _details_code(books, account, message)
    extra = {48: _parts(account, now, "")} | ({38: _digits(books.seed, message[37], 6)} if code == ACCEPTED else {})
    return _with_fate(
        habits, habits.fate("check"), Reply(answer(message, code, extra), (Checked(account.key, code, now),))
    )


def _renewal(books: Books, message: Message) -> Message:
    """The account updater: what date a card that its holder was sent anew is good until."""
    account = _account(books, message.get(2))
    habits = books.habits_of(account) if account else Habits()
    if not (habits.renewed or habits.renumbered) or habits.closed:
        return answer(message, dialect.NEVER_SEEN)
    parts = {dialect.NEW_EXPIRY: habits.renewed}
    if habits.renumbered:
        number = reissued(message[2])
        parts = {dialect.NEW_EXPIRY: _known(number).expiry, dialect.NEW_NUMBER: number}
    return answer(message, ACCEPTED, {48: with_subelements(parts)})


def _stand_in(books: Books, message: Message) -> Reply:
    """A network token for a card: the same each time, until it ends and there is another."""
    account = _account(books, message.get(2))
    if account is None or books.habits_of(account).closed:
        return Reply(answer(message, dialect.NEVER_SEEN))
    number = stand_in_of(account.key, books.ended[account.key])
    parts = {dialect.NEW_EXPIRY: STAND_IN_EXPIRY, dialect.NEW_NUMBER: number}
    opened = _opening(books, message, account)
    return Reply(
        answer(message, ACCEPTED, {48: with_subelements(parts)}), (*opened, StoodIn(key_of(number), account.key))
    )


def _known(number: str) -> Account:
    account = find_account(number)
    assert account is not None
    return account


def _expiry(books: Books, account: Account) -> str:
    """The date that a card is taken with; none is right once another card has replaced it."""
    habits = books.habits_of(account)
    return "" if habits.renumbered else habits.renewed or account.expiry


def _details_code(books: Books, account: Account, message: Message) -> str:
    given = subelements(message)
    right = (_expiry(books, account), account.cvv, account.zip)
    return ACCEPTED if right == (message.get(14), given.get(dialect.SECURITY_CODE), given.get(dialect.ZIP)) else DETAILS


def _financial(books: Books, message: Message, now: datetime) -> Reply:
    """One decision an attempt: a repeat is told the first one; the same id or place for something else is refused."""
    movement = _MOVEMENTS.get(message[3])
    if movement is None or (movement == "refund") != (63 in message.fields):
        return Reply(answer(message, FORMAT))
    attempt = dialect.attempt_id(message, 62)
    of = dialect.attempt_id(message, 63) if movement == "refund" else None
    account = _account_of_debit(books, of) if of else _account(books, message.get(2))
    fresh = _plan(books, message, movement, attempt, of, account, now)
    known = books.decided.get(attempt)
    if known is not None and not _same(known, fresh):
        return Reply(answer(message, DUPLICATE))
    if known is None and books.decided.is_taken(place(message[11], message[7])):
        return Reply(answer(message, DUPLICATE))
    habits = books.habits_of(account) if account else Habits()
    fate = _fate(books, habits, movement, attempt, account)
    if known is None and fate is Fate.LOST:
        return Reply(None)
    if known is None and fate is Fate.OVERTAKEN and attempt not in books.reversals:
        return Reply(None, hold=Hold.REQUEST)
    told = answer(message, (known or fresh).code, _extra(known or fresh, account, now))
    spoken = Reply(told, () if known else (*_opening(books, message, account), fresh))
    return _with_fate(habits, fate, spoken)


def _fate(books: Books, habits: Habits, movement: str, attempt: UUID, account: Account | None) -> Fate:
    """The card's own, or what the odds or its bank's say for this attempt, which follows from the seed."""
    own = habits.fate(movement)
    plain = own is Fate.OK and habits.code(movement) is None
    if plain and account and not books.odds:
        told = rulebook.fate(books.world.of(account.bin.bank), books.seed, str(attempt))
        return Fate(told) if told else own
    drawn = int(_digits(books.seed, f"fate {attempt}", 3)) if books.odds and plain else 1_000
    for fate, share in books.odds.items():
        if drawn < share:
            return Fate(fate)
        drawn -= share
    return own


def _plan(
    books: Books,
    message: Message,
    movement: str,
    attempt: UUID,
    of: UUID | None,
    account: Account | None,
    now: datetime,
) -> Decided:
    currency = _CURRENCIES.get(message[49], "USD")
    decided = Decided(
        attempt=attempt,
        stan=message[11],
        sent=message[7],
        movement=movement,
        key=account.key if account else None,
        amount_minor=int(message[4]),
        code=ACCEPTED,
        approval=_digits(books.seed, f"approval {attempt}", 6),
        trace=_digits(books.seed, f"trace {attempt}", 15),
        payment=subelements(message).get(dialect.PAYMENT, ""),
        of=of,
        at=now,
        rrn=message[37],
        posts_at=now if account is None or movement in TAKES else _posts_at(books, account, attempt, currency, now),
        currency=currency,
    )
    return replace(decided, code=_code(books, message, decided, account, now))


def _code(books: Books, message: Message, ask: Decided, account: Account | None, now: datetime) -> str:
    """The first reason to refuse, or 00."""
    if ask.attempt in books.reversals:
        return NO_ACTION
    if account is None or books.habits_of(account).closed:
        return NO_CARD if ask.of is None or account else dialect.NEVER_SEEN
    sent = key_of(message[2]) if 2 in message.fields else ""
    if sent in books.gone:
        return dialect.STAND_IN_GONE
    if habit := books.habits_of(account).code(ask.movement):
        return habit
    if rule := _rule_code(books, ask, account, now):
        return rule
    if ask.of is None and sent not in books.stand_ins and message.get(14) != _expiry(books, account):
        return EXPIRED
    if message[49] not in _CURRENCIES or not _permitted(account, ask.movement):
        return NOT_PERMITTED
    if ask.of is not None:
        return _refund_code(books, ask.of, ask.amount_minor)
    if ask.amount_minor == 0:
        return AMOUNT
    short = ask.movement in TAKES and books.spendable_minor(account, now) < ask.amount_minor
    return FUNDS if short else ACCEPTED


def _rule_code(books: Books, ask: Decided, account: Account, now: datetime) -> str | None:
    """Why the card's bank refuses by the rules of the world, if it does."""
    rules, about = books.world.of(account.bin.bank), str(ask.attempt)
    if rulebook.is_down(rules, now, books.seed, about):
        return ISSUER_DOWN
    if account.label == CROWD and rulebook.is_closed(rules, books.seed, account.key):
        return NO_CARD
    return rulebook.decline_code(rules, ask.amount_minor, books.seed, about) if ask.movement in TAKES else None


def _posts_at(books: Books, account: Account, attempt: UUID, currency: str, now: datetime) -> datetime:
    rules = books.world.of(account.bin.bank)
    days = rulebook.posting_days(rules, account.bin.posting_days, books.seed, str(attempt))
    return posting_time(days, now, rules.holidays, TARGET if currency == "EUR" else FED)


def _permitted(account: Account, movement: str) -> bool:
    return movement == "refund" or (account.bin.can_fund if movement in TAKES else account.bin.can_receive)


def _refund_code(books: Books, debit: UUID, amount_minor: int) -> str:
    if books.decided[debit].code != ACCEPTED or debit in books.reversals or books.decided[debit].movement not in TAKES:
        return NO_ACTION
    room_minor = books.decided[debit].amount_minor - books.refunded_minor(debit)
    return ACCEPTED if 0 < amount_minor <= room_minor else AMOUNT


def _reversal(books: Books, message: Message, now: datetime) -> Reply:
    """Acknowledge, and remember even an original that was never seen: should it still come, it must not post."""
    attempt = dialect.attempt_id(message, 63)
    if _MOVEMENTS.get(message[3]) not in TAKES or not _names_original(books, message, attempt):
        return Reply(answer(message, FORMAT))
    known = books.decided.get(attempt)
    account = books.accounts.get(known.key) if known and known.key else None
    unanswered = books.habits_of(account).unanswered_reversals if account else 0
    silent = books.reversals.get(attempt, 0) < unanswered
    return Reply(None if silent else answer(message, ACCEPTED), (Reversed(attempt, now),))


def _inquired(books: Books, message: Message, now: datetime) -> Message:
    if 63 not in message.fields or 90 not in message.fields:
        return answer(message, FORMAT)
    attempt = dialect.attempt_id(message, 63)
    if not _names_original(books, message, attempt):
        return answer(message, FORMAT)
    if attempt in books.reversals:
        return answer(message, NO_ACTION)
    known = books.decided.get(attempt)
    if known is None:
        return answer(message, dialect.NEVER_SEEN)
    account = books.accounts.get(known.key) if known.key else None
    return answer(message, known.code, _extra(known, account, now))


def _names_original(books: Books, message: Message, attempt: UUID) -> bool:
    """Whether DE90 and the amount agree with what is known of the attempt that DE63 names."""
    known = books.decided.get(attempt)
    named = place(message[90][4:10], message[90][10:20])
    if known is None:
        return not books.decided.is_taken(named)
    return known.place == named and known.amount_minor == int(message[4])


def _same(known: Decided, fresh: Decided) -> bool:
    told = [(d.movement, d.key, d.amount_minor, d.stan, d.sent, d.of) for d in (known, fresh)]
    return told[0] == told[1]


def _with_fate(habits: Habits, fate: Fate, spoken: Reply) -> Reply:
    match fate:
        case Fate.TWICE:
            return replace(spoken, copies=2)
        case Fate.SLOW:
            return replace(spoken, delay_s=habits.slow_s or _SLOW_S)
        case Fate.SILENT:
            return replace(spoken, answer=None)
        case Fate.LATE if any(isinstance(event, Decided) for event in spoken.events):  # not a check, nor a repeat
            return replace(spoken, hold=Hold.ANSWER)
        case _:
            return spoken


def _account(books: Books, number: str | None) -> Account | None:
    if number is None:
        return None
    key = key_of(number)
    return books.accounts.get(books.stand_ins.get(key, key)) or find_account(number)


def _account_of_debit(books: Books, debit: UUID) -> Account | None:
    known = books.decided.get(debit)
    return books.accounts.get(known.key) if known and known.key else None


def _opening(books: Books, message: Message, account: Account | None) -> tuple[Opened, ...]:
    if account is None or account.key in books.accounts:
        return ()
    return (Opened(account.key, message[2][:6], message[2][-4:]),)


def _extra(decided: Decided, account: Account | None, now: datetime) -> dict[int, str]:
    approval = {38: decided.approval} if decided.code == ACCEPTED else {}
    return approval | ({48: _parts(account, now, decided.trace)} if account else {})


def _parts(account: Account, now: datetime, trace: str) -> str:
    fast = "Y" if account.bin.fast_funds else "N"
    parts = {dialect.FAST_FUNDS: fast, dialect.NETWORK_TIME: f"{now:%Y%m%d%H%M%S}"}
    return with_subelements(parts | ({dialect.TRACE: trace} if trace else {}))


def posting_time(
    posting_days: int, accepted_at: datetime, closed: Iterable[date] = (), system: BankCalendar = FED
) -> datetime:
    """When a bank lets its customer spend a credit: at once, or on the morning so many business days later."""
    if posting_days == 0:
        return accepted_at
    calendar = replace(system, also_closed=frozenset(closed)) if closed else system
    return system.instant(calendar.add(system.business_date(accepted_at, CUT_OFF), posting_days), _POSTING_HOUR)


def _digits(seed: int, what: str, length: int) -> str:
    """Digits that follow from the seed alone."""
    digest = hashlib.blake2b(f"{seed} {what}".encode(), digest_size=8).digest()
    return f"{int.from_bytes(digest) % 10**length:0{length}d}"
