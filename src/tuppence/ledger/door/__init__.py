"""A test door: load a world, set the clock, run batches, read results. The pure machine and PostgreSQL open it alike.

For tests and for harnesses of others; nothing of the product goes through here, and it opens only throw-away databases.
docs/design/ledger-door.md says how to use it, also from other languages: `tuppence ledger door`.
"""

from tuppence.ledger.door.lines import answer
from tuppence.ledger.door.model import Door, NotThrowAway
from tuppence.ledger.door.postgres import PostgresDoor, throw_away
from tuppence.ledger.door.pure import PureDoor

__all__ = ["Door", "NotThrowAway", "PostgresDoor", "PureDoor", "answer", "throw_away"]
