"""The verbs of ads, bound to the policy once: group commit groups by the verb's identity."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from tuppence.billing import ads
from tuppence.billing.ads import accounts, campaigns, coupons, holds, prepaid
from tuppence.billing.ads.errors import CardPaysForAds
from tuppence.core import Failure, Policy
from tuppence.db import Tx
from tuppence.payments import cards


class AdsVerbs:
    def __init__(self, policy: Policy) -> None:
        self.meter = partial(ads.meter, policy=policy)
        self.open = partial(accounts.open_accounts, policy=policy)
        self.change = partial(accounts.change, policy=policy)
        self.set_methods = partial(accounts.set_methods, policy=policy)
        self.pay = partial(accounts.pay, policy=policy)
        self.close = partial(accounts.close, policy=policy)
        self.set_campaign = partial(campaigns.set_campaigns, policy=policy)
        self.top_up = partial(prepaid.top_up, policy=policy)
        self.refund_unused = partial(prepaid.refund_unused, policy=policy)
        self.redeem = partial(coupons.redeem, policy=policy)
        self.confirm = partial(holds.confirm, policy=policy)


async def remove_cards(tx: Tx, asks: Sequence[cards.Remove]) -> list[dict[str, Any] | Failure]:
    """Forget cards, but for those that alone pay for ads with something unpaid."""
    needed = await ads.sole_methods(tx, [(ask.id, ask.person_id) for ask in asks])
    free = [ask for ask in asks if ask.id not in needed]
    done = dict(zip(free, await cards.remove(tx, free), strict=True)) if free else {}
    return [done.get(ask, CardPaysForAds()) for ask in asks]
