"""What an operator may set, where a wrong one would cost something."""

from pathlib import Path

import pytest

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
