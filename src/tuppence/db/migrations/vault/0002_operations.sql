-- 0002 vault: who used which card and why, what should wake somebody, cases, and how old a record's key is.
-- Why: a number that is used must leave a trace that the user of it cannot remove; a record that does not open, a wrong
-- custodian's share and a reversal that nobody acknowledges must be somebody's business and not a line in a log.
-- Safe to deploy: new tables, and columns that the release before does not look at.
-- Undo: DROP the two tables and the two columns.
CREATE TABLE vault.access_log (
    id uuid CONSTRAINT access_log_pkey PRIMARY KEY,
    at timestamptz NOT NULL,
    caller text NOT NULL,
    verb text NOT NULL CONSTRAINT access_log_verb CHECK (verb IN ('store', 'describe', 'use', 'update', 'reseal', 'delete')),
    token text NOT NULL,
    attempt_id uuid,
    reason text NOT NULL,
    CONSTRAINT access_log_use_names_its_attempt CHECK ((verb = 'use') = (attempt_id IS NOT NULL))
);
CREATE INDEX access_log_by_token ON vault.access_log (token, at);

CREATE TABLE vault.alarm (
    id uuid CONSTRAINT alarm_pkey PRIMARY KEY,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    reason text NOT NULL,
    token text
);
CREATE INDEX alarm_by_time ON vault.alarm (at);

-- A reversal that was tried so often that a person must call the network. It goes on being tried all the same.
ALTER TABLE vault.reversal ADD COLUMN case_at timestamptz;
CREATE INDEX reversal_cases ON vault.reversal (case_at) WHERE case_at IS NOT NULL AND acknowledged_at IS NULL;

-- When the record's own key was made; NULL for those from before this column, which are as old as their rows.
ALTER TABLE vault.card ADD COLUMN dek_at timestamptz;

-- Insert and read: even the vault's own role cannot make a trace disappear.
GRANT SELECT, INSERT ON vault.access_log, vault.alarm TO tuppence_vault;
