"""The database: pool, transactions, statements, migrations, group commit. The driver is imported here only."""

from tuppence.db.errors import DatabaseAway, MigrationChanged, OtherMajorVersion, OutcomeUnknown, Outdated, Overloaded
from tuppence.db.group import GroupCommit, Run, alone
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
    "Outdated",
    "Overloaded",
    "Run",
    "Statement",
    "Statements",
    "Tx",
    "alone",
    "columns",
    "in_transaction",
    "migrate",
    "violated",
]
