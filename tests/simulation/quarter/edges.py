"""Which changes of state the database saw: triggers of the test's own, so that no room's word is taken for it."""

from collections import Counter

import psycopg

_MACHINES = {
    "account": ("ads.account", "state"),
    "hold": ("ads.account", "hold"),
    "bill": ("ads.cycle", "state"),
    "purchase": ("billing.game_purchase", "state"),
    "delivery": ("billing.game_purchase", "delivery"),
    "bundle": ("billing.game_bundle", "state"),
    "statement": ("billing.game_statement", "state"),
    "payout": ("payments.payout", "state"),
    "dispute": ("payments.dispute", "state"),
    "charge": ("payments.charge", "state"),
    "payment": ("payments.payment", "state"),
}
_SEEN = """
CREATE SCHEMA quarter;
CREATE TABLE quarter.edge (machine text NOT NULL, before text NOT NULL, after text NOT NULL);
CREATE FUNCTION quarter.see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    before text := coalesce(to_jsonb(OLD) ->> TG_ARGV[1], 'new');
    after text := to_jsonb(NEW) ->> TG_ARGV[1];
BEGIN
    IF before <> after THEN
        INSERT INTO quarter.edge VALUES (TG_ARGV[0], before, after);
    END IF;
    RETURN NULL;
END $$;
"""
_WATCH = """
CREATE TRIGGER quarter_{machine} AFTER INSERT OR UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION quarter.see('{machine}', '{column}');
"""


def watch(owner_url: str) -> None:
    """Write down every change of state from now on."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(_SEEN)
        for machine, (table, column) in _MACHINES.items():
            connection.execute(_WATCH.format(machine=machine, table=table, column=column).encode())


def seen(owner_url: str) -> Counter[str]:
    """Every edge with how often it was taken, as "machine: before > after"."""
    with psycopg.connect(owner_url) as connection:
        rows = connection.execute("SELECT machine, before, after, count(*) FROM quarter.edge GROUP BY 1, 2, 3")
        return Counter({f"{machine}: {before} > {after}": count for machine, before, after, count in rows})
