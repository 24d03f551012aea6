-- 0016 postings: when money was seen to have arrived.
-- Why: a promise is kept by knowing how fast a bank really posts; one row a payment whose owner said so.
-- Safe to deploy: a new table.  Undo: drop it; promises go back to the rail's own rule.
CREATE TABLE payments.posting (
    payment_id uuid PRIMARY KEY,
    bank text NOT NULL,
    lag_days int NOT NULL,          -- business days from the bank's acceptance
    promised_first int NOT NULL,
    promised_last int NOT NULL,
    at timestamptz NOT NULL,        -- business time
    CONSTRAINT posting_lag_not_negative CHECK (lag_days >= 0),
    CONSTRAINT posting_promise_in_order CHECK (0 <= promised_first AND promised_first <= promised_last)
);
CREATE INDEX posting_by_bank ON payments.posting (bank, lag_days);

GRANT SELECT, INSERT, UPDATE ON payments.posting TO tuppence_app;
