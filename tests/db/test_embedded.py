import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tuppence.db import migrate
from tuppence.db.binaries import Binaries
from tuppence.db.embedded import Server
from tuppence.db.errors import NotEmpty, OtherMajorVersion, ServerWontStart

BINARIES = (
    Binaries.from_folder(Path(os.environ["TUPPENCE_TEST_PG_BINDIR"]))
    if "TUPPENCE_TEST_PG_BINDIR" in os.environ
    else Binaries.from_wheel()
)

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose server is gone after the test."""
    with tempfile.TemporaryDirectory(prefix="tup-") as name:
        folder = Path(name) / "data"
        yield folder
        if (folder / "server").exists():
            Server(folder, BINARIES).remove()


def ask(url: str, question: str) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row and row[0]


def tell(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def postmaster(server: Server) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def wait_until_gone(pid: int) -> None:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z"):
            return
        time.sleep(0.05)
    raise AssertionError("still there")


def test_a_first_start_keeps_what_it_promises(folder: Path) -> None:
    """Checksums and fsync are on, no port is open, passwords are SCRAM, files are private, each role is only itself."""
    server = Server(folder, BINARIES).start()

    show = {name: ask(server.superuser_url, f"SHOW {name}") for name in ("data_checksums", "fsync", "listen_addresses")}
    assert {"data_checksums": "on", "fsync": "on", "listen_addresses": ""} == show
    assert "scram-sha-256" in (server.data / "pg_hba.conf").read_text()
    assert "trust" not in [line.split()[-1] for line in (server.data / "pg_hba.conf").read_text().splitlines() if line]
    assert {0o600} == {key.stat().st_mode & 0o777 for key in (folder / "keys").iterdir()}
    assert {0o700} == {path.stat().st_mode & 0o777 for path in (folder / "keys", server.data, server.sockets)}
    for role, url in zip(
        ("owner", "app", "vault"), (server.urls.owner, server.urls.app, server.urls.vault), strict=True
    ):
        assert f"tuppence_{role}" == ask(url, "SELECT current_user::text")
        assert ask(url, "SELECT NOT rolsuper AND NOT rolcreaterole FROM pg_roles WHERE rolname = current_user")
    assert "tuppence_owner" == ask(
        server.superuser_url,
        "SELECT rolname::text FROM pg_database AS d JOIN pg_roles AS r ON r.oid = datdba WHERE datname = 'tuppence'",
    )


def test_text_changes_case_by_unicode(server: Server) -> None:
    """Somebody called É is found as é, whatever the machine's locale."""
    assert "é" == ask(server.urls.app, "SELECT lower('É')")


def test_a_wrong_password_opens_nothing(server: Server) -> None:
    """Being on the machine and reaching the socket is not enough."""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.urls.app, password="guess")


def test_starting_twice_attaches_and_a_warm_start_is_quick(folder: Path) -> None:
    """A second start finds the server that runs; after a stop the data is still there, within the promised second."""
    server = Server(folder, BINARIES).start()
    first = postmaster(server)
    Server(folder, BINARIES).start()
    assert first == postmaster(server)

    tell(server.urls.owner, "CREATE SCHEMA kept")
    server.stop()
    assert not server.running()
    began = time.monotonic()
    Server(folder, BINARIES).start()
    took = time.monotonic() - began

    assert 1 == ask(server.urls.owner, "SELECT count(*) FROM pg_namespace WHERE nspname = 'kept'")
    assert took < 5  # the aim is one second; this machine may be busy


def test_several_processes_may_start_it_at_once(folder: Path) -> None:
    """Server, worker and vault started together share one PostgreSQL."""
    code = (
        "from pathlib import Path; from tuppence.db.embedded import Server\n"
        f"print(Server(Path({str(folder)!r})).start().urls.app)"
    )
    started = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = {process.communicate(timeout=60)[0].strip() for process in started}

    assert [0, 0, 0] == [process.returncode for process in started]
    assert 1 == len(answers)
    assert "tuppence_app" == ask(answers.pop(), "SELECT current_user::text")
    Server(folder).stop()


def test_a_killed_server_starts_again_with_what_was_committed(folder: Path) -> None:
    """kill -9 of the postmaster, with a backend still busy, loses nothing and needs no help."""
    server = Server(folder, BINARIES).start()
    tell(server.urls.owner, "CREATE SCHEMA kept", "CREATE TABLE kept.row AS SELECT 1")
    with psycopg.connect(server.superuser_url, autocommit=True) as busy:
        busy.execute("SELECT 1")
        pid = postmaster(server)
        os.kill(pid, signal.SIGKILL)
        wait_until_gone(pid)
        assert not server.running()

        server.start()

    assert pid != postmaster(server)
    assert 1 == ask(server.urls.owner, "SELECT count(*) FROM kept.row")


def test_a_stale_number_that_another_process_got_is_not_believed(folder: Path) -> None:
    """After a crash the number in postmaster.pid may be anybody's; the server starts all the same."""
    server = Server(folder, BINARIES).start()
    pid = postmaster(server)
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    stranger = subprocess.Popen(
        ["sleep", "60"], **{key: value for key, value in server._as_server().items() if key != "cwd"}
    )
    try:
        file = server.data / "postmaster.pid"
        file.write_text(file.read_text().replace(str(pid), str(stranger.pid), 1))
        assert not server.running()
        server.start()
        assert 1 == ask(server.urls.app, "SELECT 1")
    finally:
        stranger.kill()
        stranger.wait()


def test_another_major_version_is_refused_and_told_what_to_do(folder: Path) -> None:
    """Data of another PostgreSQL is left untouched, and the message names the way out."""
    server = Server(folder, BINARIES).start()
    server.stop()
    (server.data / "PG_VERSION").write_text("14\n")

    with pytest.raises(OtherMajorVersion, match=r"`tuppence backup .* `tuppence restore"):
        Server(folder, BINARIES).start()

    assert not server.running()
    (server.data / "PG_VERSION").write_text(f"{BINARIES.major}\n")
    assert 1 == ask(server.start().urls.app, "SELECT 1")


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    """The server's own words reach whoever typed the command."""
    server = Server(folder, BINARIES).start()
    server.stop()
    (server.data / "postgresql.conf").write_text("nonsense = 1\n")

    with pytest.raises(ServerWontStart, match="nonsense"):
        server.start()


def test_a_long_or_odd_path_is_no_obstacle(folder: Path) -> None:
    """A socket's path has 107 bytes at most; a folder's name may be longer and hold anything."""
    odd = folder / ("a 'quoted', $long, \"odd\" name " * 5)
    server = Server(odd, BINARIES).start()
    try:
        assert 1 == ask(server.urls.app, "SELECT 1")
    finally:
        server.remove()
    assert not odd.exists()


def test_a_socket_folder_of_somebody_else_is_refused(folder: Path) -> None:
    """In a shared /tmp somebody may have been there first: no password is sent through their folder."""
    server = Server(folder, BINARIES).start()
    server.stop()
    server.sockets.chmod(0o777)

    with pytest.raises(ServerWontStart, match="private"):
        server.start()


def test_a_new_folder_of_the_same_name_is_a_new_database(folder: Path) -> None:
    """Deleting the data folder means starting afresh, wherever the server's files really are."""
    server = Server(folder, BINARIES).start()
    old = server._home.resolve()
    server.stop()
    shutil.rmtree(folder)

    fresh = Server(folder, BINARIES).start()
    try:
        assert 1 == ask(fresh.urls.app, "SELECT 1")
    finally:
        shutil.rmtree(old, ignore_errors=True)


async def test_backup_and_restore_bring_everything_back(folder: Path) -> None:
    """What was in the database, with its owners and rights, is in the one restored; a full one is not written over."""
    server = Server(folder, BINARIES).start()
    await migrate(server.urls.owner, which="main")
    await migrate(server.urls.owner, which="vault")
    tell(server.urls.app, "UPDATE outbox.clock SET ahead = '3 days'")
    file = folder / "today.backup"
    server.backup(file)

    assert 0o600 == file.stat().st_mode & 0o777
    with pytest.raises(NotEmpty):
        server.restore(file)
    other = Server(folder.with_name("other"), BINARIES).start()
    try:
        other.restore(file)

        assert "3 days" == ask(other.urls.app, "SELECT ahead::text FROM outbox.clock")
        assert [] == await migrate(other.urls.owner, which="main")
        rights = (
            "SELECT string_agg(relacl::text, ' ' ORDER BY oid::regclass::text) FROM pg_class "
            "WHERE relnamespace::regnamespace::text IN ('ledger', 'outbox', 'vault')"
        )
        assert ask(server.urls.owner, rights) == ask(other.urls.owner, rights)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(other.urls.app, "SELECT count(*) FROM vault.migration")
    finally:
        other.remove()


def interpreter_for(user: int) -> list[str]:
    """A Python that this user may run; as root's own may lie in root's home, the system's will do."""
    for python in filter(None, (sys.executable, shutil.which("python3.11", path="/usr/bin"))):
        try:
            if subprocess.run([python, "-c", ""], user=user, cwd="/", check=False).returncode == 0:
                return [python]
        except PermissionError:
            continue
    return []


def test_it_runs_for_root_and_for_an_ordinary_user() -> None:
    """Root gets a server that runs as somebody else; an ordinary user gets one that runs as themselves."""
    code = (
        "import os, sys; from pathlib import Path; from tuppence.db.embedded import Server\n"
        "server = Server(Path(sys.argv[1]) / 'data').start()\n"
        "pid = int((server.data / 'postmaster.pid').read_text().split()[0])\n"
        "print(os.geteuid(), os.stat(f'/proc/{pid}').st_uid); server.remove()"
    )
    ordinary = [] if os.geteuid() else [NOBODY]
    ran = {}
    for user in [os.geteuid(), *ordinary]:
        with tempfile.TemporaryDirectory(prefix="tup-") as name:
            os.chown(name, user, -1)
            for python in interpreter_for(user):
                done = subprocess.run(
                    [python, "-c", code, name],
                    user=user,
                    cwd="/",
                    capture_output=True,
                    text=True,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
                )
                assert 0 == done.returncode, done.stderr
                ran[user] = tuple(map(int, done.stdout.split()))

    assert os.geteuid() in ran
    for user, (ran_as, server_ran_as) in ran.items():
        assert user == ran_as
        assert server_ran_as == user if user else server_ran_as > 0


def test_starts_that_come_together_make_the_user_one_after_the_other(tmp_path: Path) -> None:
    """On a fresh machine each start waits for the one that is at it, so none looks before the user is there."""
    log = tmp_path / "log"
    program = tmp_path / "useradd"
    program.write_text(f"#!/bin/sh\necho begins >>{log}\nsleep 0.1\necho ends >>{log}\n")
    program.chmod(0o755)
    code = "from tuppence.db.binaries import server_user; print(server_user('tuppence-nowhere').pw_name)"
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(sys.path)}
    starts = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(4)
    ]

    assert ["nobody\n"] * 4 == [start.communicate()[0] for start in starts]
    assert ["begins", "ends"] * 4 == log.read_text().split()
