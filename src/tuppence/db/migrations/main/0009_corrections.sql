-- 0009 corrections: proposals to correct the books, which a second person approves.
-- Why: a transfer is never changed, so a mistake is made good by further transfers; who wanted them, why, and who else
--      agreed is written where it stays. That nobody approves their own is a constraint, not only a rule.
-- Safe to deploy: new tables only.  Undo: drop them; the transfers stay in the books.
CREATE TABLE payments.correction (
    id uuid PRIMARY KEY,
    proposed_by uuid NOT NULL,
    reason text NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    state text NOT NULL DEFAULT 'proposed',
    decided_by uuid,
    decided_at timestamptz,
    CONSTRAINT correction_state_known CHECK (state IN ('proposed', 'approved', 'rejected')),
    CONSTRAINT correction_decided_whole CHECK ((state = 'proposed') = (decided_by IS NULL AND decided_at IS NULL)),
    CONSTRAINT correction_takes_four_eyes CHECK (state <> 'approved' OR decided_by <> proposed_by),
    CONSTRAINT correction_reason_length CHECK (char_length(reason) BETWEEN 1 AND 500)
);
CREATE INDEX correction_by_time ON payments.correction (proposed_at);

-- The transfers that a correction is made of, and which transfer each of them corrects.
CREATE TABLE payments.correcting (
    id uuid PRIMARY KEY,
    correction_id uuid NOT NULL REFERENCES payments.correction,
    n int NOT NULL,
    corrects uuid NOT NULL,
    debit_account_id uuid NOT NULL,
    credit_account_id uuid NOT NULL,
    amount bigint NOT NULL CONSTRAINT correcting_amount CHECK (amount > 0),
    CONSTRAINT correcting_in_order UNIQUE (correction_id, n)
);
CREATE INDEX correcting_by_corrected ON payments.correcting (corrects);

GRANT SELECT, INSERT, UPDATE (state, decided_by, decided_at) ON payments.correction TO tuppence_app;
GRANT SELECT, INSERT ON payments.correcting TO tuppence_app;
