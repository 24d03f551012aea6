"""Cards as the app knows them: adopting, defaults, and heeding what banks say."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from tests.payments.conftest import House

from tuppence import payments
from tuppence.core import Policy, uuid7
from tuppence.payments import errors
from tuppence.payments.cards import Adopt, Card, CardState, Change, Described, Remove
from tuppence.payments.cards.rules import SOFT, Wallet, heeding, with_card, with_change, without

OWNER = UUID(int=1)
ACTIVE = Card(
    id=UUID(int=10),
    person_id=OWNER,
    token="card_a",
    brand="visa",
    funding="debit",
    last4="4242",
    exp_month=1,
    exp_year=2040,
    bank="First",
    state=CardState.ACTIVE,
    can_fund=True,
    can_receive=True,
    fast_funds=True,
    fingerprint="f",
    kept=True,
    used_by=None,
    created_at=datetime(2026, 11, 23, tzinfo=UTC),
)
OTHER = replace(ACTIVE, id=UUID(int=11), token="card_b")


@pytest.mark.parametrize(
    ("code", "declines", "state", "can_receive"),
    [
        ("lost_or_stolen", 1, "suspended", True),
        ("fraud", 1, "suspended", True),
        ("invalid_card", 1, "suspended", True),
        ("expired_card", 1, "expired", True),
        ("cannot_receive", 0, "active", False),
        ("do_not_honor", 1, "active", True),
        ("do_not_honor", 3, "suspended", True),
        *((code, 0, "active", code != "cannot_receive") for code in SOFT),
    ],
)
def test_what_a_refusal_does_to_a_card(code: str, declines: int, state: str, can_receive: bool) -> None:
    """A soft refusal nothing; lost, stolen or the third hard one in a week suspends; an expired card says so."""
    after = heeding(ACTIVE, code, declines)

    assert (state, can_receive) == (after.state, after.can_receive)


def test_a_card_that_is_gone_is_not_called_back() -> None:
    """No refusal makes a removed card anything else."""
    removed = replace(ACTIVE, state=CardState.REMOVED)

    assert removed == heeding(removed, "expired_card", 3)


def test_the_first_usable_card_is_the_default_and_stays_it() -> None:
    """For paying and receiving apart; one that is not kept never is; a default that became unusable is replaced."""
    first = with_card(Wallet(OWNER), ACTIVE, [])
    assert Wallet(OWNER, ACTIVE.id, ACTIVE.id) == first
    assert first == with_card(first, OTHER, [ACTIVE])
    assert Wallet(OWNER) == with_card(Wallet(OWNER), replace(ACTIVE, kept=False), [])
    assert Wallet(OWNER, ACTIVE.id, OTHER.id) == with_card(first, OTHER, [replace(ACTIVE, can_receive=False)])


def test_choosing_and_unchoosing() -> None:
    """A default can be moved and given up; a card that can't do it is refused; a removed one leaves none behind."""
    both = Wallet(OWNER, ACTIVE.id, ACTIVE.id)
    assert Wallet(OWNER, OTHER.id, ACTIVE.id) == with_change(both, OTHER, Change(OTHER.id, OWNER, pays=True))
    assert Wallet(OWNER, ACTIVE.id, None) == with_change(both, ACTIVE, Change(ACTIVE.id, OWNER, receives=False))
    assert both == with_change(both, OTHER, Change(OTHER.id, OWNER, pays=False))
    assert Wallet(OWNER) == without(both, ACTIVE.id)
    for unable in (replace(ACTIVE, can_fund=False), replace(ACTIVE, kept=False)):
        with pytest.raises(errors.CardNotForThat):
            with_change(Wallet(OWNER), unable, Change(ACTIVE.id, OWNER, pays=True))


async def test_a_card_is_adopted_once_and_only_by_its_owner(house: House) -> None:
    """The vault says whose it is; a repeat is the same card; another's token does not exist for us."""
    ask = Adopt(uuid7(), house.ann, _described("new", house.ann))
    first = await house.do(payments.cards.adopt, [ask], policy=house.policy)
    again = await house.do(payments.cards.adopt, [ask], policy=house.policy)

    assert first == again
    assert 2 == len(await house.cards(house.ann))
    with pytest.raises(errors.CardNotFound):
        await house.do(
            payments.cards.adopt, [Adopt(uuid7(), house.bo, _described("other", house.ann))], policy=house.policy
        )
    with pytest.raises(errors.IdTaken):
        await house.do(payments.cards.adopt, [replace(ask, described=_described("b", house.ann))], policy=house.policy)


async def test_ten_cards_are_enough(house: House, policy: Policy) -> None:
    """The eleventh kept card is refused; one for a single payment is not."""
    for n in range(policy.cards.kept_most - 1):
        await house.add_card(house.ann, f"card {n}")
    with pytest.raises(errors.TooManyCards):
        await house.add_card(house.ann, "one more")

    await house.add_card(house.ann, "once", kept=False)


async def test_other_peoples_cards_do_not_exist(house: House) -> None:
    """Changing or removing one is answered as for an id that nobody has."""
    (bobs,) = await house.cards(house.bo)
    for card in (UUID(bobs["id"]), uuid7()):
        with pytest.raises(errors.CardNotFound):
            await house.do(payments.cards.change, [Change(card, house.ann, pays=True)])
        with pytest.raises(errors.CardNotFound):
            await house.do(payments.cards.remove, [Remove(card, house.ann)])


async def test_devices_learn_of_every_change(house: House) -> None:
    """The feed's last word on each card is how the list has it."""
    second = await house.add_card(house.ann, "second")
    await house.do(payments.cards.change, [Change(second, house.ann, pays=True)])
    (first,) = [one for one in await house.cards(house.ann) if one["id"] != str(second)]
    await house.do(payments.cards.remove, [Remove(UUID(first["id"]), house.ann)])

    told = {one["id"]: one for one in await house.feed(house.ann, "card")}
    assert "removed" == told.pop(first["id"])["state"]
    assert list(told.values()) == await house.cards(house.ann)


async def test_three_hard_refusals_in_a_week_suspend_a_card(house: House) -> None:
    """Counted over payments, in the database."""
    house.bank.fates["ann's"] = "do_not_honor"
    states = []
    for _ in range(3):
        await house.send()
        await house.work_off_undo()
        states.append((await house.cards(house.ann))[0]["state"])

    assert ["active", "active", "suspended"] == states


def _described(token: str, owner: UUID) -> Described:
    return Described(token, owner, "visa", "debit", "4242", 1, 2040, "First", True, True, False, token, True)
