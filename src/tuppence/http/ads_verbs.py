"""The verbs of ads, bound to the policy once: group commit groups by the verb's identity."""

from functools import partial

from tuppence.billing import ads
from tuppence.billing.ads import accounts, campaigns, coupons, holds, prepaid
from tuppence.core import Policy


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
