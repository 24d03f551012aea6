"""What others do on the same server, driven by PostgreSQL's own load program, which costs less than ours."""

import re
import subprocess
import tempfile
from pathlib import Path

import psycopg

from tuppence.db.binaries import Binaries
from tuppence.db.embedded import Server

CALLERS = 64
_CONNECTING_SECONDS = 2  # pgbench's clock runs while it connects, though the rate leaves that out

# The obvious way to move money in SQL: lock two accounts in the order of their ids, note the transfer, commit.
_TABLES = """
CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL) WITH (fillfactor = 50);
CREATE TABLE transfer (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), debit_id int NOT NULL REFERENCES account,
    credit_id int NOT NULL REFERENCES account, amount bigint NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON transfer (debit_id, at);
CREATE INDEX ON transfer (credit_id, at);
INSERT INTO account SELECT n, 0 FROM generate_series(0, 9999) AS n;
"""
_TRANSFER = """
\\set a {payer}
\\set b (:a + random(1, 9999)) % 10000
\\set low least(:a, :b)
\\set high greatest(:a, :b)
BEGIN;
UPDATE account SET balance = balance + CASE WHEN id = :a THEN -5 ELSE 5 END WHERE id = :low;
UPDATE account SET balance = balance + CASE WHEN id = :a THEN -5 ELSE 5 END WHERE id = :high;
INSERT INTO transfer (debit_id, credit_id, amount) VALUES (:a, :b, 5);
COMMIT;
"""


def one_transaction_each(server: Server, seconds: float, *, hot: bool = False) -> float:
    """A transaction for each transfer, in plain SQL, 64 connections: transfers a second."""
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS transfer, account")
        connection.execute(_TABLES.encode())
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_TRANSFER.format(payer="0" if hot else "random(0, 9999)"))
        script.flush()
        return _pgbench(server, seconds, "--no-vacuum", "--protocol=prepared", f"--file={script.name}")


def tpc_b(server: Server, seconds: float) -> float:
    """pgbench as it comes, 64 connections: transactions a second."""
    subprocess.run([_program(), "-q", "-i", "-s", "10", server.superuser_url], check=True, capture_output=True)
    return _pgbench(server, seconds)


def _pgbench(server: Server, seconds: float, *options: str) -> float:
    load = ["-c", str(CALLERS), "-j", "1", "-T", str(int(seconds) + _CONNECTING_SECONDS)]
    done = subprocess.run(
        [_program(), *load, *options, server.superuser_url], check=True, capture_output=True, text=True
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def _program() -> Path:
    return Binaries.from_wheel().folder / "pgbench"
