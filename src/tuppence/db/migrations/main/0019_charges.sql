-- 0019 charges: businesses are paid by card or bank account; what is given back of it; the rail attempts of both.
-- Why: where a charge is must be one row under one lock, and what was tried with a rail must be written before it is
-- tried. Never more is given back than was taken, whatever two requests at once believe.
-- Safe to deploy: new tables and a view.  Undo: drop them, until the first charge exists.
CREATE TABLE payments.charge (
    id uuid PRIMARY KEY,
    owner text NOT NULL,               -- the room that sells; it hears of every change
    subject_id uuid NOT NULL,          -- what of the owner's it is for
    business_id uuid NOT NULL,
    payer_id uuid NOT NULL,
    card_id uuid,
    bank_id uuid,
    mandate_id uuid,                   -- by which a bank account is debited
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    shares jsonb NOT NULL,             -- minor units by ledger account
    says text NOT NULL,                -- on the payer's statement
    policy_version int NOT NULL,
    state text NOT NULL,
    decline_code text,
    refunding_minor bigint NOT NULL DEFAULT 0,
    refunded_minor bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    charged_at timestamptz,
    CONSTRAINT charge_moves_something CHECK (amount_minor > 0),
    CONSTRAINT charge_on_one_instrument CHECK (num_nonnulls(card_id, bank_id) = 1),
    CONSTRAINT charge_by_bank_has_a_mandate CHECK ((bank_id IS NULL) = (mandate_id IS NULL)),
    CONSTRAINT charge_state_known CHECK (state IN ('charging', 'unknown', 'charged', 'declined', 'returned')),
    CONSTRAINT charge_gives_back_what_it_took CHECK (
        refunding_minor >= 0 AND refunded_minor >= 0 AND refunding_minor + refunded_minor <= amount_minor),
    CONSTRAINT charge_dated_when_charged CHECK ((state IN ('charged', 'returned')) = (charged_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX charge_of_business ON payments.charge (business_id, created_at, id);
CREATE INDEX charge_by_subject ON payments.charge (subject_id);
CREATE INDEX charge_by_card ON payments.charge (card_id) WHERE card_id IS NOT NULL;

CREATE TABLE payments.charge_refund (
    id uuid PRIMARY KEY,
    charge_id uuid NOT NULL REFERENCES payments.charge (id),
    amount_minor bigint NOT NULL,
    shares jsonb NOT NULL,
    reason text NOT NULL,
    state text NOT NULL,
    failed_why text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT charge_refund_moves_something CHECK (amount_minor > 0),
    CONSTRAINT charge_refund_state_known CHECK (state IN ('refunding', 'refund_unknown', 'refunded', 'refund_failed')),
    CONSTRAINT charge_refund_failed_says_why CHECK ((state = 'refund_failed') = (failed_why IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX charge_refund_of_charge ON payments.charge_refund (charge_id);

-- Columns and meanings of payments.attempt; `payment_id` is the charge on leg 1, the refund on leg 3.
CREATE TABLE payments.charge_attempt (
    id uuid PRIMARY KEY,
    payment_id uuid NOT NULL,
    leg int NOT NULL,
    n int NOT NULL,
    kind text NOT NULL,
    card_id uuid,
    "of" uuid,
    fate text NOT NULL,
    marked_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    unknown_at timestamptz,
    decline_code text,
    approval text,
    trace text,
    rrn text,
    network_at timestamptz,
    returned_at timestamptz,
    bank_id uuid,
    charge_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    CONSTRAINT charge_attempt_numbered_once UNIQUE (payment_id, n),
    CONSTRAINT charge_attempt_takes_or_gives_back CHECK (leg IN (1, 3) AND (leg = 1) = (payment_id = charge_id)),
    CONSTRAINT charge_attempt_on_one_instrument CHECK (num_nonnulls(card_id, bank_id) = 1),
    CONSTRAINT charge_attempt_fate_known CHECK (fate IN ('live', 'unknown', 'accepted', 'declined', 'dead'))
) WITH (fillfactor = 80);
CREATE INDEX charge_attempt_declined ON payments.charge_attempt (card_id) WHERE fate = 'declined';
CREATE INDEX charge_attempt_marked ON payments.charge_attempt USING brin (marked_at);
-- No second attempt while one may live, whatever the code believes.
CREATE UNIQUE INDEX charge_attempt_one_live ON payments.charge_attempt (payment_id) WHERE fate IN ('live', 'unknown');

-- Every attempt that a rail knows, whichever room made it: what settlement and cost are read against. `payment_id` is
-- the payment or the charge that it belongs to; `dead_at` is when its owner was told that nothing was taken.
CREATE VIEW payments.rail_attempt AS
SELECT a.id, 'sends' AS room, a.payment_id, a.leg, a.kind, a.card_id, a.fate, p.amount_minor, p.currency, a.marked_at,
    a.unknown_at, a.network_at, a.returned_at, a.rrn
FROM payments.attempt AS a
JOIN payments.payment AS p ON p.id = a.payment_id
UNION ALL
SELECT a.id, 'charges', a.charge_id, a.leg, a.kind, a.card_id, a.fate, a.amount_minor, a.currency, a.marked_at,
    a.unknown_at, a.network_at, a.returned_at, a.rrn
FROM payments.charge_attempt AS a;

ALTER TABLE payments.clearing_line
    DROP CONSTRAINT clearing_line_movement_known,
    ADD CONSTRAINT clearing_line_movement_known CHECK (
        movement IN ('debit', 'purchase', 'push', 'refund', 'reversal', 'return'));

GRANT SELECT, INSERT, UPDATE ON payments.charge, payments.charge_refund, payments.charge_attempt TO tuppence_app;
GRANT SELECT ON payments.rail_attempt TO tuppence_app;
