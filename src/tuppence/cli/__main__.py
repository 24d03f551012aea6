"""`python -m tuppence.cli` is `tuppence`."""

from tuppence.cli import main

main()
