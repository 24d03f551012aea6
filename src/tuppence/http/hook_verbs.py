"""The verbs of endpoints, bound to this installation's key and bounds once."""

from functools import partial

from tuppence.outbox import hooks


class HookVerbs:
    """What group commit is handed: the same object each time, since that is what groups."""

    def __init__(self, seals: hooks.Seals, bounds: hooks.Bounds) -> None:
        self.create = partial(hooks.create, seals=seals, bounds=bounds)
        self.change = partial(hooks.change, bounds=bounds)
        self.rotate = partial(hooks.rotate, seals=seals)
