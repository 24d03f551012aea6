-- 0001 vault: cards, attempts, reversals, and the brake on card testing.
-- Why: a card number lies here and nowhere else, encrypted before it reaches SQL; and what was asked of a card
-- network is written before it is sent, so that no crash can make us forget or repeat it.
-- Safe to deploy: new tables only.  Undo: DROP the five tables, until the first card exists.
CREATE TABLE vault.card (
    token text CONSTRAINT card_pkey PRIMARY KEY CONSTRAINT card_token_form CHECK (token ~ '^card_[a-z2-7]{32}$'),
    person_id uuid NOT NULL,
    -- The envelope. Deleting a card forgets its key: the ciphertext that stays, here or in a backup of this row made
    -- later, opens with nothing.
    format int NOT NULL,
    algorithm text NOT NULL,
    kek_id text NOT NULL,
    kek_version int NOT NULL,
    wrapped_dek bytea CONSTRAINT card_wrapped_dek_size CHECK (octet_length(wrapped_dek) = 60),
    nonce bytea NOT NULL CONSTRAINT card_nonce_size CHECK (octet_length(nonce) = 12),
    ciphertext bytea NOT NULL,
    fingerprint bytea CONSTRAINT card_fingerprint_size CHECK (octet_length(fingerprint) = 16),
    -- What may be told.
    brand text NOT NULL,
    funding text NOT NULL,
    last4 text NOT NULL CONSTRAINT card_last4_form CHECK (last4 ~ '^[0-9]{4}$'),
    exp_month int NOT NULL,
    exp_year int NOT NULL,
    bank text NOT NULL,
    country text NOT NULL,
    can_fund boolean NOT NULL,
    can_receive boolean NOT NULL,
    fast_funds boolean NOT NULL,
    regulated boolean NOT NULL,
    kept boolean NOT NULL,
    ticket_nonce text NOT NULL CONSTRAINT card_ticket_nonce UNIQUE,
    created_at timestamptz NOT NULL,
    attach_by timestamptz, -- NULL once the app took it up: a kept card by asking about it, a one-shot by using it
    deleted_at timestamptz,
    CONSTRAINT card_shredded_when_deleted CHECK (
        (deleted_at IS NULL) = (wrapped_dek IS NOT NULL) AND (deleted_at IS NULL) = (fingerprint IS NOT NULL)
    )
);
CREATE INDEX card_unattached ON vault.card (attach_by) WHERE attach_by IS NOT NULL;
CREATE INDEX card_by_kek ON vault.card (kek_id, kek_version) WHERE deleted_at IS NULL;

CREATE TABLE vault.attempt (
    id uuid CONSTRAINT attempt_pkey PRIMARY KEY,
    payment_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT attempt_kind CHECK (kind IN ('debit', 'push', 'refund')),
    token text NOT NULL,
    amount_minor bigint NOT NULL CONSTRAINT attempt_amount CHECK (amount_minor > 0),
    currency text NOT NULL,
    of_id uuid CONSTRAINT attempt_of REFERENCES vault.attempt (id),
    state text NOT NULL,
    stan int NOT NULL,
    sent_at timestamptz NOT NULL,
    response_code text,
    decline_code text,
    approval text,
    rrn text,
    trace text,
    fast_funds boolean,
    network_at timestamptz,
    never_seen_since timestamptz,
    created_at timestamptz NOT NULL,
    -- Two attempts with one stamp could not be told apart when one of them is reversed.
    CONSTRAINT attempt_stamp UNIQUE (stan, sent_at),
    CONSTRAINT attempt_refund_names_its_debit CHECK ((kind = 'refund') = (of_id IS NOT NULL)),
    -- The same law as states.py: only a debit is reversed, only a credit stays unknown.
    CONSTRAINT attempt_state CHECK (
        state IN ('sent', 'accepted', 'declined')
        OR (kind = 'debit' AND state IN ('reversing', 'reversed'))
        OR (kind <> 'debit' AND state IN ('unknown', 'never_seen'))
    ),
    CONSTRAINT attempt_declined_says_why CHECK ((state = 'declined') = (decline_code IS NOT NULL))
);
CREATE INDEX attempt_unanswered ON vault.attempt (id) WHERE state = 'sent';
CREATE INDEX attempt_refunds ON vault.attempt (of_id) WHERE of_id IS NOT NULL;

CREATE TABLE vault.reversal (
    attempt_id uuid CONSTRAINT reversal_pkey PRIMARY KEY CONSTRAINT reversal_of REFERENCES vault.attempt (id),
    tries int NOT NULL DEFAULT 0, -- counted before each is sent
    next_at timestamptz NOT NULL,
    acknowledged_at timestamptz
);
CREATE INDEX reversal_due ON vault.reversal (next_at) WHERE acknowledged_at IS NULL;

-- Attempts asked about before they were asked for: the caller was told that they never happened, so they never do.
CREATE TABLE vault.void (
    attempt_id uuid CONSTRAINT void_pkey PRIMARY KEY,
    at timestamptz NOT NULL
);

-- One row a check asked of a bank, written before it is asked and taken away when the bank says yes: what is left
-- are the failures, and those still under way.
CREATE TABLE vault.card_check (
    id uuid CONSTRAINT card_check_pkey PRIMARY KEY,
    person_id uuid NOT NULL,
    address text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX card_check_by_person ON vault.card_check (person_id, at);
CREATE INDEX card_check_by_address ON vault.card_check (address, at);

GRANT USAGE ON SCHEMA vault TO tuppence_vault;
GRANT SELECT, INSERT, UPDATE ON vault.card, vault.attempt, vault.reversal TO tuppence_vault;
GRANT SELECT, INSERT ON vault.void TO tuppence_vault;
GRANT SELECT, INSERT, DELETE ON vault.card_check TO tuppence_vault;
