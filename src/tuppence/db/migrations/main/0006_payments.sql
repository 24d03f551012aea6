-- 0006 payments: cards as the app knows them, payments, their timelines and their rail attempts.
-- Why: where a payment is must be one row under one lock; what was tried with a rail must be written before it is tried.
-- Room in the limits is taken by the payment's own row, so no second book of it can disagree.
-- Safe to deploy: new tables only.  Undo: drop them, until the first payment exists.
CREATE TABLE payments.card (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    token text NOT NULL,
    brand text NOT NULL,
    funding text NOT NULL,
    last4 text NOT NULL,
    exp_month int NOT NULL,
    exp_year int NOT NULL,
    bank text NOT NULL,
    state text NOT NULL,
    can_fund boolean NOT NULL,
    can_receive boolean NOT NULL,
    fast_funds boolean NOT NULL,
    fingerprint text NOT NULL,
    kept boolean NOT NULL,
    used_by uuid,
    created_at timestamptz NOT NULL,
    CONSTRAINT card_token_once UNIQUE (token),
    CONSTRAINT card_state_known CHECK (state IN ('active', 'suspended', 'expired', 'removed')),
    CONSTRAINT card_names_four_digits CHECK (last4 ~ '^[0-9]{4}$')   -- whoever writes a whole number here is refused
);
CREATE INDEX card_of_person ON payments.card (person_id);

-- One row a person: their defaults, and the row that is locked while their limits are read and used.
CREATE TABLE payments.wallet (
    person_id uuid PRIMARY KEY,
    pays_card_id uuid,
    receives_card_id uuid
);

CREATE TABLE payments.payment (
    id uuid PRIMARY KEY,
    payer_id uuid NOT NULL,
    payee_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    note text NOT NULL,
    asked_card_id uuid,
    session_id uuid NOT NULL,
    policy_version int NOT NULL,
    state text NOT NULL,
    version int NOT NULL,
    cause text,
    decline_code text,
    dispute text NOT NULL DEFAULT 'none',
    revealed boolean NOT NULL DEFAULT false,
    funding_card_id uuid NOT NULL,
    receiving_card_id uuid,
    refund_card_id uuid,
    step_up_reason text,
    step_up_until timestamptz,
    proved_at timestamptz,
    undo_until timestamptz NOT NULL,
    expires_at timestamptz,
    next_update_at timestamptz,
    arrival_earliest timestamptz,
    arrival_latest timestamptz,
    arrival_fast boolean,
    arrival_reason text,
    arrival_facts jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT payment_moves_something CHECK (amount_minor > 0),
    CONSTRAINT payment_between_two CHECK (payer_id <> payee_id),
    CONSTRAINT payment_dispute_known CHECK (dispute IN ('none', 'open', 'won', 'lost')),
    CONSTRAINT payment_state_known CHECK (state IN (
        'created', 'step_up', 'debiting', 'debit_unknown', 'debit_failed', 'in_review', 'awaiting_recipient', 'crediting',
        'credit_unknown', 'credited', 'available', 'returning', 'return_unknown', 'returned', 'parked', 'cancelled',
        'abandoned')),
    CONSTRAINT payment_waits_until_a_date CHECK (state <> 'awaiting_recipient' OR expires_at IS NOT NULL),
    CONSTRAINT payment_credited_with_a_promise CHECK (state <> 'credited' OR arrival_latest IS NOT NULL)
) WITH (fillfactor = 80);
CREATE INDEX payment_of_payer ON payments.payment (payer_id, created_at, id);
CREATE INDEX payment_of_pair ON payments.payment (payer_id, payee_id);
CREATE INDEX payment_of_payee ON payments.payment (payee_id, created_at, id) WHERE revealed;
CREATE INDEX payment_waiting ON payments.payment (payee_id) WHERE state = 'awaiting_recipient';
CREATE INDEX payment_parked ON payments.payment (payer_id) WHERE state = 'parked';
CREATE INDEX payment_by_funding_card ON payments.payment (funding_card_id);
CREATE INDEX payment_by_receiving_card ON payments.payment (receiving_card_id) WHERE receiving_card_id IS NOT NULL;

-- The timeline: one line for every version of a payment, never changed.
CREATE TABLE payments.moment (
    payment_id uuid NOT NULL,
    version int NOT NULL,
    number text NOT NULL,
    event text NOT NULL,
    state text NOT NULL,
    at timestamptz NOT NULL,
    detail jsonb NOT NULL,
    CONSTRAINT moment_one_a_version PRIMARY KEY (payment_id, version)
);

CREATE TABLE payments.attempt (
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
    CONSTRAINT attempt_numbered_once UNIQUE (payment_id, leg, n),
    CONSTRAINT attempt_fate_known CHECK (fate IN ('live', 'unknown', 'accepted', 'declined', 'dead'))
) WITH (fillfactor = 80);
CREATE INDEX attempt_declined ON payments.attempt (card_id) WHERE fate = 'declined';
-- No second attempt while one may live, whatever the code believes.
CREATE UNIQUE INDEX attempt_one_live_a_leg ON payments.attempt (payment_id, leg) WHERE fate IN ('live', 'unknown');

GRANT SELECT, INSERT, UPDATE ON payments.card, payments.wallet, payments.payment, payments.attempt TO tuppence_app;
GRANT SELECT, INSERT ON payments.moment TO tuppence_app;
