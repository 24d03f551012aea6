-- 0003 outbox: feeds, jobs, timers, the sandbox clock.
-- Why: what must happen after a commit is a row written before it, in the same transaction.
-- Safe to deploy: new tables only.  Undo: drop them, until the first feed is read.
CREATE TABLE outbox.clock (
    single boolean PRIMARY KEY DEFAULT true,
    ahead interval NOT NULL DEFAULT '0',
    CONSTRAINT clock_is_one_row CHECK (single),
    CONSTRAINT clock_never_behind CHECK (ahead >= '0')
);
INSERT INTO outbox.clock DEFAULT VALUES;

CREATE TABLE outbox.feed (
    person_id uuid PRIMARY KEY,
    feed_seq bigint NOT NULL DEFAULT 0,
    floor bigint NOT NULL DEFAULT 0,          -- entries up to here were swept away
    CONSTRAINT feed_floor_within CHECK (floor BETWEEN 0 AND feed_seq)
) WITH (fillfactor = 70);

CREATE TABLE outbox.feed_entry (
    person_id uuid NOT NULL,
    feed_seq bigint NOT NULL,
    kind text NOT NULL,
    payload jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (person_id, feed_seq)
);

-- Retention sweeps by time. Entries are only ever appended, so an index of a few pages finds the old ones.
CREATE INDEX feed_entry_at ON outbox.feed_entry USING brin (at);

-- A timer is a job with a due_at of business time; a job is due at once. Back-off and leases are real time.
-- Locks are taken in the order of (kind, key); "C" makes that the order in which Python sorts.
CREATE TABLE outbox.job (
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    payload jsonb NOT NULL,
    due_at timestamptz NOT NULL,
    run_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    lease uuid,                               -- whose it is; without a number of its own a lease ends nothing
    lease_until timestamptz NOT NULL DEFAULT '-infinity',
    asked int NOT NULL DEFAULT 0,             -- how often it was asked for; one asked for while it ran runs again
    attempts int NOT NULL DEFAULT 0,          -- counted before each
    lost int NOT NULL DEFAULT 0,              -- how often in a row whoever held it went silent
    CONSTRAINT job_pkey PRIMARY KEY (kind, key),
    CONSTRAINT job_lease_has_an_end CHECK ((lease IS NULL) = (lease_until = '-infinity'))
) WITH (fillfactor = 70);
CREATE INDEX job_due ON outbox.job (due_at, run_at);

CREATE TABLE outbox.dead_job (
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    payload jsonb NOT NULL,
    attempts int NOT NULL,
    error text NOT NULL,
    died_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (kind, key)
);

CREATE TABLE outbox.worker (name text PRIMARY KEY, seen_at timestamptz NOT NULL);

GRANT SELECT, UPDATE ON outbox.clock TO tuppence_app;
GRANT SELECT, INSERT, UPDATE ON outbox.feed, outbox.worker TO tuppence_app;
GRANT SELECT, INSERT, DELETE ON outbox.feed_entry TO tuppence_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox.job, outbox.dead_job TO tuppence_app;
