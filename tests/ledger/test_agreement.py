"""The engines agree: a Hypothesis state machine plays random histories to both. `make agree` plays a million events."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from tests.ledger.agreement import Agreement, are_transfers
from tests.ledger.author import OPENING, START, Author

from tuppence.db.embedded import Server, Urls
from tuppence.ledger import deciding, door, memory, rules
from tuppence.ledger.model import NANOSECONDS
from tuppence.ledger.statuses import CreateTransferStatus

CI = settings(max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
NO_SHRINKING = settings(CI, phases=[Phase.generate])  # that there is a difference is enough


@pytest.fixture
def playground(
    server: Server, urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[asyncio.Runner, door.PostgresDoor]]:
    """A door to this test's database, and the loop in which it is open: Hypothesis' machines are not asynchronous."""
    monkeypatch.setattr(deciding, "PIECE", 3)  # so that most batches are written in several
    monkeypatch.setattr(memory, "QUIET", 1)
    with psycopg.connect(urls.owner) as owner:
        name = owner.info.dbname
    with asyncio.Runner() as runner:
        opening = door.PostgresDoor.opened(server.superuser_url_of(name))
        opened = runner.run(opening.__aenter__())
        yield runner, opened
        runner.run(opening.__aexit__(None, None, None))


def machine(run: Callable[[Any], Any], postgres: door.PostgresDoor) -> type[RuleBasedStateMachine]:
    """The state machine around one door."""

    class Engines(RuleBasedStateMachine):
        """Batches, questions, time and restarts in any order."""

        def __init__(self) -> None:
            super().__init__()
            self.both = Agreement(postgres)

        @initialize(seed=st.integers(0, 2**64))
        def begin(self, seed: int) -> None:
            run(self.both.begin(seed))

        @rule()
        def batch(self) -> None:
            run(self.both.play(self.both.author.batch()))

        @rule()
        def question(self) -> None:
            run(self.both.ask())

        @rule(seconds=st.sampled_from([1, 2, 6]))
        def time_passes_and_somebody_sweeps(self, seconds: int) -> None:
            self.both.author.now += seconds * NANOSECONDS
            self.both.pure.now_ns = postgres.now_ns = self.both.author.now
            run(self.both.pure.expire())
            run(postgres.expire())

        @rule()
        def restart(self) -> None:
            run(self.both.restart())

        def teardown(self) -> None:
            if hasattr(self.both, "author"):
                run(self.both.compare())

    return Engines


def test_the_engines_agree(playground: tuple[asyncio.Runner, door.PostgresDoor]) -> None:
    """Any batches, chains, posts, voids, expiries, imports, repeats, questions and restarts: equal answers, equal
    rows, books that balance."""
    runner, postgres = playground

    run_state_machine_as_test(machine(runner.run, postgres), settings=CI)


def test_an_engine_that_forgets_is_noticed(
    playground: tuple[asyncio.Runner, door.PostgresDoor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A seeded bug, PostgreSQL loads no ids that were used up, is found by the same machine."""
    runner, postgres = playground
    right = rules.State

    def forgetful(accounts: Any, transfers: Any, pending: Any, failed: Any, **more: Any) -> rules.State:
        return right(accounts, transfers, pending, [], **more)

    class Forgetful:
        State = staticmethod(forgetful)
        expire, create_transfers_in_pieces = rules.expire, rules.create_transfers_in_pieces

    monkeypatch.setattr(deciding, "rules", Forgetful)
    with pytest.raises((AssertionError, psycopg.Error, BaseExceptionGroup)):
        run_state_machine_as_test(machine(runner.run, postgres), settings=NO_SHRINKING)


def test_a_memory_that_misses_a_batch_is_noticed(
    playground: tuple[asyncio.Runner, door.PostgresDoor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A seeded bug, what was decided from memory is not kept in it, is found by the same machine."""
    runner, postgres = playground

    def amnesiac(known: memory.Known, batch: memory.Ahead) -> None:
        known.last, known.next_expiry, known.ahead = batch.last, batch.next_expiry, None

    monkeypatch.setattr(memory.Known, "keep", amnesiac)
    with pytest.raises((AssertionError, psycopg.Error, BaseExceptionGroup)):
        run_state_machine_as_test(machine(runner.run, postgres), settings=NO_SHRINKING)


async def test_the_author_reaches_every_status() -> None:
    """The histories above are worth comparing: between them they meet every status that the time allows."""
    met: Counter[Any] = Counter()
    for seed in range(150):
        pure = door.PureDoor()
        author = Author(seed, pure.state)
        await pure.create_accounts(OPENING)
        assert START == pure.now_ns
        for _ in range(25):
            batch: Any = author.batch()
            pure.now_ns = author.now
            results = await (pure.create_transfers(batch) if are_transfers(batch) else pure.create_accounts(batch))
            met.update(result.status for result in results if are_transfers(batch))

    beyond = {CreateTransferStatus.OVERFLOWS_TIMEOUT}  # 136 years of timeout overflow from 2126 on only

    assert beyond == {status for status in CreateTransferStatus if status not in met}
