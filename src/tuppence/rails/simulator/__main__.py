"""`python -m tuppence.rails.simulator --journal FILE`: the simulator by itself. Prints its ports as a line of JSON."""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from tuppence.rails.simulator.server import running


async def _main(asked: argparse.Namespace) -> None:
    ports = {"port": asked.port, "control_port": asked.control_port}
    async with running(asked.journal, host=asked.host, seed=asked.seed, clearing=asked.clearing, **ports) as simulator:
        sys.stdout.write(json.dumps({"port": simulator.port, "control_port": simulator.control_port}) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


parser = argparse.ArgumentParser(prog="python -m tuppence.rails.simulator")
parser.add_argument("--journal", type=Path, required=True)
parser.add_argument("--clearing", type=Path)
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--control-port", type=int, default=0)
parser.add_argument("--seed", type=int, default=1)
asyncio.run(_main(parser.parse_args()))
