-- 0014 reconciliation: what networks say that they settled, what of it does not agree with us, what attempts cost.
-- Why: a clearing account may be emptied only by a line of a file that was really read, once; whatever differs must
-- have a name, an amount and an age until somebody explains it.
-- Safe to deploy: columns without a value and new tables.  Undo: drop them, until the first file was read.
ALTER TABLE payments.attempt
    ADD COLUMN rrn text,
    ADD COLUMN network_at timestamptz,    -- when the network decided, by its own clock: says in which day's file it is
    ADD COLUMN returned_at timestamptz;   -- a delivered credit that the bank sent back
CREATE INDEX attempt_marked ON payments.attempt USING brin (marked_at);
ALTER TABLE payments.card ADD COLUMN regulated boolean NOT NULL DEFAULT true;   -- the interchange cap holds

CREATE TABLE payments.clearing_file (
    rail text NOT NULL,
    sequence int NOT NULL,
    business_date date NOT NULL,
    digest text NOT NULL,
    lines int NOT NULL,
    net_minor bigint NOT NULL,    -- what this settlement brought (positive) or took, fees included
    read_at timestamptz NOT NULL,
    CONSTRAINT clearing_file_read_once PRIMARY KEY (rail, sequence),
    CONSTRAINT clearing_file_digest_once UNIQUE (rail, digest)
);

-- `signed_minor` is positive where cash comes to us. A line that says nothing of an attempt of ours has no attempt.
CREATE TABLE payments.clearing_line (
    rail text NOT NULL,
    sequence int NOT NULL,
    number int NOT NULL,
    movement text NOT NULL,
    reference text NOT NULL,      -- the attempt, as the network named it
    attempt_id uuid,
    signed_minor bigint NOT NULL,
    currency text NOT NULL,
    fee_minor bigint NOT NULL,
    stan text NOT NULL,
    rrn text NOT NULL,
    network_at timestamptz NOT NULL,
    account text,                 -- the clearing account that it was booked to; none for a currency we do not keep
    CONSTRAINT clearing_line_numbered_once PRIMARY KEY (rail, sequence, number),
    CONSTRAINT clearing_line_movement_known CHECK (movement IN ('debit', 'push', 'refund', 'reversal', 'return'))
);
CREATE INDEX clearing_line_of_attempt ON payments.clearing_line (attempt_id) WHERE attempt_id IS NOT NULL;

-- `amount_minor` is what it leaves in a clearing account: positive where we are owed. `subject` is what it is about.
CREATE TABLE payments.break (
    id uuid PRIMARY KEY,
    rail text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    payment_id uuid,
    account text,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    detail jsonb NOT NULL,
    opened_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'open',
    ended_at timestamptz,
    ended_by text,
    reason text,
    CONSTRAINT break_state_known CHECK (state IN ('open', 'explained', 'closed')),
    CONSTRAINT break_ends_with_a_reason CHECK ((state = 'open') = (reason IS NULL) AND (state = 'open') = (ended_at IS NULL)),
    CONSTRAINT break_closed_by_somebody CHECK ((state = 'closed') = (ended_by IS NOT NULL))
);
CREATE UNIQUE INDEX break_open_once ON payments.break (subject) WHERE state = 'open';

-- What each attempt that a rail performed cost: as we booked it, and as the network billed it.
CREATE TABLE payments.attempt_cost (
    attempt_id uuid PRIMARY KEY,
    payment_id uuid NOT NULL,
    item text NOT NULL,
    booked_minor bigint NOT NULL,
    billed_minor bigint,
    currency text NOT NULL,
    booked_at timestamptz NOT NULL
);
CREATE INDEX attempt_cost_of_payment ON payments.attempt_cost (payment_id);

GRANT SELECT, INSERT ON payments.clearing_file, payments.clearing_line TO tuppence_app;
GRANT SELECT, INSERT, UPDATE ON payments.break, payments.attempt_cost TO tuppence_app;
