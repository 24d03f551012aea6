"""What must hold of an entry with its addenda, within its batch. Every rule takes an item and raises NachaError."""

from calendar import monthrange
from collections.abc import Iterable
from itertools import pairwise

from tuppence.rails.bank.nacha.classes import ADVICES, ENTRY_CLASSES, SERVICE_CLASSES
from tuppence.rails.bank.nacha.codes import (
    ADV_DIRECTIONS,
    CHANGE_CODES,
    RETURN_CODES,
    TRANSACTION_CODES,
    Purpose,
    check_digit,
)
from tuppence.rails.bank.nacha.model import Category, Item
from tuppence.rails.bank.nacha.record import Record
from tuppence.rails.bank.nacha.spec import (
    ADDENDA02,
    ADDENDA98,
    ADDENDA98_REFUSED,
    ADDENDA99,
    ADDENDA99_CONTESTED,
    ADDENDA99_DISHONORED,
    IAT_ADDENDA98,
    IAT_ADDENDA99,
    IAT_BATCH_HEADER,
    IAT_ENTRY,
)

# What answers what: a return is dishonored, that is contested; a notification is answered by nothing in its own entry.
_STEPS = {
    ADDENDA98: 0,
    IAT_ADDENDA98: 0,
    ADDENDA98_REFUSED: 0,
    ADDENDA99: 1,
    IAT_ADDENDA99: 1,
    ADDENDA99_DISHONORED: 2,
    ADDENDA99_CONTESTED: 3,
}
_IAT_MANDATORY = ("10", "11", "12", "13", "14", "15", "16")
_IAT_OPTIONAL_MOST = {"17": 2, "18": 5}
_WEB_PAYMENT_TYPES = ("R", "S", "")  # recurring, single; credits between people may leave it out
# Source: Nacha, appendix 3, IAT: transaction type code; identification number qualifier (01 national, 02 BIC, 03 IBAN).
_ONE_OF = {
    "transaction_type": frozenset(
        "ANN ARC BOC BUS DEP LOA MIS MOR MTE PEN POP POS RCK REM RLS SAL SHR TAX TEL WEB".split()  # noqa: SIM905
    ),
    "id_qualifier": frozenset({"01", "02", "03"}),
}
_CARD_TRANSACTION_TYPES = frozenset({"01", "02", "03", "11", "12", "13", "21", "99"})  # Nacha, appendix 3: POS


def verify_item(item: Item) -> None:
    """Every rule that needs only the entry, its addenda and its batch's header. Raises NachaError."""
    _transaction_code(item)
    _check_digit(item)
    _amount(item)
    _indicator(item)
    _category(item)
    for addenda in item.addenda:
        _addenda(item, addenda)
    if item.category is Category.FORWARD and item.sec != "ADV":
        _class(item)


def _transaction_code(item: Item) -> None:
    code = item.entry["transaction_code"]
    known = ADV_DIRECTIONS if item.sec == "ADV" else TRANSACTION_CODES
    if code not in known:
        raise item.entry.error("transaction_code", "is not one")
    allowed = SERVICE_CLASSES[item.batch.number("service_class")]
    # International batches mix them under any service class: gateways take them so.
    if allowed is not None and item.direction not in allowed and item.entry.spec is not IAT_ENTRY:
        raise item.entry.error("transaction_code", "does not go with the batch's service class")


def _check_digit(item: Item) -> None:
    if check_digit(item.entry["rdfi"]) != item.entry.number("check_digit"):
        raise item.entry.error("check_digit", "does not go with the routing number")


def _amount(item: Item) -> None:
    if item.sec == "ADV" or (item.entry.spec is IAT_ENTRY and item.category is Category.CHANGE):
        return
    purpose = TRANSACTION_CODES[item.entry["transaction_code"]].purpose
    if item.category in (Category.CHANGE, Category.REFUSED_CHANGE) or purpose in (
        Purpose.PRENOTE,
        Purpose.ZERO_DOLLAR,
    ):
        if item.amount_minor:
            raise item.entry.error("amount", "must be zero in a notification, a prenote or a remittance without money")
    elif item.category is Category.FORWARD and purpose is Purpose.LIVE and not item.amount_minor:
        raise item.entry.error("amount", "must not be zero")


def _indicator(item: Item) -> None:
    indicator = item.entry["addenda_indicator"]
    if indicator not in "01":
        raise item.entry.error("addenda_indicator", "must be 0 or 1")
    if (indicator == "1") != bool(item.addenda):
        raise item.entry.error("addenda_indicator", "does not go with the addenda that follow")


def _category(item: Item) -> None:
    """A return has its addenda 99, and after it those of who dishonored and contested it; a notification one 98.

    An IAT return also keeps what tells who is who.
    """
    about = [one for one in item.addenda if one["addenda_type"] in ("98", "99")]
    if not about:
        if item.sec == "COR":
            raise item.entry.error("addenda_indicator", "a notification of change needs an addenda 98")
        return
    kept = len(item.addenda) - len(about)
    steps = [_STEPS[one.spec] for one in about]
    if (kept and item.entry.spec is not IAT_ENTRY) or any(step >= other for step, other in pairwise(steps)):
        raise about[-1].error("addenda_type", "must stand alone, or follow what it answers")
    if any((item.sec == "COR") != (one["addenda_type"] == "98") for one in about):
        raise about[-1].error("addenda_type", "does not go with the batch's entry class")


def _addenda(item: Item, addenda: Record) -> None:
    for name, table in (("return_code", RETURN_CODES), ("change_code", CHANGE_CODES), ("refused_code", CHANGE_CODES)):
        if name in addenda.spec.at and addenda[name] not in table:
            raise addenda.error(name, "is not one")
    for name, allowed in _ONE_OF.items():
        if name in addenda.spec.at and addenda[name] not in allowed:
            raise addenda.error(name, "is not one")
    if addenda.spec is ADDENDA02 and not _is_day(addenda["transaction_date"]):
        raise addenda.error("transaction_date", "is not a day of the year, MMDD")
    if "entry_sequence" in addenda.spec.at and addenda["entry_sequence"] != item.trace[8:]:
        raise addenda.error("entry_sequence", "is not the end of its entry's trace number")
    if addenda.spec is ADDENDA02 and addenda["trace"] != item.trace:
        raise addenda.error("trace", "is not its entry's")


def _is_day(text: str) -> bool:
    month, day = int(text[:2]), int(text[2:])
    return 1 <= month <= 12 and 1 <= day <= monthrange(2000, month)[1]  # a leap year: 29 February is a day


def _class(item: Item) -> None:
    """What the entry class allows on the way out."""
    allowed = ENTRY_CLASSES[item.sec]
    code = TRANSACTION_CODES[item.entry["transaction_code"]]
    if code.purpose is Purpose.RETURN:
        raise item.entry.error("transaction_code", "says return, and no addenda says why")
    if item.direction not in allowed.directions and not _undoes(item):
        raise item.entry.error("transaction_code", f"{item.sec} takes no {item.direction}s")
    if code.purpose not in allowed.purposes:
        raise item.entry.error("transaction_code", f"{item.sec} takes no {code.purpose} entries")
    if allowed.amount_most is not None and item.amount_minor > allowed.amount_most:
        raise item.entry.error("amount", f"{item.sec} takes at most {allowed.amount_most} cents")
    if item.entry.spec is IAT_ENTRY:
        _iat(item)
        return
    _counted(item, item.addenda, allowed.addenda, allowed.fewest, allowed.most)
    if "addenda_count" in item.entry.spec.at and item.entry.number("addenda_count") != len(item.addenda):
        raise item.entry.error("addenda_count", "is not the number of addenda")
    _special(item)


def _undoes(item: Item) -> bool:
    """A reversal goes the other way than its class allows."""
    return item.batch.text("description").upper() == "REVERSAL"


def _counted(item: Item, addenda: Iterable[Record], kind: str, fewest: int, most: int) -> None:
    addenda = tuple(addenda)
    for n, one in enumerate(addenda, 1):
        if one["addenda_type"] != kind or n > most:
            raise one.error("addenda_type", f"{item.sec} does not take this one")
        if "sequence" in one.spec.at and one.number("sequence") != n:
            raise one.error("sequence", f"must be {n}")
    if len(addenda) < fewest:
        raise item.entry.error("addenda_indicator", f"{item.sec} needs {fewest} addenda {kind}")


def _special(item: Item) -> None:
    """What single classes add."""
    if item.sec == "WEB" and item.entry.text("discretionary").upper() not in _WEB_PAYMENT_TYPES:
        raise item.entry.error("discretionary", "must say the payment type, R or S")
    if item.sec == "DNE" and item.batch["originator_status"] != "2":
        raise item.batch.error("originator_status", "must be 2: only federal agencies tell of deaths")
    if item.sec in ("POS", "SHR") and item.entry["discretionary"] not in _CARD_TRANSACTION_TYPES:
        raise item.entry.error("discretionary", "must be a card transaction type")


def _iat(item: Item) -> None:
    kinds = [one["addenda_type"] for one in item.addenda]
    for n, kind in enumerate(_IAT_MANDATORY):
        if kinds[n : n + 1] != [kind]:
            raise item.entry.error("addenda_count", f"addenda {kind} must follow in its turn")
    rest = item.addenda[len(_IAT_MANDATORY) :]
    for kind, most in _IAT_OPTIONAL_MOST.items():
        some = [one for one in rest if one["addenda_type"] == kind]
        if len(some) > most:
            raise some[most].error("addenda_type", f"there may be {most}")
        if any(one["sequence"] > other["sequence"] for one, other in pairwise(some)):
            raise some[-1].error("sequence", "must rise")
    # Many senders count the mandatory addenda only.
    if not len(_IAT_MANDATORY) <= item.entry.number("addenda_count") <= len(item.addenda):
        raise item.entry.error("addenda_count", "is not the number of addenda")


def verify_batch_header(header: Record) -> None:
    """What must hold of a batch's header alone. Raises NachaError."""
    if header.number("service_class") not in SERVICE_CLASSES:
        raise header.error("service_class", "is not one")
    if header["sec"] not in ENTRY_CLASSES:
        raise header.error("sec", "is not an entry class")
    if (header["sec"] == "ADV") != (header.number("service_class") == ADVICES):
        raise header.error("service_class", "280 is for ADV, and ADV for 280")
    if header.spec is IAT_BATCH_HEADER and header["sec"] not in ("IAT", "COR"):
        raise header.error("sec", "must be IAT or COR")
    if header.spec is IAT_BATCH_HEADER and header["exchange_indicator"] not in ("FV", "VF", "FF"):
        raise header.error("exchange_indicator", "must be FV, VF or FF")
    if header["originator_status"] not in "012":
        raise header.error("originator_status", "must be 0, 1 or 2")
