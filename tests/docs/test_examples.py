"""What the documentation says is so: its examples run, its links lead somewhere, its settings exist."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tuppence.db.embedded import DATABASE, ROLES, Server
from tuppence.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "deploy").rglob("*.md"))]
UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
GUIDES = sorted((ROOT / "docs/guide").glob("*.md"))
_BLOCK = re.compile(r"^```sh test=(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PORTS = ("PORT", "VAULT_PORT", "NETWORK_PORT", "SIMULATOR_CONTROL_PORT")


def script(name: str) -> str:
    """The examples of the guide that belong together, one after the other."""
    return "\n".join(text for page in GUIDES for which, text in _BLOCK.findall(page.read_text()) if which == name)


def run(text: str, folder: Path, **environment: str) -> str:
    """Run examples in a shell of their own, in a folder that looks like the repository; whatever stays is ended."""
    (folder / "deploy").symlink_to(ROOT / "deploy")
    programs = Server(folder / "unused")._binaries.folder
    given = {name: value for name, value in os.environ.items() if not name.startswith(("TUPPENCE_", "PG"))}
    path = f"{Path(sys.executable).parent}:{programs}:{given['PATH']}"
    ports = {f"TUPPENCE_{name}": str(_free_port()) for name in _PORTS}
    with (folder / "said").open("w+") as said:
        process = subprocess.Popen(
            ["sh", "-eu"],
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            cwd=folder,
            env=given | ports | {"HOME": str(folder), "XDG_STATE_HOME": str(folder), "PATH": path} | environment,
            start_new_session=True,
            text=True,
        )
        try:
            process.communicate(text, timeout=300)
        finally:
            _end_all(process.pid)
        said.seek(0)
        assert process.returncode == 0, (folder / "said").read_text()
        return said.read()


def _end_all(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Server]:
    """A PostgreSQL that has never heard of us."""
    server = Server(tmp_path / "pg").start()
    try:
        with psycopg.connect(server.superuser_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(DATABASE)))
            for role in ROLES:
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
        yield server
    finally:
        server.remove()


def test_the_guide_prepares_a_postgresql_of_ones_own(bare: Server, tmp_path: Path) -> None:
    """Its commands make the roles, migrate as an owner without privileges, start all four processes, back up and
    restore; all parts answer, the books are proven, and the restored database holds what the first one holds."""
    said = run(
        script("own"),
        tmp_path,
        PGHOST=str(bare.sockets),
        PGUSER="postgres",
        PGPASSWORD=bare._password("postgres"),
    )

    assert '"status":"ok"' in said.replace(" ", "")
    assert "The books are proven." in said
    assert "postgresql://" not in said  # secrets are masked
    assert _shape(bare, DATABASE) == _shape(bare, "tried")
    with psycopg.connect(bare.superuser_url) as connection:
        flags = "rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
        rows = connection.execute(f"SELECT {flags} FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)]).fetchall()
    assert [(False,) * 5] * 3 == rows


def _shape(server: Server, database: str) -> list[tuple[object, ...]]:
    """Every table with its owner and rights."""
    with psycopg.connect(server.superuser_url.replace("/postgres?", f"/{database}?")) as connection:
        return connection.execute(
            "SELECT oid::regclass::text, relowner::regrole::text, relacl::text FROM pg_class"
            " WHERE relnamespace::regnamespace::text !~ '^(pg_|information_schema)' ORDER BY 1"
        ).fetchall()


def test_the_guide_needs_nothing_for_a_small_circle(tmp_path: Path) -> None:
    """The embedded database is made, migrated, backed up and restored by the guide's commands."""
    data_folders = [tmp_path / "tuppence", tmp_path / "fresh"]
    try:
        said = run(script("embedded"), tmp_path)
        shapes = [_shape(Server(folder / "postgres").start(), DATABASE) for folder in data_folders]
    finally:
        for folder in data_folders:
            Server(folder / "postgres").remove()

    assert "The settings are in order." in said
    assert shapes[0]
    assert shapes[0] == shapes[1]


def test_the_books_are_kept_read_and_proven(tmp_path: Path) -> None:
    """Every command of the page about books, from the key to the replay into a second database."""
    data_folders = [tmp_path / "tuppence", tmp_path / "second"]
    open_the_house = "export TUPPENCE_SANDBOX=true\ntuppence migrate\n" + _WORK_A_MOMENT
    try:
        said = run(open_the_house + script("books"), tmp_path)
    finally:
        for folder in data_folders:
            Server(folder / "postgres").remove()

    assert "The books are proven." in said
    assert "each in its place." in said
    assert "Every balance and the chain are the same." in said


def test_a_program_posts_and_two_people_correct(tmp_path: Path) -> None:
    """Every command of the page about the ledger, against the demo: keys, batches, a correction that two approve."""
    data_folder = tmp_path / "tuppence" / "demo"
    try:
        said = run(_RUN_THE_DEMO + script("ledger") + "tuppence books check\n", tmp_path)
    finally:
        Server(data_folder / "postgres").remove()

    assert 3 == said.count('"status":"created"')
    assert "approved by" in said
    assert "The books are proven." in said
    left = re.findall(r"debit +(?:20\.00 +)+USD|debit +20\.00 +0\.00 +USD", said)
    assert 2 == len(left), said


def test_a_developer_hears_events_and_replays_them(tmp_path: Path) -> None:
    """Every command of the page for developers, against the demo: key, listen, endpoint, replay, logs, clock."""
    data_folder = tmp_path / "tuppence" / "demo"
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    try:
        said = run(_RUN_THE_DEMO + script("webhooks"), tmp_path, PORT=str(_free_port()))
    finally:
        Server(data_folder / "postgres").remove()

    assert "ConnectError" in said  # where nothing listened yet
    assert "verified charge.succeeded" in said
    assert '"replayed":2' in said
    assert "259200 s ahead" in said or "259201 s ahead" in said


# As somebody would have it running in another window; its settings are those of the demo's own folder.
_RUN_THE_DEMO = """
tuppence demo --no-browser >demo.log 2>&1 & demo=$!
until grep -q "Tuppence runs" demo.log; do kill -0 "$demo"; sleep 0.2; done
export TUPPENCE_SANDBOX=true TUPPENCE_DATA_DIR="$HOME/tuppence/demo"
export TUPPENCE_PUBLIC_URL="$(cat "$TUPPENCE_DATA_DIR/address")"
"""

# The worker opens the house's accounts, says that it is ready by nothing but being there, and ends when told to.
_WORK_A_MOMENT = """
tuppence work & worker=$!
until [ -e "$HOME/tuppence/keys/books.pem" ]; do sleep 0.2; done
kill "$worker"; wait "$worker" || true
"""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """Links within the repository name files that are there, and headings that are in them."""
    broken = [link for link in _LINK.findall(_CODE.sub("", page.read_text())) if not _leads_somewhere(page, link)]

    assert [] == broken


def _leads_somewhere(page: Path, link: str) -> bool:
    if "://" in link:
        return True
    path, _, heading = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not heading or heading in _headings(target))


def _headings(page: Path) -> set[str]:
    """As they are named in links: GitHub's rule."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", [*PAGES, *UNITS], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_setting_that_is_named_exists(page: Path) -> None:
    """No page and no unit names a TUPPENCE_ variable that nobody reads."""
    known = {f"TUPPENCE_{name.upper()}" for name in Settings.model_fields} | {
        "TUPPENCE_CONFIG",
        "TUPPENCE_TEST_PG_BINDIR",  # read by the tests
    }

    assert set() == set(re.findall(r"TUPPENCE_[A-Z_]*[A-Z]", page.read_text())) - known
