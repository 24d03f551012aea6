-- 0026 bank statements: what our bank says that it moved on our account, day by day and line by line.
-- Why: an account where money is on its way may be emptied only by a line that was really read, once; a line that is
-- about nothing of ours, and money that no line tells of, must have a name until somebody explains it.
-- Safe to deploy: new tables, and columns that old code leaves empty.  Undo: drop them, until the first one was read.
CREATE TABLE payments.bank_statement (
    id text PRIMARY KEY,
    on_date date NOT NULL,
    opening_minor bigint NOT NULL,
    closing_minor bigint NOT NULL,
    currency text NOT NULL,
    read_at timestamptz NOT NULL
);
CREATE INDEX bank_statement_by_day ON payments.bank_statement (on_date);

-- `amount_minor` is what came to our account, below zero what left it; `about` is what the bank calls it.
CREATE TABLE payments.bank_line (
    statement_id text NOT NULL,
    number int NOT NULL,
    kind text NOT NULL,
    about text NOT NULL,
    amount_minor bigint NOT NULL,
    matched boolean NOT NULL,
    CONSTRAINT bank_line_numbered_once PRIMARY KEY (statement_id, number),
    CONSTRAINT bank_line_kind_known CHECK (kind IN ('settlement', 'returns', 'fees', 'other'))
);
CREATE INDEX bank_line_about ON payments.bank_line (about, kind);

-- A file of returns, as its header refers to it, and what it takes from our account or brings.
ALTER TABLE payments.bank_received
    ADD COLUMN reference text,
    ADD COLUMN net_minor bigint,
    ADD CONSTRAINT bank_received_returns_have_a_reference CHECK ((reference IS NULL) = (net_minor IS NULL));
CREATE INDEX bank_received_by_reference ON payments.bank_received (reference) WHERE reference IS NOT NULL;
CREATE INDEX bank_entry_by_return_file ON payments.bank_entry (return_file) WHERE return_file IS NOT NULL;
CREATE INDEX bank_file_unsettled ON payments.bank_file (settles_on) WHERE state = 'accepted' AND settled_on IS NULL;

GRANT SELECT, INSERT ON payments.bank_statement TO tuppence_app;
GRANT SELECT, INSERT, UPDATE ON payments.bank_line TO tuppence_app;
GRANT UPDATE ON payments.bank_received TO tuppence_app;
