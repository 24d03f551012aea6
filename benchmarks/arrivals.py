"""A year of credits to banks with habits: what was promised, when it was posted, what its owner told.

`python -m benchmarks.arrivals` prints how often the promise held and draws docs/pictures/arrivals.svg.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tuppence.cli.arrivals import picture, table
from tuppence.core import Policy
from tuppence.core.calendar import FED
from tuppence.core.policy import ArrivalPolicy
from tuppence.payments.arrival import estimate
from tuppence.payments.pace import Kept, Lags, learn, noted, prior

# How many business days after it took a credit a bank shows it, and how often: made up, as docs/design/arrival.md says.
HABITS: dict[str, dict[int | None, int]] = {
    "Fast funds": {None: 100},
    "Next morning": {1: 97, 2: 3},
    "Second morning": {1: 5, 2: 92, 3: 3},
    "Third morning": {2: 8, 3: 92},
    "As it comes": {1: 60, 2: 30, 3: 10},
}
TOLD_PERCENT = 60  # of the owners who say that it arrived


def year(seed: int, payments_a_day: int, policy: ArrivalPolicy, *, learning: bool = True) -> Iterator[Kept]:
    """Each payment of 2026 to a bank that is not fast: after how long it was posted, and what had been promised."""
    chance = random.Random(seed)
    seen: dict[str, Counter[int]] = defaultdict(Counter)
    for day in range(365):
        for _ in range(payments_a_day):
            sent = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day, seconds=chance.randrange(86_400))
            bank = chance.choice(list(HABITS))
            (lag,) = chance.choices(list(HABITS[bank]), weights=list(HABITS[bank].values()))
            if lag is None:
                continue
            promised = learn(seen[bank], policy) if learning else prior(policy)
            yield Kept(bank, lag, promised.first, promised.last, 1)
            if chance.randrange(100) < TOLD_PERCENT:
                seen[bank][_told(sent, lag, promised, policy, chance)] += 1


def _told(sent: datetime, lag: int, promised: Lags, policy: ArrivalPolicy, chance: random.Random) -> int:
    """What the house learns when somebody sees the money a few hours after their bank posted it, and says so."""
    accepted_on = datetime.fromisoformat(
        estimate(sent, pace=promised, policy=policy, calendar=FED).reason_facts["accepted_on"]
    ).date()
    posted = FED.instant(FED.add(accepted_on, lag), policy.posting_hour)
    return noted(accepted_on, posted + timedelta(minutes=chance.randrange(1, 12 * 60)), policy, FED)


def kept_percent(payments: list[Kept]) -> float:
    """How many of a hundred came inside the promised interval."""
    inside = sum(one.promised_first <= one.lag_days <= one.promised_last for one in payments)
    return 100 * inside / len(payments)


def main() -> None:
    kept = list(year(7, 30, Policy.load().arrival))
    print(table(kept))
    picture_of = Path(__file__).parents[1] / "docs" / "pictures" / "arrivals.svg"
    picture_of.write_text(picture(kept))


if __name__ == "__main__":
    main()
