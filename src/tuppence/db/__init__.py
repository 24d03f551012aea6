"""The database: pool, transactions, statements, migrations, group commit. The driver is imported here only."""

from tuppence.db.errors import DatabaseAway, MigrationChanged, OtherMajorVersion, OutcomeUnknown, Overloaded
from tuppence.db.group import GroupCommit
from tuppence.db.migrate import migrate
from tuppence.db.pool import Database, Tx, in_transaction, violated
from tuppence.db.statements import Statement, Statements, columns

__all__ = [
    "Database",
    "DatabaseAway",
    "GroupCommit",
    "MigrationChanged",
    "OtherMajorVersion",
    "OutcomeUnknown",
    "Overloaded",
    "Statement",
    "Statements",
    "Tx",
    "columns",
    "in_transaction",
    "migrate",
    "violated",
]
