"""The table of edges names tests that there are, and every row of a payment."""

import ast
import re
from pathlib import Path

from tuppence.payments.sends.states import TABLE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/design/edges.md").read_text()
NAMED = sorted(set(re.findall(r"`([a-z_/]+)::(\w+)`", PAGE)))


def _tests(file: str) -> set[str]:
    """The tests that a file defines, without their first word."""
    path, name = Path(file).parent, Path(file).name
    tree = ast.parse((ROOT / "tests" / path / f"test_{name}.py").read_text())
    found = [one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {one.removeprefix("test_") for one in found if one.startswith("test_")}


def test_every_test_that_is_named_exists() -> None:
    """Whoever renames a test, or takes one away, is told here which edge has lost it."""
    defined = {file: _tests(file) for file in {file for file, _ in NAMED}}

    assert len(NAMED) > 100
    assert [] == [f"{file}::{name}" for file, name in NAMED if name not in defined[file]]


def test_every_row_of_a_payment_is_in_the_table() -> None:
    """Each number of the machine's own table stands in the first column, and no other."""
    section = PAGE.partition("## A payment")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d[^|]*) \|", section, re.MULTILINE)

    assert {one.number for one in TABLE} == {number for row in rows for number in row.split(", ")}
