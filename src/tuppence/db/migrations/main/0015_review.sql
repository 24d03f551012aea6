-- 0015 review: payments that are looked at before they are delivered.
-- Why: why a payment was held, who let it go and why must be written where nobody who is held can read it.
-- Safe to deploy: a column without a value and a new table.  Undo: drop them.
ALTER TABLE payments.payment ADD COLUMN device_age interval;   -- of the device that it was sent from, when it was sent

CREATE TABLE payments.review (
    payment_id uuid PRIMARY KEY,
    score int NOT NULL,
    reasons text NOT NULL,        -- names, commas between
    opened_at timestamptz NOT NULL,
    decision text,
    decided_at timestamptz,
    decided_by text,
    reason text,
    CONSTRAINT review_decision_known CHECK (decision IN ('approved', 'rejected', 'timed_out')),
    CONSTRAINT review_decided_whole CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CONSTRAINT review_decided_by_somebody
        CHECK ((decision IN ('approved', 'rejected')) IS NOT TRUE = (decided_by IS NULL))
);
CREATE INDEX review_open ON payments.review (opened_at) WHERE decision IS NULL;

GRANT SELECT, INSERT, UPDATE ON payments.review TO tuppence_app;
