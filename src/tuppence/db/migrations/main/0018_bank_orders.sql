-- 0018 bank orders: money pulled from bank accounts and paid to them for whoever asks, and leave to pull it.
-- Why: a debit is not done when a file settles but when it can no longer come back unheard of, and it may be tried
-- again; what its owner is told must be one row, whatever its entries went through. Nobody is debited without a
-- mandate that says who agreed, when, and to which words.
-- Safe to deploy: new tables, and columns that are filled in for what is there.  Undo: drop them, until the first order.
CREATE TABLE payments.bank_mandate (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    person_id uuid NOT NULL,
    business_id uuid,
    scope text NOT NULL,
    payee text NOT NULL,
    amount_minor bigint,          -- of one that is good for one debit
    currency text NOT NULL,
    version text NOT NULL,
    language text NOT NULL,
    words text NOT NULL,          -- as they stood on the screen
    session_id uuid NOT NULL,
    agreed_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    CONSTRAINT bank_mandate_scope_known CHECK (scope IN ('once', 'standing')),
    CONSTRAINT bank_mandate_once_names_an_amount CHECK ((scope = 'once') = (amount_minor IS NOT NULL)),
    CONSTRAINT bank_mandate_revoked_by_somebody CHECK ((revoked_at IS NULL) = (revoked_by IS NULL)),
    CONSTRAINT bank_mandate_revoker_known CHECK (revoked_by IN ('holder', 'bank'))
);
CREATE INDEX bank_mandate_of_person ON payments.bank_mandate (person_id);
CREATE INDEX bank_mandate_of_account ON payments.bank_mandate (account_id);

-- An order is what its owner asked for; each try of it is an entry.
CREATE TABLE payments.bank_order (
    id uuid PRIMARY KEY,
    owner text NOT NULL,
    direction text NOT NULL,
    account_id uuid NOT NULL,
    mandate_id uuid,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    sec text NOT NULL,
    description text NOT NULL,
    says text NOT NULL,
    clearing text NOT NULL,
    state text NOT NULL,
    tries int NOT NULL,
    return_code text,
    made_at timestamptz NOT NULL,
    first_settled_on date,
    settles_on date,
    clears_at timestamptz,
    updated_at timestamptz NOT NULL,
    CONSTRAINT bank_order_moves_something CHECK (amount_minor > 0),
    CONSTRAINT bank_order_direction_known CHECK (direction IN ('debit', 'credit')),
    CONSTRAINT bank_order_debit_has_a_mandate CHECK ((direction = 'debit') = (mandate_id IS NOT NULL)),
    CONSTRAINT bank_order_state_known CHECK (
        state IN ('waiting', 'accepted', 'settled', 'retrying', 'failed', 'returned')),
    -- Source: Nacha Operating Rules, article two: an entry is tried at most twice more.
    CONSTRAINT bank_order_tried_three_times_at_most CHECK (tries BETWEEN 1 AND 3)
);
CREATE INDEX bank_order_of_mandate ON payments.bank_order (mandate_id) WHERE mandate_id IS NOT NULL;

ALTER TABLE payments.bank_entry
    ADD COLUMN direction text NOT NULL DEFAULT 'credit',
    ADD COLUMN order_id uuid,
    ADD COLUMN sec text NOT NULL DEFAULT 'WEB',
    ADD COLUMN description text NOT NULL DEFAULT 'PAYMENT',
    ADD COLUMN recurring boolean NOT NULL DEFAULT false,
    ADD COLUMN clearing text NOT NULL DEFAULT 'bank_clearing',
    ADD COLUMN return_file text,
    DROP CONSTRAINT bank_entry_purpose_known,
    ADD CONSTRAINT bank_entry_purpose_known CHECK (purpose IN ('credit', 'deposit', 'order')),
    ADD CONSTRAINT bank_entry_order_has_its_order CHECK ((purpose = 'order') = (order_id IS NOT NULL)),
    ADD CONSTRAINT bank_entry_direction_known CHECK (
        direction = 'credit' OR (direction = 'debit' AND purpose = 'order'));
UPDATE payments.bank_entry SET sec = 'PPD', description = 'ACCTVERIFY' WHERE purpose = 'deposit';
ALTER TABLE payments.bank_entry
    ALTER COLUMN direction DROP DEFAULT,
    ALTER COLUMN sec DROP DEFAULT,
    ALTER COLUMN description DROP DEFAULT,
    ALTER COLUMN recurring DROP DEFAULT,
    ALTER COLUMN clearing DROP DEFAULT;
-- Returns are counted against what was entered in the same sixty days.
CREATE INDEX bank_entry_debits ON payments.bank_entry (made_at) WHERE direction = 'debit';

ALTER TABLE payments.bank_file
    ADD COLUMN debit_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN settled_on date;       -- when our bank said that it moved the money
ALTER TABLE payments.bank_file ALTER COLUMN debit_minor DROP DEFAULT;

GRANT SELECT, INSERT, UPDATE ON payments.bank_mandate, payments.bank_order TO tuppence_app;
