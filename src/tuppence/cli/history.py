"""`tuppence demo --history 92`: lets days pass, each with a little of everything, through the whole house.

The sandbox's clock goes forward only, so history is made by living it: afterwards the sandbox is that much ahead.
"""

import asyncio
import time as real_time
import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import typer

from tuppence import outbox
from tuppence.app.parts import urls
from tuppence.cli import seeds
from tuppence.cli.client import Friend
from tuppence.cli.merchant import CAMPAIGNS, Merchant, Usage, prove, until
from tuppence.cli.partner import Chat
from tuppence.db import Database
from tuppence.settings import Settings

_MORNING = time(15, tzinfo=UTC)  # ten o'clock where the business is
_BANK = {"routing_number": "099900043", "account_number": "1000000010", "kind": "checking"}
_SIGN_IN_DAYS = 20  # a session lives for thirty
_TOLD_DAYS = 7
_SKUS = ("gems", "season", "oil", "season", "wick", "season", "fleet")
_NOTES = ("Ramen 🍜", "Climbing", "Marché", "Cinema", "Taxi", "Birthday cake")
_CHARGED_BACK = {11: "Charged back, lost", 38: "Charged back, won"}  # the day's number: how Dan's bank behaves
_DISPUTED_DAY = 25


async def pass_days(settings: Settings, merchant: Merchant, friends: dict[str, Friend], days: int) -> None:
    """Live on until so many days after the business was founded; what was lived is not lived again."""
    first = await founded(merchant)
    database = await Database.open(urls(settings).app, name="history", max_size=1)
    try:
        history = _History(merchant, friends, database)
        day, last = (await history.now()).date() + timedelta(days=1), first + timedelta(days=days)
        async with merchant.with_key():
            while day <= last:
                await history.live(day, (day - first).days)
                day += timedelta(days=1)
    finally:
        await database.close()


class _History:
    """One day after the other. What happens on a day follows from its date alone."""

    def __init__(self, merchant: Merchant, friends: Mapping[str, Friend], database: Database) -> None:
        self._merchant = merchant
        self._friends = list(friends.values())
        self._dan = friends[seeds.DAN.handle]
        self._chat = Chat(merchant)
        self._database = database
        self._begun = real_time.perf_counter()

    async def now(self) -> datetime:
        return datetime.fromisoformat((await self._merchant.owner.call("GET", "/v1/sandbox"))["now"])

    async def live(self, day: date, n: int) -> None:
        """The n-th day since the business was founded."""
        await self._wake(day)
        if n % _SIGN_IN_DAYS == 0:
            await self._sign_in_again()
        await self._merchant.on(day).use("usage", await self.now(), _delivered(day, n))
        await self._sales(day, n)
        await self._claims(day, n)
        await self._send(day)
        await self._get_paid()
        await self._rest()
        if n % _TOLD_DAYS == 0:
            typer.echo(f"{real_time.perf_counter() - self._begun:5.1f} s  {'history':<10} {day}")

    async def _wake(self, day: date) -> None:
        """Let the night pass, and everybody do what they do in it."""
        to = datetime.combine(day, _MORNING).isoformat()
        await self._merchant.owner.call("POST", "/v1/sandbox/clock", {"to": to})
        await self._rest()

    async def _rest(self) -> None:
        """Until the worker has nothing left to do. Raises: TimeoutError."""
        await until(self._due, lambda due: due == 0)

    async def _due(self) -> int:
        async with self._database.transaction(read_only=True) as tx:
            return await outbox.due(tx)

    async def _sign_in_again(self) -> None:
        for person in (self._merchant.owner, *self._friends):
            await person.call("DELETE", "/v1/sessions/current")
            person.token = ""
            await person.sign_in(seeds.PASSWORD, seeds.DEVICE)

    # - the game ------------------------------------------------------------------------------------------------------

    async def _sales(self, day: date, n: int) -> None:
        buyers = [one for place, one in enumerate(self._friends) if _dice(day, f"buyer {place}", 12) < 3 + n // 30]
        skus = [_SKUS[_dice(day, one.handle, len(_SKUS))] for one in buyers]
        await asyncio.gather(
            *(
                self._merchant.on(day).sell(f"{day}/{one.handle}", one, sku)
                for one, sku in zip(buyers, skus, strict=True)
            )
        )
        if n % 9 == 0 and buyers and skus[0] in ("gems", "season"):
            await self._merchant.on(day).give_back(f"{day}/{buyers[0].handle}", 150, "The river was closed for a day")

    async def _claims(self, day: date, n: int) -> None:
        """Now and then a bank takes a payment back, and a buyer complains."""
        if label := _CHARGED_BACK.get(n):
            card = await _card(self._dan, label)
            await self._merchant.on(day).sell(f"{day}/charged back", self._dan, "season", card_id=card)
        if n == _DISPUTED_DAY:
            today, what = self._merchant.on(day), "disputed"
            await today.sell(what, self._dan, "gems")
            words = {"reason": "not_received", "words": "No gems came."}
            await self._dan.call("POST", f"/v1/games/purchases/{today.id_today(what)}/dispute", words)
            await self._rest()
            await today.answer(what, "granted_replacement_item")

    # - friends, and the bank -----------------------------------------------------------------------------------------

    async def _send(self, day: date) -> None:
        """Every few days somebody owes somebody, and pays in the partner's chat."""
        if _dice(day, "send", 5):
            return
        place = _dice(day, "payer", len(self._friends))
        payer, payee = self._friends[place], self._friends[place - 1]
        note, amount_minor = _NOTES[_dice(day, "note", len(_NOTES))], 500 + 25 * _dice(day, "amount", 100)
        payment_id = UUID(self._merchant.on(day).id_today("send"))
        sent = await self._chat.send(payer, payee, amount_minor, note, payment_id)
        if sent["step_up"] and sent["step_up"]["needed"]:
            await prove(payer, f"/v1/payments/{payment_id}")

    async def _get_paid(self) -> None:
        """A bank account for payouts: added, proved by its two deposits once they are there, chosen."""
        owner, bank_id = self._merchant.owner, self._merchant.id("bank")
        account = next((one for one in await _banks(owner) if one["id"] == bank_id), None)
        if account is None:
            await owner.call("PUT", f"/v1/bank-accounts/{bank_id}", _BANK | {"holder": owner.name})
        elif account["state"] == "verifying":
            lines = (await owner.call("GET", f"/v1/sandbox/bank-accounts/{bank_id}/statement"))["lines"]
            if len(lines) == 2:
                amounts = [line["amount_minor"] for line in lines]
                await owner.call("POST", f"/v1/bank-accounts/{bank_id}/confirm", {"amounts_minor": amounts})
                body, business = {"bank_id": bank_id}, self._merchant.business
                await owner.call("PUT", "/v1/games/payouts/bank", body, business=business)


def _delivered(day: date, n: int) -> list[Usage]:
    """More on weekends, more as the weeks go by; once a fortnight some of it was no real traffic."""
    usages = []
    for campaign in CAMPAIGNS:
        clicks = 40 + n // 2 + _dice(day, campaign, 40) + (25 if day.weekday() >= 5 else 0)
        usages.append((campaign, clicks * 9, clicks * 30))
    return [*usages, (CAMPAIGNS[0], -90, 300)] if n % 14 == 0 else usages


def _dice(day: date, what: str, sides: int) -> int:
    return zlib.crc32(f"{day} {what}".encode()) % sides


async def founded(merchant: Merchant) -> date:
    """The business's first day."""
    found = (await merchant.owner.call("GET", "/v1/businesses"))["data"]
    mine = next(one for one in found if one["id"] == merchant.business)
    return datetime.fromisoformat(mine["created_at"]).date()


async def _banks(owner: Friend) -> list[dict[str, Any]]:
    return list((await owner.call("GET", "/v1/bank-accounts"))["bank_accounts"])


async def _card(friend: Friend, label: str) -> str:
    """A friend's test card of this kind; a new one unless it is there."""
    wanted = await seeds.card_of(friend, None, (label,))
    for card in (await friend.call("GET", "/v1/cards"))["cards"]:
        if card["last4"] == wanted["number"][-4:]:  # type: ignore[index]
            return str(card["id"])
    return str((await friend.add_card(wanted))["id"])
