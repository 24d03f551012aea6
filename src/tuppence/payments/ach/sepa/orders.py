"""A file as an order of credit transfers. The message and its one order are called by the file's name, a transfer by
its entry's id: that is what statements and reports name.
"""

from collections.abc import Sequence

from tuppence.payments.ach.files import Originator
from tuppence.payments.ach.model import Entry, File
from tuppence.payments.banks.sealing import OpeningKeys, Place
from tuppence.rails.bank import sepa
from tuppence.rails.bank.sepa import CreditTransfer, Order, Party


def build(file: File, entries: Sequence[Entry], who: Originator, keys: OpeningKeys) -> bytes:
    """The order's bytes: the same for the same rows."""
    transfers = [_transfer(one, who, keys) for one in sorted(entries, key=lambda one: one.id)]
    us = Party(who.company_name, who.iban)
    return sepa.write_order(Order(file.name, file.made_at, file.settles_on, us, tuple(transfers)))


def _transfer(entry: Entry, who: Originator, keys: OpeningKeys) -> CreditTransfer:
    assert entry.trace
    assert entry.routing
    assert entry.sealed
    iban = keys.open(Place(entry.account_id, entry.routing), entry.sealed).reveal()
    says = f"{who.company_name} {sepa.plain(entry.sender) or entry.description}"
    receiver = entry.receiver if sepa.plain(entry.receiver) else "Customer"
    return CreditTransfer(entry.trace, entry.amount_minor, Party(receiver, iban), says, entry.currency)
