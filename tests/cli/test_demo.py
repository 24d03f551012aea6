"""What `tuppence demo --fresh` deletes."""

from pathlib import Path

from tuppence.cli import demo
from tuppence.cli.house import sandbox_settings


def test_a_fresh_demo_forgets_what_the_last_one_wrote_and_nothing_else(tmp_path: Path) -> None:
    """A file for a bank that stayed would be taken for one sent already; what somebody else put there stays."""
    written = [tmp_path / name for name in ("bank/sent", "clearing", "keys", "logs", "simulator/journal")]
    for folder in (*written, tmp_path / "mine"):
        folder.mkdir(parents=True)
        (folder / "file").touch()

    demo._forget(sandbox_settings(tmp_path, free_ports=True))

    assert ["mine"] == [one.name for one in tmp_path.iterdir()]
