"""An app hears of the payments that it made: on the real database and worker; the bank does as it is told."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from tests.billing.apps.conftest import BACK, CHALLENGE, LONG_AGO
from tests.payments.conftest import House, house, password_hash, policy

from tuppence.billing import apps
from tuppence.billing.apps.jobs import changes, handlers, tell_payments
from tuppence.core import uuid7
from tuppence.db import Statement
from tuppence.payments.sends.model import Moment
from tuppence.payments.sends.states import Event, State

_EVENTS = Statement(
    "events",
    "SELECT type, data FROM outbox.event WHERE business_id = %(business_id)s AND subject_id = %(id)s ORDER BY seq",
)
__all__ = ["house", "password_hash", "policy"]


@dataclass
class Chat:
    """A business's app, and Ann who lets it in."""

    house: House
    app: apps.App

    async def let_in(self, *scopes: apps.Scope) -> None:
        asked = apps.Asked(self.app, BACK, scopes, None, CHALLENGE)
        async with self.house.database.transaction() as tx:
            await apps.allow(tx, self.house.ann, asked, LONG_AGO)

    async def shut_out(self) -> None:
        async with self.house.database.transaction() as tx:
            (known,) = await apps.access_connections(tx, self.house.ann)
            assert [None] == await apps.disconnect(tx, [(known.id, self.house.ann)])

    async def send(self, **change: Any) -> Any:
        return await self.house.send(app_id=self.app.id, **change)

    async def heard(self, payment: Any, business_id: UUID | None = None) -> list[tuple[str, str]]:
        of = {"business_id": business_id or self.app.business_id, "id": UUID(payment["id"])}
        async with self.house.database.transaction() as tx:
            return [(kind, data["state"]) for kind, data in await tx.rows(_EVENTS, **of)]


@pytest.fixture
async def chat(house: House) -> Chat:
    async with house.database.transaction() as tx:
        app = await apps.register(tx, apps.Register(uuid7(), uuid7(), "Chat", "https://chat.example", True, (BACK,)))
    house.handlers = {**house.handlers, **handlers(house.database)}
    return Chat(house, app)


async def test_each_change_of_state_is_told_once_and_in_order(chat: Chat) -> None:
    """From the making to the arrival; of what the same person sends by themselves nothing is told."""
    await chat.let_in("payments:read", "payments:send")
    own, made = await chat.house.send(), await chat.send()
    await chat.house.work_off_undo()
    await chat.house.act(made, chat.house.bo, "arrived")
    await chat.house.work()
    async with chat.house.database.transaction() as tx:
        await tell_payments(tx, [UUID(made["id"])])  # a job that runs twice

    assert [
        ("payment.created", "created"),
        ("payment.updated", "debiting"),
        ("payment.updated", "crediting"),
        ("payment.updated", "credited"),
        ("payment.completed", "available"),
    ] == await chat.heard(made)
    assert [] == await chat.heard(own)


@pytest.mark.parametrize(
    ("fate", "told"),
    [("insufficient_funds", ("payment.failed", "debit_failed")), ("accept", ("payment.returned", "returned"))],
)
async def test_how_a_payment_ends_otherwise(chat: Chat, fate: str, told: tuple[str, str]) -> None:
    """Declined, or sent back because the payee's card refused it and they did not want it."""
    await chat.let_in("payments:read", "payments:send")
    chat.house.bank.fates = {"ann's": fate, "push bob's": "cannot_receive"}
    made = await chat.send()
    await chat.house.work_off_undo()
    if fate == "accept":
        await chat.house.act(made, chat.house.bo, "decline")
        await chat.house.work()

    assert told == (await chat.heard(made))[-1]


async def test_taken_back_before_it_left_is_cancelled(chat: Chat) -> None:
    """By the person, in the undo window."""
    await chat.let_in("payments:read", "payments:send")
    made = await chat.send()
    await chat.house.act(made, chat.house.ann, "cancel")
    await chat.house.work()

    assert [("payment.created", "created"), ("payment.canceled", "cancelled")] == await chat.heard(made)


async def test_who_may_not_read_payments_hears_nothing_of_them(chat: Chat) -> None:
    """Without the scope, once shut out, or as another's business; what happened meanwhile is not told later."""
    await chat.let_in("payments:send")
    made = await chat.send()
    await chat.house.work()
    assert [] == await chat.heard(made)

    await chat.let_in("payments:read")
    await chat.house.work_off_undo()
    heard = await chat.heard(made)
    assert ("payment.updated", "debiting") == heard[0]

    await chat.shut_out()
    await chat.house.act(made, chat.house.bo, "arrived")
    await chat.house.work()
    assert heard == await chat.heard(made)
    assert [] == await chat.heard(made, business_id=uuid7())


def test_a_moment_at_which_the_state_stayed_is_no_change() -> None:
    """A reminder is no news for a program, and what was told before is not told again."""

    def moment(version: int, state: State) -> Moment:
        return Moment(UUID(int=1), version, "1", Event.REMIND, state, LONG_AGO, {})

    line = [moment(1, State.CREATED), moment(2, State.CREDITED), moment(3, State.CREDITED), moment(4, State.AVAILABLE)]
    assert [1, 2, 4] == [one.version for one in changes(line, 0)]
    assert [4] == [one.version for one in changes(line, 2)]
    assert [] == changes(line, 4)
