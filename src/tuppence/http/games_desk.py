"""What the endpoints of games may reach, put together by the composition root."""

from dataclasses import dataclass
from functools import partial

from tuppence.billing.games import actions, claims, settings, statements
from tuppence.billing.games.signing import Root
from tuppence.billing.games.web import Web
from tuppence.core import Policy


@dataclass(frozen=True, slots=True)
class Desk:
    """The key that games' secrets come from, the way to their servers, and the verbs, bound to the policy once.

    `plain`: whether games may live at http addresses, as in a sandbox.
    """

    root: Root
    web: Web
    plain: bool
    verbs: "GameVerbs"


class GameVerbs:
    """Group commit groups by the verb's identity."""

    def __init__(self, policy: Policy, *, plain: bool) -> None:
        self.set_games = partial(settings.set_games, policy=policy, plain=plain)
        self.quote = partial(actions.quote, policy=policy)
        self.buy = partial(actions.buy, policy=policy)
        self.cancel = partial(actions.cancel, policy=policy)
        self.mark = partial(actions.mark, policy=policy)
        self.refund = partial(actions.refund, policy=policy)
        self.dispute = partial(claims.dispute, policy=policy)
        self.answer_dispute = partial(claims.answer, policy=policy)
        self.pay_invoice = partial(statements.pay_invoice, policy=policy)


def desk(root: Root, web: Web, policy: Policy, *, plain: bool) -> Desk:
    """Put it together."""
    return Desk(root, web, plain, GameVerbs(policy, plain=plain))
