-- 0027 disputes: claims, chargebacks and complaints about what was bought, and what claimants are given back.
-- Why: a contested payment has clocks that the law or a network sets; where it is must be one row under one lock.
-- Safe to deploy: new tables, and columns without a value.  Undo: drop them, until the first dispute exists.
CREATE TABLE payments.dispute (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    about text NOT NULL,
    subject_id uuid NOT NULL,      -- a payment's, or a charge's
    owner text,                    -- who hears of it, of a charge
    case_number text,              -- the network's
    claimant_id uuid NOT NULL,
    respondent_id uuid NOT NULL,   -- a person, or a business
    reason text NOT NULL,
    says text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    state text NOT NULL,
    version int NOT NULL,
    opened_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    outcome text,
    awarded_minor bigint,
    given_minor bigint NOT NULL DEFAULT 0,   -- what the claimant got from the house
    recovery text NOT NULL DEFAULT 'none',
    answer text,
    asked boolean NOT NULL DEFAULT false,
    respond_by timestamptz,
    credit_by timestamptz,
    decide_by timestamptz,
    network_by date,
    decided_by text,
    why text,
    CONSTRAINT dispute_kind_known CHECK (kind IN ('user', 'chargeback', 'goods')),
    CONSTRAINT dispute_about_known CHECK (about IN ('payment', 'charge')),
    CONSTRAINT dispute_state_known CHECK (state IN (
        'opened', 'triage', 'awaiting_respondent', 'investigating', 'representment', 'pre_arb', 'resolved_for_claimant',
        'resolved_for_respondent', 'split', 'withdrawn', 'won', 'lost')),
    CONSTRAINT dispute_recovery_known
        CHECK (recovery IN ('none', 'from_transit', 'from_reserve', 'from_recipient', 'written_off')),
    CONSTRAINT dispute_is_about_something CHECK (amount_minor > 0),
    CONSTRAINT dispute_gives_no_more_than_it_is_about CHECK (given_minor BETWEEN 0 AND amount_minor),
    CONSTRAINT dispute_chargeback_has_a_case CHECK ((kind = 'chargeback') = (case_number IS NOT NULL)),
    CONSTRAINT dispute_case_once UNIQUE (case_number)
);
CREATE INDEX dispute_of_subject ON payments.dispute (subject_id);
CREATE INDEX dispute_of_claimant ON payments.dispute (claimant_id, opened_at);
CREATE INDEX dispute_of_respondent ON payments.dispute (respondent_id, opened_at) WHERE asked;
CREATE INDEX dispute_undecided ON payments.dispute (opened_at)
    WHERE state IN ('opened', 'triage', 'awaiting_respondent', 'investigating', 'representment', 'pre_arb');
-- One claim at a time about the same; a chargeback beside it ends it.
CREATE UNIQUE INDEX dispute_claimed_once ON payments.dispute (subject_id)
    WHERE kind <> 'chargeback' AND state IN ('opened', 'triage', 'awaiting_respondent', 'investigating');

CREATE TABLE payments.dispute_moment (
    dispute_id uuid NOT NULL,
    version int NOT NULL,
    number text NOT NULL,
    event text NOT NULL,
    state text NOT NULL,
    at timestamptz NOT NULL,
    detail jsonb NOT NULL,
    CONSTRAINT dispute_moment_one_a_version PRIMARY KEY (dispute_id, version)
);

-- What a network is answered, written in the step that decides to answer, sent after it.
CREATE TABLE payments.dispute_response (
    id uuid PRIMARY KEY,
    dispute_id uuid NOT NULL,
    case_number text NOT NULL,
    verdict text NOT NULL,
    evidence text NOT NULL,
    made_at timestamptz NOT NULL,
    file text,                     -- in which it was sent
    CONSTRAINT dispute_response_verdict_known CHECK (verdict IN ('represent', 'accept'))
);
CREATE INDEX dispute_response_unsent ON payments.dispute_response (id) WHERE file IS NULL;

-- What a claimant is given back. Columns and meanings of payments.attempt; `payment_id` is the dispute, the leg a refund.
CREATE TABLE payments.redress_attempt (
    id uuid PRIMARY KEY,
    payment_id uuid NOT NULL,
    leg int NOT NULL,
    n int NOT NULL,
    kind text NOT NULL,
    card_id uuid NOT NULL,
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
    subject_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    CONSTRAINT redress_attempt_numbered_once UNIQUE (payment_id, n),
    CONSTRAINT redress_attempt_gives_back CHECK (leg = 3 AND amount_minor > 0),
    CONSTRAINT redress_attempt_fate_known CHECK (fate IN ('live', 'unknown', 'accepted', 'declined', 'dead'))
);
CREATE INDEX redress_attempt_marked ON payments.redress_attempt USING brin (marked_at);
-- No second attempt while one may live, whatever the code believes.
CREATE UNIQUE INDEX redress_attempt_one_live ON payments.redress_attempt (payment_id) WHERE fate IN ('live', 'unknown');

CREATE OR REPLACE VIEW payments.rail_attempt AS
SELECT a.id, 'sends' AS room, a.payment_id, a.leg, a.kind, a.card_id, a.fate, p.amount_minor, p.currency, a.marked_at,
    a.unknown_at, a.network_at, a.returned_at, a.rrn
FROM payments.attempt AS a
JOIN payments.payment AS p ON p.id = a.payment_id
UNION ALL
SELECT a.id, 'charges', a.charge_id, a.leg, a.kind, a.card_id, a.fate, a.amount_minor, a.currency, a.marked_at,
    a.unknown_at, a.network_at, a.returned_at, a.rrn
FROM payments.charge_attempt AS a
WHERE a.card_id IS NOT NULL
UNION ALL
SELECT a.id, 'disputes', a.subject_id, a.leg, a.kind, a.card_id, a.fate, a.amount_minor, a.currency, a.marked_at,
    a.unknown_at, a.network_at, a.returned_at, a.rrn
FROM payments.redress_attempt AS a
UNION ALL   -- each try of an order to our bank is an entry; those of charges of bank accounts are here, too
SELECT e.id, 'orders', e.order_id, CASE e.direction WHEN 'debit' THEN 1 ELSE 2 END, 'bank_order', NULL,
    CASE WHEN e.state IN ('accepted', 'returned') THEN 'accepted' ELSE 'live' END, e.amount_minor, e.currency, e.made_at,
    NULL, NULL, e.returned_at, NULL
FROM payments.bank_entry AS e
WHERE e.purpose = 'order';

-- What files say of chargebacks. One that is about no debit of ours, or comes out of turn, has no dispute and is a break.
CREATE TABLE payments.clearing_case (
    rail text NOT NULL,
    sequence int NOT NULL,
    number int NOT NULL,
    word text NOT NULL,
    case_number text NOT NULL,
    reference text NOT NULL,
    dispute_id uuid,
    signed_minor bigint NOT NULL,
    currency text NOT NULL,
    CONSTRAINT clearing_case_numbered_once PRIMARY KEY (rail, sequence, number),
    CONSTRAINT clearing_case_word_known CHECK (word IN ('chargeback', 'contested', 'won', 'lost'))
);
CREATE INDEX clearing_case_of_number ON payments.clearing_case (case_number);
GRANT SELECT, INSERT ON payments.clearing_case TO tuppence_app;
-- Whose payments their bank took back sends no more, until that is made good.
ALTER TABLE payments.wallet ADD COLUMN paused boolean NOT NULL DEFAULT false;

GRANT SELECT, INSERT, UPDATE ON payments.dispute, payments.dispute_response, payments.redress_attempt TO tuppence_app;
GRANT SELECT, INSERT ON payments.dispute_moment TO tuppence_app;
