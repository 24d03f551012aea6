-- 0022 games: what games sell, who bought it, what came of it, and what their developers are owed and paid.
-- Why: a purchase is one row that moves along a table; what it meant in money is a row of its own that never changes,
--      so that daily reports, half-monthly statements and payouts are sums of the same entries.
-- Safe to deploy: new tables only.  Undo: drop them, until the first purchase is completed.
CREATE SCHEMA IF NOT EXISTS billing;
GRANT USAGE ON SCHEMA billing TO tuppence_app;

CREATE TABLE billing.game (
    id uuid PRIMARY KEY,
    business_id uuid NOT NULL,
    name text NOT NULL,
    catalogue_url text NOT NULL,
    callback_url text,
    return_url text,
    secret_version int NOT NULL DEFAULT 1,
    share_percent int NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT game_name_length CHECK (char_length(name) BETWEEN 1 AND 60),
    CONSTRAINT game_share_is_a_part CHECK (share_percent BETWEEN 0 AND 100)
);
CREATE INDEX game_of_business ON billing.game (business_id);

-- The last good copy of a game's catalogue, and why the last reading failed if it did.
CREATE TABLE billing.game_catalogue (
    game_id uuid PRIMARY KEY,
    products jsonb NOT NULL,
    read_at timestamptz,
    failure text,
    failed_at timestamptz
);

CREATE TABLE billing.game_tester (
    game_id uuid NOT NULL,
    person_id uuid NOT NULL,
    outcome text NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (game_id, person_id)
);

CREATE TABLE billing.game_purchase (
    id uuid PRIMARY KEY,
    game_id uuid NOT NULL,
    business_id uuid NOT NULL,
    buyer_id uuid,
    card_id uuid,
    state text NOT NULL,
    delivery text NOT NULL DEFAULT 'pending',
    sku text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    image_url text,
    quantity int NOT NULL,
    request_id text NOT NULL,
    currency text NOT NULL,
    price_minor bigint NOT NULL,
    dev_minor bigint NOT NULL,
    house_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    owed_minor bigint NOT NULL,
    owed_currency text NOT NULL,
    facts jsonb NOT NULL,
    test boolean NOT NULL DEFAULT false,
    outcome text,
    bundle_id uuid,
    why text,
    says text,
    quoted_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    asked_at timestamptz,
    bought_at timestamptz,
    completed_at timestamptz,
    fulfilled_at timestamptz,
    consumed_at timestamptz,
    version int NOT NULL DEFAULT 1,
    CONSTRAINT game_purchase_state_known CHECK (state IN (
        'quoted', 'user_cancelled', 'expired', 'vetoable', 'rejected_by_app', 'authorizing', 'initiated', 'failed',
        'completed', 'bundle_declined', 'part_refunded', 'refunded', 'chargeback', 'chargeback_reversed')),
    CONSTRAINT game_purchase_delivery_known CHECK (delivery IN ('pending', 'fulfilled', 'consumed')),
    CONSTRAINT game_purchase_adds_up CHECK (
        price_minor = dev_minor + house_minor AND least(dev_minor, house_minor, tax_minor) >= 0 AND price_minor > 0),
    CONSTRAINT game_purchase_bought_by_somebody CHECK (
        buyer_id IS NOT NULL OR state IN ('quoted', 'user_cancelled', 'expired')),
    CONSTRAINT game_purchase_given_after_payment CHECK (delivery = 'pending' OR completed_at IS NOT NULL),
    CONSTRAINT game_purchase_test_has_an_outcome CHECK (test = (outcome IS NOT NULL))
);
CREATE INDEX game_purchase_of_game ON billing.game_purchase (game_id, id);
CREATE INDEX game_purchase_of_business ON billing.game_purchase (business_id, completed_at);
CREATE INDEX game_purchase_of_buyer ON billing.game_purchase (buyer_id, id);
CREATE INDEX game_purchase_of_bundle ON billing.game_purchase (bundle_id) WHERE bundle_id IS NOT NULL;

CREATE TABLE billing.game_refund (
    id uuid PRIMARY KEY,
    purchase_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    dev_minor bigint NOT NULL,
    house_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    owed_minor bigint NOT NULL,
    reason text NOT NULL,
    state text NOT NULL,
    at timestamptz NOT NULL,
    by_dispute boolean NOT NULL DEFAULT false,
    CONSTRAINT game_refund_adds_up CHECK (amount_minor = dev_minor + house_minor + tax_minor AND amount_minor > 0),
    CONSTRAINT game_refund_state_known CHECK (state IN ('refunding', 'refunded', 'failed'))
);
CREATE INDEX game_refund_of_purchase ON billing.game_refund (purchase_id);

-- Small purchases that are debited together. One is open a buyer, card, business, currency and day.
CREATE TABLE billing.game_bundle (
    id uuid PRIMARY KEY,
    business_id uuid NOT NULL,
    buyer_id uuid NOT NULL,
    card_id uuid NOT NULL,
    currency text NOT NULL,
    day date NOT NULL,
    state text NOT NULL,
    CONSTRAINT game_bundle_state_known CHECK (state IN ('open', 'charging', 'charged', 'declined', 'empty'))
);
CREATE UNIQUE INDEX game_bundle_open_once ON billing.game_bundle (buyer_id, card_id, business_id, currency, day)
    WHERE state = 'open';

-- What the buyer says is wrong, and what the developer answered.
CREATE TABLE billing.game_dispute (
    purchase_id uuid PRIMARY KEY,
    dispute_id uuid NOT NULL UNIQUE,
    reason text NOT NULL,
    words text NOT NULL,
    opened_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    outcome text NOT NULL DEFAULT 'pending',
    closed_at timestamptz,
    CONSTRAINT game_dispute_outcome_known CHECK (outcome IN (
        'pending', 'refunded_in_cash', 'granted_replacement_item', 'denied_refund', 'banned_user',
        'refunded_by_operator', 'withdrawn')),
    CONSTRAINT game_dispute_closed_with_an_outcome CHECK (outcome <> 'pending' OR closed_at IS NULL)
);

-- A developer's account with us: which half-month is open, and where money goes.
CREATE TABLE billing.game_developer (
    business_id uuid PRIMARY KEY,
    currency text NOT NULL,
    zone text NOT NULL,
    open_from date NOT NULL,
    payee_id uuid,
    bank_id uuid,
    bank_changed_on date,
    CONSTRAINT game_developer_bank_has_a_payee CHECK ((bank_id IS NULL) = (payee_id IS NULL))
);

-- One fact of money with a developer each; what is in no statement yet belongs to the open period.
CREATE TABLE billing.game_entry (
    id uuid PRIMARY KEY,
    business_id uuid NOT NULL,
    game_id uuid,
    purchase_id uuid,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    day date NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    fee_minor bigint NOT NULL,
    share_minor bigint NOT NULL,
    owed_currency text NOT NULL,
    owed_minor bigint NOT NULL,
    statement_id uuid,
    CONSTRAINT game_entry_kind_known CHECK (kind IN (
        'sale', 'refund', 'chargeback', 'chargeback_reversed', 'invoice_paid')),
    CONSTRAINT game_entry_adds_up CHECK (amount_minor = tax_minor + fee_minor + share_minor)
);
CREATE INDEX game_entry_by_day ON billing.game_entry (business_id, day);
CREATE INDEX game_entry_open ON billing.game_entry (business_id) WHERE statement_id IS NULL;
CREATE INDEX game_entry_of_purchase ON billing.game_entry (purchase_id);

CREATE TABLE billing.game_statement (
    id uuid PRIMARY KEY,
    business_id uuid NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    currency text NOT NULL,
    net_minor bigint NOT NULL,
    held_minor bigint NOT NULL,
    release_on date NOT NULL,
    released_by uuid,
    released_minor bigint NOT NULL,
    carried_in_minor bigint NOT NULL,
    carried_out_minor bigint NOT NULL,
    payout_minor bigint NOT NULL,
    invoice_minor bigint NOT NULL,
    negative_since date,
    entries text NOT NULL,
    closed_at timestamptz NOT NULL,
    pay_on date NOT NULL,
    state text NOT NULL,
    reason text,
    paid_minor bigint,
    paid_currency text,
    paid_rate text,
    invoice_charge_id uuid,
    invoice_paid_at timestamptz,
    CONSTRAINT game_statement_once UNIQUE (business_id, first_day),
    CONSTRAINT game_statement_state_known CHECK (state IN (
        'carried', 'waiting', 'blocked', 'scheduled', 'paid', 'held')),
    CONSTRAINT game_statement_adds_up CHECK (
        carried_in_minor + net_minor - held_minor + released_minor = payout_minor + carried_out_minor)
);

GRANT SELECT, INSERT, UPDATE ON billing.game, billing.game_catalogue, billing.game_purchase, billing.game_refund,
    billing.game_bundle, billing.game_dispute, billing.game_developer, billing.game_statement TO tuppence_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON billing.game_tester TO tuppence_app;
GRANT SELECT, INSERT, UPDATE (statement_id) ON billing.game_entry TO tuppence_app;
