"""The payment threshold: how much may be used before a bill is drawn up. It climbs with trust. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from tuppence.billing.ads.model import Account
from tuppence.core.policy import AdsPolicy


def earned_minor(account: Account, policy: AdsPolicy) -> int:
    """What the account's rung stands for."""
    return policy.ladder_minor[min(account.rung, len(policy.ladder_minor) - 1)]


def threshold_minor(account: Account, policy: AdsPolicy) -> int:
    """What counts: people may set a lower one of their own."""
    earned = earned_minor(account, policy)
    return min(earned, account.own_threshold_minor or earned)


def grace_cap_minor(account: Account, policy: AdsPolicy) -> int:
    """How much may be used while an earlier bill is not paid yet."""
    return threshold_minor(account, policy) * policy.grace_cap_percent // 100


def after_clean(account: Account, now: datetime, policy: AdsPolicy) -> Account:
    """A bill was paid at once: up a rung after enough of them, and enough days."""
    clean = account.clean_cycles + 1
    climbs = (
        not account.is_manual
        and clean >= policy.clean_cycles
        and now - account.rung_since >= timedelta(days=policy.rung_days)
        and account.rung + 1 < len(policy.ladder_minor)
    )
    if climbs:
        return replace(account, rung=account.rung + 1, rung_since=now, clean_cycles=0)
    return replace(account, clean_cycles=clean)


def after_failure(account: Account, now: datetime) -> Account:
    """A charge failed: down a rung, and start counting again."""
    return replace(account, rung=max(account.rung - 1, 0), rung_since=now, clean_cycles=0)


def after_chargeback(account: Account, now: datetime) -> Account:
    """Back to the lowest rung, and no climbing until somebody says so."""
    return replace(account, rung=0, rung_since=now, clean_cycles=0, is_manual=True)
