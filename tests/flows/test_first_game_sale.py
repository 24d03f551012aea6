"""The guide's page about the first game sale, run as it stands, against the real house and the sample game."""

import asyncio
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tuppence.cli import seeds
from tuppence.cli.house import RunningHouse

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```sh test=game\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
async def planted(house: RunningHouse) -> str:
    """The four friends are there; where the house is."""
    for friend in (await seeds.plant(house.settings)).values():
        await friend.close()
    return f"http://{house.settings.host}:{house.settings.port}"


async def test_the_first_game_sale_goes_as_the_guide_says(planted: str, tmp_path: Path) -> None:
    """Every command of the page works: from founding a business to a tester's failed purchase."""
    script = "\n".join(_BLOCK.findall((ROOT / "docs/guide/first-game-sale.md").read_text()))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ran = await asyncio.to_thread(
        subprocess.run,
        ["sh", "-eu", "-c", script],
        cwd=ROOT,
        env=kept | {"TUPPENCE": planted, "PORT": str(port), "PATH": path},
        capture_output=True,
        text=True,
        timeout=180,
    )

    assert 0 == ran.returncode, ran.stdout + ran.stderr
    assert "100 gems: yours" in ran.stdout
    assert "fulfilled" in ran.stdout
    assert "429" in ran.stdout  # 529 with tax, less a dollar
