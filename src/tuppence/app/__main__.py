"""`python -m tuppence.app server`: one process, without the command line's own weight."""

import sys
from importlib import import_module

from tuppence.settings import Settings

PROCESSES = ("server", "simulator", "vault", "worker")

if __name__ == "__main__":
    (name,) = sys.argv[1:]
    assert name in PROCESSES, name
    import_module(f"tuppence.app.{name}").main(Settings())
