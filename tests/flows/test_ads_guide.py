"""The guide's page about ads, run as it stands, against the real house."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

from tuppence.cli import seeds
from tuppence.cli.house import RunningHouse

PAGE = Path(__file__).parents[2] / "docs/guide/ads-in-ten-minutes.md"
_BLOCK = re.compile(r"^```sh test=ads\n(.*?)^```", re.MULTILINE | re.DOTALL)


async def test_ads_take_ten_minutes_as_the_guide_says(house: RunningHouse, tmp_path: Path) -> None:
    """Every command of the page works, from founding a business to the receipt of a paid bill."""
    for friend in (await seeds.plant(house.settings)).values():
        await friend.close()
    address = f"http://{house.settings.host}:{house.settings.port}"
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ran = await asyncio.to_thread(
        subprocess.run,
        ["sh", "-eu", "-c", "\n".join(_BLOCK.findall(PAGE.read_text()))],
        cwd=tmp_path,
        env=kept | {"TUPPENCE": address, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert 0 == ran.returncode, ran.stdout + ran.stderr
    assert ",due,,27.50,USD" in ran.stdout
    assert (tmp_path / "receipt.pdf").read_bytes().startswith(b"%PDF")
