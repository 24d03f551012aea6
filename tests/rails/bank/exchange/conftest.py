"""A real OpenSSH server on a free port, with keys of its own, that lets in whoever runs the tests."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tuppence.rails.bank.exchange import Login

_CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {root}/host_key
PidFile {root}/pid
AuthorizedKeysFile {root}/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
UsePAM no
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True)
class Bank:
    """The server's folders and how to get in."""

    root: Path
    login: Login

    @property
    def outbox(self) -> Path:
        """What we gave the bank."""
        return self.root / "files" / "outbox"

    @property
    def inbox(self) -> Path:
        """What the bank left for us."""
        return self.root / "files" / "inbox"


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """The server, for as long as tests run."""
    root = tmp_path_factory.mktemp("sshd")
    for name in ("host_key", "our_key", "other_key"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(root / name)]
        subprocess.run(command, check=True)
    (root / "authorized_keys").write_text((root / "our_key.pub").read_text())
    port = _free_port()
    (root / "config").write_text(_CONFIG.format(port=port, root=root))
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where it locks itself up; the package's service would make it
    binary = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin") or "sshd"
    with open(root / "log", "wb") as log:
        server = subprocess.Popen([binary, "-D", "-e", "-f", str(root / "config")], stderr=log)
    try:
        _wait_for(port, server, root / "log")
        files = root / "files"
        host_key = " ".join((root / "host_key.pub").read_text().split()[:2])
        yield Bank(
            root,
            Login(
                "127.0.0.1",
                port,
                getpass.getuser(),
                root / "our_key",
                host_key,
                outbox=f"{files}/outbox",
                inbox=f"{files}/inbox",
            ),
        )
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
def bank(sshd: Bank) -> Bank:
    """The server with empty folders."""
    shutil.rmtree(sshd.root / "files", ignore_errors=True)
    sshd.outbox.mkdir(parents=True)
    sshd.inbox.mkdir(parents=True)
    return sshd


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        assert server.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())
