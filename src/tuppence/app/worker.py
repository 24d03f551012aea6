"""The worker's process: jobs, timers, rail calls."""

import asyncio
from collections.abc import Sequence
from functools import partial

from tuppence import ledger, outbox
from tuppence.app import bank as our_bank
from tuppence.app import games, parts, process
from tuppence.app.bookkeeping import Bookkeeper
from tuppence.app.rails import no_open_transaction
from tuppence.app.supervised import say_ready
from tuppence.billing.ads import jobs as ads
from tuppence.billing.apps import grants
from tuppence.billing.apps import jobs as apps
from tuppence.billing.businesses import jobs as businesses
from tuppence.billing.games import jobs as games_jobs
from tuppence.core import Policy
from tuppence.db import Database, GroupCommit
from tuppence.ledger import books
from tuppence.outbox import Handler, Job, Worker, hooks
from tuppence.payments import jobs, reconciliation
from tuppence.payments.ach.files import Originator
from tuppence.payments.ach.jobs import BankFiles
from tuppence.payments.ach.receive import Keys
from tuppence.payments.banks import keys as keys_of_banks
from tuppence.payments.jobs import CardRail
from tuppence.payments.reconciliation import KEY, RECONCILE
from tuppence.rails.card import VaultClient
from tuppence.rails.simulator.control import control
from tuppence.settings import Settings
from tuppence.vault import keys


def main(settings: Settings) -> None:
    """Be the worker."""
    process.run("worker", settings, _main)


async def _main(settings: Settings) -> None:
    policy = parts.policy(settings)
    shared = keys.create_shared(settings.key_file("shared.json", settings.shared_keys_file))
    database = await Database.open(parts.url(settings, "app"), name="worker")
    async with database.transaction() as tx:
        await ledger.open_house(tx, policy.currency)
        await outbox.enqueue(tx, [Job(RECONCILE, KEY)])  # it sets its own timer from then on
    bookkeeper = Bookkeeper(database, books.keys.load(settings.key_file("books.pem", settings.books_key_file)), policy)
    answer_s = policy.rail.answer_seconds + 10.0  # longer than the vault waits for the network
    async with VaultClient(settings.vault_api_url, shared, answer_s=answer_s) as vault, process.until_signal() as stop:
        handlers = rooms(settings, database, no_open_transaction(vault), policy)
        bank = _bank(settings, database, policy)
        handlers |= bank.handlers()
        if settings.sandbox:
            handlers[parts.CLOCK_JOB] = partial(_tell_banks_the_time, database, settings.simulator_control_port)
        handlers[books.STATEMENT_JOB] = bookkeeper.state
        worker = Worker(database, handlers)
        sender = no_open_transaction(hooks.Sender(loopback=settings.calls_loopback))
        deliverer = hooks.Deliverer(database, sender, parts.webhook_seals(settings))

        def end() -> None:
            worker.stop()
            bookkeeper.stop()
            bank.stop()
            deliverer.stop()

        working = asyncio.gather(
            worker.run(), bookkeeper.run(), bank.watch_inbox(our_bank.look_s(settings)), deliverer.run()
        )
        await process.until(working, stop, end, say_ready)
        await sender.close()
    await database.close()


def rooms(settings: Settings, database: Database, vault: CardRail, policy: Policy) -> dict[str, Handler]:
    """What the rooms do when a job of theirs is due, by its kind."""
    return {
        **jobs.handlers(database, GroupCommit(database), vault, policy),
        **reconciliation.handlers(database, settings.clearing_folder, policy),
        **grants.handlers(database, policy),
        **apps.handlers(database),
        **games_jobs.handlers(database, games.web(settings), games.root(settings), policy),
        **businesses.handlers(database),
        **ads.handlers(database, policy),
    }


def _bank(settings: Settings, database: Database, policy: Policy) -> BankFiles:
    """Files for our bank and from it."""
    path = settings.key_file("bank-accounts.json", settings.bank_keys_file)
    keys_of_banks.create(path)
    who = Originator(
        settings.bank_routing,
        settings.bank_name,
        settings.company_name,
        settings.company_id,
        settings.bank_account,
        settings.bank_iban,
    )
    keys = Keys(keys_of_banks.sealing(path), keys_of_banks.opening(path))
    return BankFiles(database, no_open_transaction(our_bank.exchange(settings)), who, keys, policy)


async def _tell_banks_the_time(database: Database, control_port: int, asked: Sequence[Job]) -> list[None]:
    """The sandbox's clock moved: the simulated banks follow, so that what they post is posted then, and the files of
    the days that are over can be read.
    """
    async with database.transaction(read_only=True) as tx:
        now = await outbox.now(tx)
    await control(control_port, "now", to=now.isoformat())
    async with database.transaction() as tx:
        await outbox.enqueue(tx, [Job(RECONCILE, KEY)])
    return [None] * len(asked)
