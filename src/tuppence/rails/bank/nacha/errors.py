"""Why a file is refused: where, and what is wrong, never what stands there."""


class NachaError(ValueError):
    """Not a file by Nacha's rules. Names the line, the record and the field; never their data, which may be an account.

    `line` counts from 1; 0 means the file that was to be written has none yet.
    """

    def __init__(self, line: int, record: str, field: str, reason: str) -> None:
        super().__init__(f"line {line}, {record}.{field}: {reason}")
        self.line = line
        self.record = record
        self.field = field
        self.reason = reason

    @property
    def path(self) -> str:
        """Record and field, as in ``entry.amount``."""
        return f"{self.record}.{self.field}"
