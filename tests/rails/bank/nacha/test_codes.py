"""The tables of codes."""

from datetime import date

import pytest

from tuppence.rails.bank import nacha
from tuppence.rails.bank.nacha.codes import TRANSACTION_CODES, Direction, check_digit
from tuppence.rails.bank.routing import check_digit_holds


@pytest.mark.parametrize("routing", ["021000021", "061000104", "231380104", "011401533", "091000019"])
def test_real_routing_numbers_hold(routing: str) -> None:
    """Their ninth digit follows from the other eight, and no other digit does."""
    assert check_digit_holds(routing)
    assert 9 == sum(not check_digit_holds(routing[:8] + digit) for digit in "0123456789")


@pytest.mark.parametrize("text", ["", "02100002", "0210000211", "02100002x", "०२१००००२१", "021000021 "])
def test_what_is_no_routing_number_does_not_hold(text: str) -> None:
    """Length, and digits of ASCII only."""
    assert not check_digit_holds(text)


def test_two_digits_swapped_are_noticed() -> None:
    """Seeded bug: weights all alike would not notice it."""
    assert check_digit("02100002") != check_digit("20100002")


def test_every_return_code_is_there() -> None:
    """R01 to R47, R50 to R53, the dishonored and the contested, and those of gateways."""
    wanted = [*range(1, 48), *range(50, 54), 61, 62, *range(67, 78), *range(80, 86), 90]

    assert {f"R{n:02d}" for n in wanted} == set(nacha.RETURN_CODES)


def test_every_change_code_is_there() -> None:
    """What a bank may want changed, and how such a wish is refused."""
    wanted = [*range(1, 15), *range(61, 70)]

    assert {f"C{n:02d}" for n in wanted} == set(nacha.CHANGE_CODES)
    assert {f"C{n}" for n in range(61, 70)} == {code for code, row in nacha.CHANGE_CODES.items() if row.refuses}


@pytest.mark.parametrize(
    ("code", "settled", "last"),
    [
        ("R01", date(2026, 11, 25), date(2026, 11, 30)),  # Thanksgiving is no banking day
        ("R03", date(2026, 11, 20), date(2026, 11, 24)),
        ("R29", date(2026, 12, 24), date(2026, 12, 29)),
        ("R10", date(2026, 11, 25), date(2027, 1, 24)),
        ("R06", date(2026, 11, 25), None),
    ],
)
def test_a_return_has_its_window(code: str, settled: date, last: date | None) -> None:
    """Two banking days for most, sixty calendar days for what was not authorized, none where our bank asked for it."""
    assert last == nacha.RETURN_CODES[code].last_day(settled)


def test_what_counts_towards_which_threshold() -> None:
    """Nacha watches unauthorized and administrative returns apart."""
    rows = nacha.RETURN_CODES.values()

    assert {"R05", "R07", "R10", "R11", "R29", "R51"} == {row.code for row in rows if row.unauthorized}
    assert {"R02", "R03", "R04"} == {row.code for row in rows if row.administrative}


def test_transaction_codes_follow_their_digits() -> None:
    """The second digit below five credits; loans are debited only to undo a credit."""
    assert all((code[1] < "5") == (row.direction is Direction.CREDIT) for code, row in TRANSACTION_CODES.items())
    assert {"51", "52", "53", "54", "55", "56"} == {code for code in TRANSACTION_CODES if code[0] == "5"}
