"""`tuppence demo --story`: the main job played through the public API, each state printed, the books proven."""

import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import typer

from tuppence import ledger
from tuppence.app.parts import embedded, urls
from tuppence.cli import seeds
from tuppence.cli.client import Feed, Friend
from tuppence.cli.house import RunningHouse, running_house, sandbox_settings
from tuppence.db import Database
from tuppence.rails.simulator.control import control

_PATIENCE_SECONDS = 20
CURRENCY = "USD"
CLEARING = ("card_clearing", "in_transit", "payout_clearing", "refund_clearing")


class Differs(Exception):
    """The story did not go as it must."""


async def play() -> int:
    """Play it on a house of its own that is thrown away; the exit code."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="tuppence-story-") as folder:
        settings = sandbox_settings(Path(folder) / "house", free_ports=True)
        try:
            async with running_house(settings, typer.echo) as house:
                friends = await seeds.plant(settings)
                await Story(house, friends).tell()
        except Differs as difference:
            typer.echo(f"\nIt differs: {difference}", err=True)
            return 1
        finally:
            if server := embedded(settings):
                server.remove()
    typer.echo(f"\nThe story went as it must, in {time.perf_counter() - begun:.1f} s.")
    return 0


class Story:
    """Ann owes Bo twenty dollars."""

    def __init__(self, house: RunningHouse, friends: dict[str, Friend]) -> None:
        self._house = house
        self._ann = friends[seeds.ANN.handle]
        self._bo = friends[seeds.BO.handle]

    async def tell(self) -> None:
        """From hello to available, with an undo and a declined card on the way."""
        before, booked = await self._bank_balances(), await self._booked()
        ann_at, bo_at = await _feed_end(self._ann), await _feed_end(self._bo)
        async with self._ann.stream(ann_at) as ann_feed, self._bo.stream(bo_at) as bo_feed:
            ann, bo = Watcher("Ann", ann_feed), Watcher("Bo", bo_feed)
            await self._chat(ann, bo)
            await self._undo(ann)
            await self._declined(ann)
            paid = await self._pay(ann, bo)
            await self._arrive(paid, ann, bo)
        await self._prove_books(booked)
        await self._prove_banks(before)

    async def _chat(self, ann: "Watcher", bo: "Watcher") -> None:
        heading("Ann writes to Bo, and both phones show it")
        conversation = await self._ann.talk_to(self._bo)
        said = await self._ann.say(conversation, "Here comes my half.")
        for watcher in (ann, bo):
            seen = await watcher.until("message", lambda message: message["id"] == said["id"])
            expect(f"{watcher.name} reads", "Here comes my half.", seen["body"])

    async def _undo(self, ann: "Watcher") -> None:
        heading("Ann sends $15 and takes it back")
        sent = await self._ann.send(self._bo, 1500, "Oops")
        expect("the payment is", "created", sent["state"])
        undone = await self._ann.act(sent["id"], "cancel")
        expect("the payment is", "cancelled", undone["state"])
        await ann.until_state(sent["id"], "cancelled")

    async def _declined(self, ann: "Watcher") -> None:
        heading("Ann tries a card without money on it")
        card = await self._ann.add_card(await seeds.card_of(self._ann, None, ("Not enough money",)), keep=False)
        sent = await self._ann.send(self._bo, 1000, "Taxi", card_id=card["id"])
        await self._prove(sent)
        await self._move_clock(timedelta(seconds=10))
        failed = await ann.until_state(sent["id"], "debit_failed")
        expect("the bank's reason is", "insufficient_funds", failed["decline_code"])

    async def _pay(self, ann: "Watcher", bo: "Watcher") -> dict[str, Any]:
        heading("Ann sends $20 for the ramen and confirms with her PIN")
        sent = await self._ann.send(self._bo, 2000, "Ramen 🍜")
        expect("it asks for her PIN", True, bool(sent["step_up"] and sent["step_up"]["needed"]))
        await self._prove(sent)
        await self._move_clock(timedelta(seconds=10))
        await ann.until_state(sent["id"], "credited")
        return await bo.until_state(sent["id"], "credited")

    async def _arrive(self, paid: dict[str, Any], ann: "Watcher", bo: "Watcher") -> None:
        arrival = paid["arrival"]
        heading(f"Bo's bank may take until {arrival['latest']}; a week passes")
        await self._move_clock(datetime.fromisoformat(arrival["latest"]) - await self._now() + timedelta(days=5))
        for watcher in (ann, bo):
            expect(f"{watcher.name} sees", "presumed", (await watcher.until_state(paid["id"], "available"))["cause"])

    async def _prove(self, sent: dict[str, Any]) -> None:
        if sent["step_up"] and sent["step_up"]["needed"]:
            await self._ann.act(sent["id"], "step-up", {"pin": seeds.PIN})

    async def _now(self) -> datetime:
        return datetime.fromisoformat((await self._ann.call("GET", "/v1/sandbox"))["now"])

    async def _move_clock(self, by: timedelta) -> None:
        body = {"advance_seconds": round(by.total_seconds())}
        moved = await self._ann.call("POST", "/v1/sandbox/clock", body)
        typer.echo(f"      the clock says {moved['now'][:16]}")

    async def _booked(self) -> dict[str, tuple[int, int]]:
        """What the books have seen go in and out of each clearing account; settlement empties them, and takes none
        of it away."""
        database = await Database.open(urls(self._house.settings).app, name="story", max_size=1)
        async with database.transaction(read_only=True) as tx:
            accounts = await ledger.lookup_accounts(tx, [ledger.chart.house(name, CURRENCY) for name in CLEARING])
            expect("what is broken", [], await ledger.check(tx))
        await database.close()
        return {name: (one.debits_posted, one.credits_posted) for name, one in zip(CLEARING, accounts, strict=True)}

    async def _prove_books(self, before: dict[str, tuple[int, int]]) -> None:
        heading("The books")
        after = await self._booked()
        debited, credited = ({name: after[name][side] - before[name][side] for name in CLEARING} for side in (0, 1))
        for name in CLEARING:
            typer.echo(f"      {name:<16} {debited[name] / 100:>10.2f} in {credited[name] / 100:>10.2f} out")
        expect("cards were charged", 2000, debited["card_clearing"])
        expect("nothing is in transit", 0, debited["in_transit"] - credited["in_transit"])
        expect("banks were paid", 2000, credited["payout_clearing"])

    async def _bank_balances(self) -> dict[str, int]:
        answer = await control(self._house.settings.simulator_control_port, "accounts")
        return {account["card"]: account["moved_minor"] for account in answer["accounts"]}

    async def _prove_banks(self, before: dict[str, int]) -> None:
        heading("The simulated banks agree")
        after = await self._bank_balances()
        moved = sorted(after[card] - before[card] for card in after if after[card] != before[card])
        expect("moved on cards", [-2000, 2000], moved)


class Watcher:
    """Somebody's phone: what the live feed showed on it."""

    def __init__(self, name: str, feed: Feed) -> None:
        self.name = name
        self._feed = feed
        self._last: dict[str, dict[str, Any]] = {}

    async def until(self, kind: str, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next payload of a kind that fits. Raises: Differs when it does not come."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while True:
                    frame = await self._feed.next()
                    payload: dict[str, Any] = frame["payload"]
                    if frame["kind"] == "payment":
                        self._show(payload)
                    if frame["kind"] == kind and fits(payload):
                        return payload
        except TimeoutError:
            raise Differs(f"{self.name} waited for a {kind} in vain; last seen: {self._states()}") from None

    async def until_state(self, payment_id: str, state: str) -> dict[str, Any]:
        """A payment once it is there. It may have passed already, while this phone was read for something else."""
        last = self._last.get(payment_id)
        if last and last["state"] == state:
            return last
        return await self.until("payment", lambda payment: payment["id"] == payment_id and payment["state"] == state)

    def _show(self, payment: dict[str, Any]) -> None:
        self._last[payment["id"]] = payment
        because = payment["cause"] or payment["decline_code"]
        amount = f"${payment['amount_minor'] / 100:.2f}"
        typer.echo(f"      {self.name:<4} {amount:>7} v{payment['version']:<2} {payment['state']:<20} {because or ''}")

    def _states(self) -> list[str]:
        return [payment["state"] for payment in self._last.values()]


def heading(text: str) -> None:
    typer.echo(f"\n  {text}")


def expect(what: str, expected: object, actual: object) -> None:
    """Say it, and stop the story if it is otherwise."""
    typer.echo(f"      {what}: {actual}")
    if expected != actual:
        raise Differs(f"{what}: expected {expected!r}, got {actual!r}")


async def _feed_end(friend: Friend) -> int:
    return int((await friend.call("GET", "/v1/sync/bootstrap"))["feed_seq"])
