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

-- A timer is a job with a due_at of business time; a job is due at once. Back-off and leases are real time.
CREATE TABLE outbox.job (
    kind text NOT NULL,
    key text NOT NULL,
    payload jsonb NOT NULL,
    due_at timestamptz NOT NULL,
    run_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    lease_until timestamptz NOT NULL DEFAULT '-infinity',
    fence int NOT NULL DEFAULT 0,             -- which lease; a worker that lost it can't finish the job
    asked int NOT NULL DEFAULT 0,             -- how often it was enqueued; a job asked for again while running runs again
    attempts int NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, key)
) WITH (fillfactor = 70);
CREATE INDEX job_due ON outbox.job (due_at, run_at);

CREATE TABLE outbox.dead_job (
    kind text NOT NULL,
    key text NOT NULL,
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
