"""Every rule of the contract, and every two rules that one event can break: the earlier is the answer.

The table is in precedence.py, in the order of evaluation. Whatever it says is tried: no pair is picked by hand.
"""

import pytest
from tests.ledger.precedence import TABLES, alone, case, pairs

from tuppence.ledger.model import Account
from tuppence.ledger.rules import transfers
from tuppence.ledger.statuses import CreateAccountStatus as A
from tuppence.ledger.statuses import CreateTransferStatus as T


@pytest.mark.parametrize("kind", TABLES)
def test_each_rule_broken_alone_is_the_answer(kind: str) -> None:
    """Each fault of the table, by itself, gets its own status; in order, nothing is refused."""
    assert "CREATED" == case(kind, {}).answer().name
    assert {fault.status.name: fault.status for fault in TABLES[kind]} == {
        fault.status.name: alone(kind, fault)[0] for fault in TABLES[kind]
    }


@pytest.mark.parametrize(
    ("kind", "meet", "never"), [("transfer", 1250, 76), ("settling", 743, 118), ("account", 315, 10)]
)
def test_of_two_broken_rules_the_earlier_is_the_answer(kind: str, meet: int, never: int) -> None:
    """Each pair of faults that one event can have, in every way it can have them.

    Two faults never meet that want two values of one field (imported or not, an id zero or max), or a state of what is
    not there. How many do is written down here, so that none gets lost.
    """
    tried = list(pairs(kind))
    wrong = []
    for earlier, later, met in tried:
        answers = [case(kind, both).answer() for both in met]
        wrong += [(earlier.status, later.status, one) for one in answers if one is not earlier.status]

    assert [] == wrong
    assert (meet, never) == (sum(bool(met) for *_, met in tried), sum(not met for *_, met in tried))


def test_every_status_is_in_the_table() -> None:
    """The table leaves out no status but the good one."""
    told = {fault.status for table in TABLES.values() for fault in table}

    assert {*T, *A} - {T.CREATED, A.CREATED} == told


def test_two_rules_in_the_wrong_order_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A seeded bug, the credit account's limit asked before the debit account's, is found, and nothing else."""
    right = transfers._refuse_limits

    def wrong_way_round(amount: int, debit: Account, credit: Account) -> T | None:
        return right(amount, debit._replace(flags=0), credit) or right(amount, debit, credit._replace(flags=0))

    monkeypatch.setattr(transfers, "_refuse_limits", wrong_way_round)
    found = [
        (earlier.status, later.status)
        for earlier, later, met in pairs("transfer")
        if any(case("transfer", both).answer() is not earlier.status for both in met)
    ]

    assert [(T.EXCEEDS_CREDITS, T.EXCEEDS_DEBITS)] == found
