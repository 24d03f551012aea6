"""Why a message is refused: which element, and what is wrong with it, never what stands in it."""


class SepaError(ValueError):
    """Not a message that we take. Names the element and the reason; never its text, which may be an account.

    `path` is as in ``Document/BkToCstmrStmt/Stmt[1]/Ntry[3]/Amt``: counted from 1 where an element may come again.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason
