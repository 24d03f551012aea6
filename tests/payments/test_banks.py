"""People's bank accounts: their life, the two amounts, defaults, and what banks say of them."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from tests.payments.conftest import House

from tuppence import outbox
from tuppence.core import Policy, uuid7
from tuppence.payments import cards, errors, receiving
from tuppence.payments.banks import actions, keys, queries, rules, states
from tuppence.payments.banks.model import (
    AccountNumber,
    AddBank,
    BankAccount,
    ChangeBank,
    Confirm,
    Noted,
    RemoveBank,
)
from tuppence.payments.banks.sealing import OpeningKeys, Place
from tuppence.payments.banks.states import Event, State
from tuppence.payments.cards.rules import Wallet

NOW = datetime(2026, 3, 17, 14, tzinfo=UTC)
HARBOR = "099900027"
NUMBER = AccountNumber("1000000010")
OWNER = UUID(int=1)
ACCOUNT = BankAccount(
    id=UUID(int=10),
    person_id=OWNER,
    routing=HARBOR,
    bank="Harbor Savings",
    kind="checking",
    holder="Bo Berg",
    last4="0010",
    sealed=b"sealed",
    fingerprint="f",
    state=State.VERIFYING,
    reason=None,
    tries_left=3,
    deposit_1_minor=57,
    deposit_2_minor=12,
    deposits_by=NOW + timedelta(days=2),
    expires_at=NOW + timedelta(days=9),
    created_at=NOW,
    updated_at=NOW,
)

# The whole machine on one page, written down a second time: (state, event) → the state it leads to.
EXPECTED = """
- add verifying
verifying right_amounts active
verifying wrong_amounts verifying
verifying last_wrong_amounts rejected
verifying expire rejected
verifying deposit_returned rejected
verifying corrected verifying
verifying remove removed
active deposit_returned dead
active credit_returned dead
active unauthorised suspended
active corrected active
active remove removed
suspended credit_returned dead
suspended unauthorised suspended
suspended corrected suspended
suspended remove removed
rejected remove removed
dead remove removed
removed remove removed
"""


def test_every_pair_leads_where_it_should_or_is_refused() -> None:
    """The table against a second writing of it, for every state and event."""
    expected = {tuple(line.split()[:2]): line.split()[2] for line in EXPECTED.strip().splitlines()}
    for before, event in itertools.product([None, *State], Event):
        row = states.row(before, event)

        assert expected.get((before or "-", event)) == (row.after if row else None), (before, event)


def test_what_is_dead_or_rejected_never_receives_again() -> None:
    """No path of events leads from dead, rejected or removed to active."""
    reached = {State.DEAD, State.REJECTED, State.REMOVED}
    for _ in State:
        reached |= {row.after for row in states.TABLE if row.before in reached}

    assert State.ACTIVE not in reached


@pytest.mark.parametrize(
    ("tries_left", "amounts", "state", "left"),
    [
        (3, (57, 12), "active", 3),
        (3, (12, 57), "active", 3),
        (1, (12, 57), "active", 1),
        (3, (12, 56), "verifying", 2),
        (3, (12, 12), "verifying", 2),
        (1, (57, 57), "rejected", 0),
    ],
)
def test_two_amounts_in_either_order(tries_left: int, amounts: tuple[int, int], state: str, left: int) -> None:
    """Right ones activate, wrong ones cost a try, the last try rejects."""
    after = rules.confirm(replace(ACCOUNT, tries_left=tries_left), Confirm(ACCOUNT.id, OWNER, amounts), NOW)

    assert (state, left) == (after.state, after.tries_left)


def test_telling_the_right_amounts_again_changes_nothing_and_wrong_ones_do_not_undo() -> None:
    """An answer that got lost is given again; what is active is not made less so by a guess."""
    active = rules.confirm(ACCOUNT, Confirm(ACCOUNT.id, OWNER, (12, 57)), NOW)

    assert active == rules.confirm(active, Confirm(ACCOUNT.id, OWNER, (57, 12)), NOW + timedelta(days=1))
    with pytest.raises(errors.BankMovedOn):
        rules.confirm(active, Confirm(ACCOUNT.id, OWNER, (1, 1)), NOW)


@pytest.mark.parametrize(
    ("code", "purpose", "before", "after"),
    [
        *((code, "credit", State.ACTIVE, State.DEAD) for code in ("R02", "R03", "R04", "R16", "R20", "R23")),
        *((code, "debit", State.ACTIVE, State.SUSPENDED) for code in ("R05", "R07", "R10", "R29")),
        ("R01", "debit", State.ACTIVE, State.ACTIVE),
        ("R09", "debit", State.ACTIVE, State.ACTIVE),
        ("R03", "deposit", State.VERIFYING, State.REJECTED),
        ("R03", "deposit", State.ACTIVE, State.DEAD),
        ("R02", "credit", State.REMOVED, State.REMOVED),
        ("R02", "credit", State.REJECTED, State.REJECTED),
        ("C01", "credit", State.ACTIVE, State.ACTIVE),
    ],
)
def test_what_a_code_does_to_an_account(code: str, purpose: str, before: State, after: State) -> None:
    """Closed or unknown is dead, not authorised is suspended, no money says nothing of the account."""
    assert after == rules.heeding(replace(ACCOUNT, state=before), Noted(ACCOUNT.id, code, purpose), NOW).state


def test_a_notice_of_change_corrects_and_keeps_the_rest() -> None:
    """Only what the notice names is replaced."""
    noted = Noted(ACCOUNT.id, "C01", "credit", last4="0025", sealed=b"new", fingerprint="g")
    active = replace(ACCOUNT, state=State.ACTIVE)

    assert replace(active, last4="0025", sealed=b"new", fingerprint="g") == rules.heeding(active, noted, NOW)


def test_money_is_received_on_one_thing() -> None:
    """An account that becomes active steps in where nothing is; chosen, it replaces the card."""
    active = replace(ACCOUNT, state=State.ACTIVE)
    card = Wallet(OWNER, receives_card_id=UUID(int=5))

    assert Wallet(OWNER, receives_bank_id=ACCOUNT.id) == rules.with_bank(Wallet(OWNER), active, [])
    assert Wallet(OWNER, receives_bank_id=ACCOUNT.id) == rules.with_choice(card, active, receives=True)
    assert Wallet(OWNER) == rules.without(Wallet(OWNER, receives_bank_id=ACCOUNT.id), active)
    assert card == rules.without(card, active)
    with pytest.raises(errors.BankNotReady):
        rules.with_choice(card, ACCOUNT, receives=True)


# - sealing ----------------------------------------------------------------------------------------------------------


def test_a_sealed_number_opens_in_its_own_row_only(tmp_path: Path) -> None:
    """Another account, another bank, another key or one changed byte: it does not open."""
    keys.create(tmp_path / "bank.json")
    seals, opens = keys.sealing(tmp_path / "bank.json"), keys.opening(tmp_path / "bank.json")
    place = Place(uuid7(), HARBOR)
    sealed = seals.seal(place, NUMBER)

    assert NUMBER.reveal() == opens.open(place, sealed).reveal()
    strange = OpeningKeys({1: X25519PrivateKey.generate().private_bytes_raw()})
    damaged = [sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :] for n in range(len(sealed))]
    tries: list[tuple[OpeningKeys, Place, bytes]] = [(opens, place, one) for one in (*damaged, b"", sealed[:40])]
    tries += [(opens, Place(uuid7(), HARBOR), sealed), (opens, replace(place, routing="099900014"), sealed)]
    for ring, where, what in [*tries, (strange, place, sealed)]:
        with pytest.raises(errors.BankNumberUnreadable):
            ring.open(where, what)


def test_what_seals_cannot_open_and_prints_nothing(tmp_path: Path) -> None:
    """The server's file has no private key; numbers and keys do not print; both files are their owner's alone."""
    keys.create(tmp_path / "bank.json")
    seals = keys.sealing(tmp_path / "bank.json")

    (private,) = keys.opening(tmp_path / "bank.json").private.values()
    assert all(0o600 == one.stat().st_mode & 0o777 for one in tmp_path.iterdir())
    assert "private" not in (tmp_path / "bank.pub.json").read_text()
    assert private not in (seals.public, seals.fingerprint)
    assert "1000000010" not in repr(NUMBER) + repr(seals)
    assert seals.fingerprint_of(HARBOR, NUMBER) == seals.fingerprint_of(HARBOR, AccountNumber("1000000010"))
    assert seals.fingerprint_of(HARBOR, NUMBER) != seals.fingerprint_of("099900014", NUMBER)


def test_key_files_are_made_once_and_finished_after_a_crash(tmp_path: Path) -> None:
    """Whoever starts second finds the same keys; a public half that was not written is made from the private one."""
    path = tmp_path / "bank.json"
    keys.create(path)
    before = keys.sealing(path)
    keys.public_path(path).unlink()
    keys.create(path)

    assert before == keys.sealing(path)
    path.chmod(0o644)
    with pytest.raises(errors.BankKeysRefused):
        keys.opening(path)


# - with a database --------------------------------------------------------------------------------------------------


def ask(person: UUID, number: str = "1000000010", **changes: Any) -> AddBank:
    told: dict[str, Any] = {
        "id": uuid7(),
        "person_id": person,
        "routing": HARBOR,
        "kind": "checking",
        "holder": "Bo Berg",
        "last4": number[-4:],
        "sealed": number.encode(),
        "fingerprint": number,
    }
    return AddBank(**told | changes)


async def add(house: House, one: AddBank) -> dict[str, Any]:
    added: dict[str, Any] = await house.do(actions.add, [one], policy=house.policy)
    return added


async def amounts_of(house: House, account_id: UUID) -> tuple[int, int]:
    """What would stand on the statement."""
    async with house.database.transaction() as tx:
        return (await queries.by_id(tx, [account_id]))[account_id].deposits_minor


async def test_added_confirmed_and_received_on(house: House) -> None:
    """From verifying to active by the two amounts; chosen, the card steps back; every step is in the feed."""
    one = ask(house.bo)
    added = await add(house, one)
    assert ("verifying", "0010", 3) == (added["state"], added["last4"], added["tries_left"])
    assert added == await add(house, replace(one, sealed=b"sealed anew"))

    with pytest.raises(errors.BankNotReady):
        await house.do(actions.change, [ChangeBank(one.id, house.bo, receives=True)])
    active = await house.do(actions.confirm, [Confirm(one.id, house.bo, await amounts_of(house, one.id))])
    chosen = await house.do(actions.change, [ChangeBank(one.id, house.bo, receives=True)])

    assert ("active", False) == (active["state"], active["receives"])
    assert chosen["receives"]
    assert [False] == [card["receives"] for card in await house.cards(house.bo)]
    assert chosen == (await house.feed(house.bo, "bank"))[-1]
    (card,) = await house.cards(house.bo)
    back = await house.do(cards.change, [cards.Change(UUID(card["id"]), house.bo, receives=True)])
    assert back["receives"]
    assert not (await house.feed(house.bo, "bank"))[-1]["receives"]


async def test_wrong_amounts_cost_a_try_that_stays_spent(house: House) -> None:
    """Each wrong pair is refused with what is left, and the third ends it: right ones come too late."""
    one = ask(house.bo)
    await add(house, one)
    right = await amounts_of(house, one.id)
    wrong = (right[0] % 99 + 1, right[1])
    left = []
    for _ in range(3):
        with pytest.raises(errors.AmountsWrong) as refused:
            await house.do(actions.confirm, [Confirm(one.id, house.bo, wrong)])
        left.append(refused.value.facts["tries_left"])

    assert [2, 1, 0] == left
    with pytest.raises(errors.BankMovedOn):
        await house.do(actions.confirm, [Confirm(one.id, house.bo, right)])
    assert ("rejected", "wrong_amounts") == _state((await house.feed(house.bo, "bank"))[-1])


async def test_amounts_that_nobody_tells_run_out(house: House) -> None:
    """Seven days after the deposits should be there the account is given up."""
    one = ask(house.bo)
    added = await add(house, one)
    await house.until(added["expires_at"])

    assert ("rejected", "expired") == _state((await house.feed(house.bo, "bank"))[-1])


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"routing": "099900028"}, errors.RoutingInvalid),
        ({"routing": "021000021"}, errors.BankUnknown),
        ({"fingerprint": "1000000010"}, errors.BankAccountKnown),
    ],
)
async def test_what_is_refused_when_adding(house: House, changes: dict[str, Any], refused: type[Exception]) -> None:
    """A mistyped routing number, a bank that we do not reach, the same account twice."""
    await add(house, ask(house.bo))
    with pytest.raises(refused):
        await add(house, ask(house.bo, "1000000028", **changes))


async def test_how_often_and_how_many(house: House, policy: Policy) -> None:
    """Three a day, removed ones counted; tomorrow there is room again. Five at once are enough."""
    for n in range(policy.bank.added_per_day):
        one = ask(house.bo, f"100000000{n}")
        await add(house, one)
        await house.do(actions.remove, [RemoveBank(one.id, house.bo)])
    with pytest.raises(errors.AddedTooOften) as refused:
        await add(house, ask(house.bo, "1000000028"))
    now = await house.do(outbox.now)
    assert timedelta(hours=23) < refused.value.facts["again_at"] - now < timedelta(hours=25)
    for n in range(policy.bank.kept_most):
        await house.do(outbox.move_clock, [await house.do(outbox.now) + timedelta(days=1, minutes=1)])
        await add(house, ask(house.bo, f"200000000{n}"))
    with pytest.raises(errors.TooManyBankAccounts):
        await add(house, ask(house.bo, "3000000018"))


async def test_other_peoples_accounts_do_not_exist(house: House) -> None:
    """Confirming, choosing and removing are answered as for an id that nobody has; an id that is taken says so."""
    one = ask(house.bo)
    await add(house, one)
    for account in (one.id, uuid7()):
        for verb, wish in (
            (actions.confirm, Confirm(account, house.ann, (1, 2))),
            (actions.change, ChangeBank(account, house.ann, receives=True)),
            (actions.remove, RemoveBank(account, house.ann)),
        ):
            with pytest.raises(errors.BankAccountNotFound):
                await house.do(verb, [wish])
    with pytest.raises(errors.IdTaken):
        await add(house, replace(ask(house.ann), id=one.id))


async def test_the_choice_shows_when_money_would_arrive(house: House) -> None:
    """A way to be paid says its interval: a bank account takes at least a banking day."""
    one = ask(house.bo)
    await add(house, one)
    await house.do(actions.confirm, [Confirm(one.id, house.bo, await amounts_of(house, one.id))])
    async with house.database.transaction() as tx:
        ways = await receiving.ways(tx, house.bo, policy=house.policy)

    assert ["card", "bank"] == [way["kind"] for way in ways]
    assert [True, False] == [way["default"] for way in ways]
    assert all(way["arrival"]["earliest"] < way["arrival"]["latest"] for way in ways)


def _state(view: dict[str, Any]) -> tuple[str, str | None]:
    return view["state"], view["reason"]
