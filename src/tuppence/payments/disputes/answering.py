"""Answers to a network: files beside its own, each written once, by the worker, after the commit that decided it."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from tuppence.db import Database
from tuppence.outbox import Handler, Job
from tuppence.payments.disputes.queries import SQL
from tuppence.payments.disputes.writing import ANSWER
from tuppence.rails.card.cases import FOLDER, Response, Verdict


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    case_number: str
    verdict: Verdict
    evidence: str


def handlers(database: Database, folder: Path) -> Mapping[str, Handler]:
    """For the worker; `folder` is where the clearing files are."""

    async def answer(jobs: Sequence[Job]) -> list[None]:
        async with database.transaction(read_only=True) as tx:
            rows = await tx.fetch(SQL.responses, _Row, ids=[UUID(job.key) for job in jobs])
        found = [Response(str(one.id), one.case_number, one.verdict, one.evidence) for one in rows]
        for one in found:
            await asyncio.to_thread(_put, folder / FOLDER, one)
        async with database.transaction() as tx:
            await tx.execute(SQL.sent, ids=[one.id for one in rows], files=[one.name for one in found])
        return [None for _ in jobs]

    return {ANSWER: answer}


def _put(folder: Path, response: Response) -> None:
    """Whole or not at all; the same again changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{response.name}"
    with unfinished.open("wb") as out:
        out.write(response.text())
        out.flush()
        os.fsync(out.fileno())
    unfinished.rename(folder / response.name)
