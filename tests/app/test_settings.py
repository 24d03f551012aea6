"""What an operator may set, where a wrong one would cost something."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tuppence.settings import Settings


@pytest.mark.parametrize(
    ("sandbox", "asked", "calls"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_where_money_is_real_no_webhook_comes_to_this_machine(
    tmp_path: Path, sandbox: bool, asked: bool, calls: bool
) -> None:
    """The setting counts in a sandbox only, whatever was copied from one."""
    settings = Settings(data_dir=tmp_path, sandbox=sandbox, webhooks_to_loopback=asked)

    assert calls == settings.calls_loopback


def test_an_iban_that_does_not_hold_is_refused_at_the_start(tmp_path: Path) -> None:
    """Not on the day when the first order is written."""
    assert "DE45999900011000000010" == Settings(data_dir=tmp_path, bank_iban="DE45999900011000000010").bank_iban
    with pytest.raises(ValidationError, match="must be an IBAN"):
        Settings(data_dir=tmp_path, bank_iban="DE46999900011000000010")
