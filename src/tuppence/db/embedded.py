"""A PostgreSQL of our own: the programs come from a wheel, the lifecycle is here.

The server listens on a private Unix socket only, with a password for every role, checksums and fsync on. In the data
folder, `keys` holds the passwords and `server` the server's own files; as root `server` is a link into the state
folder of the user that PostgreSQL runs as.
"""

import fcntl
import hashlib
import os
import re
import secrets
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from tuppence.db.binaries import STATE, Binaries, is_root, run, server_user
from tuppence.db.errors import NotEmpty, OtherMajorVersion, ServerWontStart

DATABASE = "tuppence"
ROLES = ("tuppence_owner", "tuppence_app", "tuppence_vault")
_SUPERUSER = "postgres"
_TRIES = 20  # half a second apart: as long as a crashed server's last backends may need to notice and go
_SOCKET_FOLDER = re.compile(r"[\w./@+-]{1,80}", re.ASCII)  # of the kernel's 107 bytes; the socket's name needs 17
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_error_verbosity": "terse",  # the details of an error quote rows
    "log_parameter_max_length": "0",  # a parameter may be somebody's message
    "log_parameter_max_length_on_error": "0",
    "deadlock_timeout": "200ms",  # who waits for a deadlock waits with a batch behind them
    "max_wal_size": "2GB",
    "shared_buffers": "256MB",  # what the ledger writes to again and again fits: accounts, and the newest era's indexes
    "autovacuum_naptime": "10s",  # a young database outgrows its statistics within a minute, and plans go by them
    "jit": "off",  # statements are short; compiling one takes longer than running it
}


@dataclass(frozen=True, slots=True, repr=False)
class Urls:
    """How each role reaches the database. They carry passwords: never log one."""

    owner: str
    app: str
    vault: str


class Server:
    """The embedded server of one folder. Several processes may share it: starting one that runs is no error."""

    def __init__(self, folder: Path, binaries: Binaries | None = None) -> None:
        self.folder = folder.absolute()
        self._keys = self.folder / "keys"
        self._home = self.folder / "server"
        self._binaries = binaries or Binaries.from_wheel()

    def start(self) -> "Server":
        """Make the data folder if there is none, start the server unless it runs, and see that the roles are there.

        Raises: OtherMajorVersion, with what to do about it; ServerWontStart, with what the server said.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self._refuse_other_major()
            self._prepare()
            if not self.data.exists():
                self._initialise()
            if not self.running():
                self._launch()
            self._make_roles()
        return self

    def stop(self) -> None:
        """Stop it cleanly; nothing to do when it does not run."""
        if self.running():
            with self._alone():
                self._pg_ctl("stop", "--wait", "--silent", "--mode=fast")

    def running(self) -> bool:
        """Whether a server is alive in this folder. A process that took over a dead server's number is not one."""
        pid = self._pid()
        if pid is None or not _alive(pid):
            return False
        where = Path(f"/proc/{pid}/cwd")  # a server works in its data folder; systems without /proc take our word
        return not Path("/proc/self/cwd").exists() or _link(where) == self.data.resolve()

    def remove(self) -> None:
        """Stop it and delete its data for good, if there is any."""
        if self._home.exists():
            self.stop()
            shutil.rmtree(self.sockets, ignore_errors=True)
        shutil.rmtree(self._home.resolve(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def data(self) -> Path:
        return self._home / "data"

    @property
    def sockets(self) -> Path:
        """A private folder whose path the kernel and PostgreSQL's settings can hold."""
        home = self._home.resolve()
        if _SOCKET_FOLDER.fullmatch(str(home / "run")):
            return home / "run"
        name = f"tuppence-{self._owner().st_uid}-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"
        return Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp") / name  # noqa: S108 - _prepare sees that it is ours

    @property
    def urls(self) -> Urls:
        return self.urls_of(DATABASE)

    def urls_of(self, database: str) -> Urls:
        return Urls(*(self._url(role, database) for role in ROLES))

    @property
    def superuser_url(self) -> str:
        return self.superuser_url_of("postgres")

    def superuser_url_of(self, database: str) -> str:
        return self._url(_SUPERUSER, database)

    def backup(self, into: Path) -> None:
        """Write the whole database to one private file, which appears complete or not at all."""
        part = into.with_name(f"{into.name}.{os.getpid()}.part")
        part.touch(mode=0o600)
        try:
            self._as_client("pg_dump", "--format=custom", f"--file={part}", f"--dbname={DATABASE}")
            _write_through(part, into)
        finally:
            part.unlink(missing_ok=True)

    def restore(self, backup: Path) -> None:
        """Fill an empty database from a backup, wholly or not at all. Raises NotEmpty."""
        with psycopg.connect(self._url(_SUPERUSER, DATABASE)) as connection:
            if connection.execute("SELECT to_regclass('tuppence.migration')").fetchone() != (None,):
                raise NotEmpty(f"{self.folder} holds a database already: restore into a fresh folder")
        self._as_client("pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={DATABASE}", str(backup))

    # - making the folder --------------------------------------------------------------------------------------------

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Server, worker and vault may all start at once: one makes what is missing, the others wait for it."""
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _refuse_other_major(self) -> None:
        version = self.data / "PG_VERSION"
        found = int(version.read_text()) if version.exists() else self._binaries.major
        if found != self._binaries.major:
            raise OtherMajorVersion(
                f"{self.folder} was written by PostgreSQL {found}; this release brings {self._binaries.major} and "
                f"touches nothing. With the release that wrote it run `tuppence backup tuppence.backup`, then move the "
                f"folder away and run `tuppence restore tuppence.backup` with this one."
            )

    def _prepare(self) -> None:
        """Folders of ours, private; a password for each role."""
        self._keys.mkdir(mode=0o700, exist_ok=True)
        for role in (_SUPERUSER, *ROLES):
            _keep_secret(self._keys / role)
        if not self._home.exists():
            self._make_home()
        owner, sockets = self._owner(), self.sockets
        sockets.mkdir(mode=0o700, exist_ok=True)
        if is_root():
            os.chown(sockets, owner.st_uid, owner.st_gid, follow_symlinks=False)
        found = sockets.lstat()
        if (found.st_mode, found.st_uid) != (0o040700, owner.st_uid):  # in a shared folder somebody may have been first
            raise ServerWontStart(f"{sockets} should be a private folder of user {owner.st_uid}")

    def _make_home(self) -> None:
        if not is_root():
            self._home.mkdir(mode=0o700)
            return
        user = server_user()
        home = STATE / secrets.token_hex(6)  # by chance, not by the folder's name: a new folder is a new database
        home.mkdir(parents=True, mode=0o755)
        os.chown(home, user.pw_uid, user.pw_gid)
        home.chmod(0o700)
        self._home.unlink(missing_ok=True)  # a link whose target is gone
        self._home.symlink_to(home)

    def _initialise(self) -> None:
        """initdb into a folder beside, then rename: a crash in between leaves nothing half-made."""
        fresh = self._home / "data.part"
        shutil.rmtree(fresh, ignore_errors=True)
        password = self._home / "password.part"
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(self._password(_SUPERUSER))
        os.chown(password, self._owner().st_uid, self._owner().st_gid)
        try:
            run(
                [
                    self._binaries.for_server().folder / "initdb",
                    "--pgdata=data.part",
                    f"--username={_SUPERUSER}",
                    "--pwfile=password.part",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    *_locale(self._binaries.major),
                    "--data-checksums",
                    "--no-sync",  # for the making only, while it holds nothing; the server syncs what it writes
                    "--no-instructions",
                ],
                **self._as_server(),
            )
        finally:
            password.unlink()
        fresh.rename(self.data)

    def _make_roles(self) -> None:
        """The three roles and the database; passwords reach the server as SCRAM verifiers only."""
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            found = connection.execute("SELECT datacl FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if found and found[0]:
                return
            for role in ROLES:
                if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                    verifier = connection.pgconn.encrypt_password(
                        self._password(role).encode(), role.encode(), b"scram-sha-256"
                    ).decode()
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier))
                    )
            owner, *others = map(sql.Identifier, ROLES)
            if not found:
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), owner))
            with connection.transaction():
                connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(DATABASE)))
                connection.execute(
                    sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                        sql.Identifier(DATABASE), sql.SQL(", ").join(others)
                    )
                )

    # - calling PostgreSQL's programs --------------------------------------------------------------------------------

    def _launch(self) -> None:
        """Start it. After a crash its last backends may still hold on to the folder: they are waited for."""
        options = " ".join(
            f"-c {shlex.quote(f'{name}={value}')}"
            for name, value in {**_SETTINGS, "unix_socket_directories": str(self.sockets)}.items()
        )
        for left in reversed(range(_TRIES)):
            self._disown()
            try:
                self._pg_ctl("start", "--wait", "--silent", "--log=server.log", "-o", options)
                return
            except RuntimeError as error:
                said = (self._home / "server.log").read_text(errors="replace").splitlines()[-3:]
                if not left or "still in use" not in " ".join(said):
                    raise ServerWontStart(f"PostgreSQL does not start in {self.folder}: {' '.join(said)}") from error
                time.sleep(0.5)

    def _pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _disown(self) -> None:
        """Take away what a crashed server left. Its number may be somebody else's by now, or a zombie's, and PostgreSQL
        would believe it alive.

        PostgreSQL does not mistrust the process that starts it, so the file says it was us. All else that it checks,
        whether backends of the crashed server still use its memory, stands in the file's other lines.
        """
        for left in self.sockets.iterdir():
            left.unlink()
        if self._pid() is not None:
            file = self.data / "postmaster.pid"
            file.write_text(f"{os.getpid()}\n" + file.read_text().split("\n", 1)[1])

    def _pg_ctl(self, verb: str, *arguments: str) -> None:
        run([self._binaries.for_server().folder / "pg_ctl", verb, "--pgdata=data", *arguments], **self._as_server())

    def _as_client(self, program: str, *arguments: str) -> None:
        environment = {**os.environ, "PGHOST": str(self.sockets), "PGUSER": _SUPERUSER}
        environment["PGPASSWORD"] = self._password(_SUPERUSER)
        run([self._binaries.folder / program, *arguments], env=environment)

    def _owner(self) -> os.stat_result:
        """Whose files the server's are: that user it runs as."""
        return self._home.stat()

    def _as_server(self) -> dict[str, Any]:
        """How the server's own programs are run: quietly, as its user, in its folder (so no path needs quoting)."""
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "cwd": self._home}
        owner = self._owner()
        return quiet | ({"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if is_root() else {})

    def _password(self, role: str) -> str:
        return (self._keys / role).read_text()

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}:{self._password(role)}@/{database}?host={quote(str(self.sockets), safe='')}"


def _locale(major: int) -> list[str]:
    """Text sorts by code point and changes case by Unicode's rules, wherever the server runs."""
    return (
        ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else ["--locale=C.UTF-8"]
    )


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _link(path: Path) -> Path | None:
    try:
        return path.readlink()
    except OSError:
        return None


def _keep_secret(path: Path) -> None:
    """A random password in a file of 0600, made once."""
    if not path.exists():
        part = path.with_name(path.name + ".part")
        part.touch(mode=0o600)
        part.write_text(secrets.token_urlsafe(32))
        _write_through(part, path)


def _write_through(part: Path, final: Path) -> None:
    """The new file is there, whole and on disk, or it is not there."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.rename(final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
