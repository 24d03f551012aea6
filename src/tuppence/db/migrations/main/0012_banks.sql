-- 0012 banks: bank accounts as a way to be paid, the ACH entries and files that pay to them, and what comes back.
-- Why: an entry must be written with the step that decides it, and be in one file for ever; an account number must be
-- of no use to whoever reads this database. Money can now be received on a card or on a bank account, on one of them.
-- Safe to deploy: new tables, and columns that old code leaves empty.  Undo: drop them, until the first entry is filed.
CREATE TABLE payments.bank_account (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    routing text NOT NULL,
    bank text NOT NULL,
    kind text NOT NULL,
    holder text NOT NULL,
    last4 text NOT NULL,
    sealed bytea NOT NULL,
    fingerprint text NOT NULL,
    state text NOT NULL,
    reason text,
    tries_left int NOT NULL,
    deposit_1_minor int NOT NULL,
    deposit_2_minor int NOT NULL,
    deposits_by timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT bank_account_names_four_digits CHECK (last4 ~ '^[0-9]{4}$'),
    CONSTRAINT bank_account_routing_is_nine_digits CHECK (routing ~ '^[0-9]{9}$'),
    CONSTRAINT bank_account_kind_known CHECK (kind IN ('checking', 'savings')),
    CONSTRAINT bank_account_state_known CHECK (
        state IN ('verifying', 'active', 'rejected', 'dead', 'suspended', 'removed')),
    CONSTRAINT bank_account_tries_run_out CHECK (tries_left >= 0),
    CONSTRAINT bank_account_deposits_are_cents CHECK (
        deposit_1_minor BETWEEN 1 AND 99 AND deposit_2_minor BETWEEN 1 AND 99)
);
CREATE INDEX bank_account_of_person ON payments.bank_account (person_id);
-- The same account once a person, whatever two requests at once believe.
CREATE UNIQUE INDEX bank_account_once_a_person ON payments.bank_account (person_id, fingerprint)
    WHERE state IN ('verifying', 'active', 'suspended');

ALTER TABLE payments.wallet
    ADD COLUMN receives_bank_id uuid,
    ADD CONSTRAINT wallet_receives_one_way CHECK (receives_card_id IS NULL OR receives_bank_id IS NULL);
ALTER TABLE payments.payment
    ADD COLUMN receiving_bank_id uuid,
    ADD CONSTRAINT payment_receives_one_way CHECK (receiving_card_id IS NULL OR receiving_bank_id IS NULL);
ALTER TABLE payments.attempt
    ADD COLUMN bank_id uuid,
    ALTER COLUMN card_id DROP NOT NULL,
    ADD CONSTRAINT attempt_on_one_instrument CHECK (num_nonnulls(card_id, bank_id) = 1);

CREATE TABLE payments.bank_file (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    number int NOT NULL,
    made_at timestamptz NOT NULL,
    settles_on date NOT NULL,
    same_day boolean NOT NULL,
    entries int NOT NULL,
    credit_minor bigint NOT NULL,
    currency text NOT NULL,
    state text NOT NULL,
    sha256 text,
    reason text,
    CONSTRAINT bank_file_named_once UNIQUE (name),
    CONSTRAINT bank_file_state_known CHECK (state IN ('taken', 'written', 'accepted', 'rejected')),
    CONSTRAINT bank_file_written_is_known_by_hash CHECK (state = 'taken' OR sha256 IS NOT NULL)
);
CREATE INDEX bank_file_open ON payments.bank_file (id) WHERE state IN ('taken', 'written');

-- One row a movement, under the attempt's id: what is here twice was never here twice.
CREATE TABLE payments.bank_entry (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    purpose text NOT NULL,
    payment_id uuid,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    receiver text NOT NULL,
    sender text NOT NULL,
    state text NOT NULL,
    made_at timestamptz NOT NULL,
    file_id uuid,
    trace text,
    routing text,
    kind text,
    sealed bytea,
    return_code text,
    returned_at timestamptz,
    CONSTRAINT bank_entry_moves_something CHECK (amount_minor > 0),
    CONSTRAINT bank_entry_purpose_known CHECK (purpose IN ('credit', 'deposit')),
    CONSTRAINT bank_entry_credit_has_a_payment CHECK ((purpose = 'credit') = (payment_id IS NOT NULL)),
    CONSTRAINT bank_entry_state_known CHECK (state IN ('waiting', 'filed', 'accepted', 'rejected', 'returned')),
    CONSTRAINT bank_entry_filed_whole CHECK (num_nonnulls(file_id, trace, routing, kind, sealed) IN (0, 5)),
    CONSTRAINT bank_entry_filed_in_a_file CHECK (state IN ('waiting', 'rejected') OR file_id IS NOT NULL),
    CONSTRAINT bank_entry_returned_with_a_code CHECK ((state = 'returned') = (return_code IS NOT NULL))
);
CREATE INDEX bank_entry_waiting ON payments.bank_entry (id) WHERE state = 'waiting';
CREATE INDEX bank_entry_of_file ON payments.bank_entry (file_id);
CREATE INDEX bank_entry_by_trace ON payments.bank_entry (trace);
CREATE INDEX bank_entry_of_account ON payments.bank_entry (account_id);

-- Trace numbers are counted under this row's lock: no gap, no twin, and one file at a time takes what waits.
CREATE TABLE payments.bank_series (
    single boolean PRIMARY KEY DEFAULT true,
    last_trace bigint NOT NULL DEFAULT 0,
    last_day date,
    last_number int NOT NULL DEFAULT 0,
    CONSTRAINT bank_series_is_one_row CHECK (single)
);
INSERT INTO payments.bank_series DEFAULT VALUES;

-- What came in, by the hash of its bytes: read once, however often it comes.
CREATE TABLE payments.bank_received (
    sha256 text PRIMARY KEY,
    name text NOT NULL,
    received_at timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON payments.bank_account, payments.bank_file, payments.bank_entry TO tuppence_app;
GRANT SELECT, UPDATE ON payments.bank_series TO tuppence_app;
GRANT SELECT, INSERT ON payments.bank_received TO tuppence_app;
