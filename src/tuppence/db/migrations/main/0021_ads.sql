-- 0021 ads: advertisers' accounts, what they use, and the bills for it.
-- Why: usage comes late, twice and in any order, so an event is a row under its caller's id, never changed; what was
-- made of it (who pays how much) is a posting, and a bill is the sum of a cycle's postings.
-- Safe to deploy: a new schema only.  Undo: DROP SCHEMA ads, until the first event is billed.
CREATE SCHEMA ads;
GRANT USAGE ON SCHEMA ads TO tuppence_app;

CREATE TABLE ads.account (
    id uuid PRIMARY KEY,
    business_id uuid NOT NULL,
    name text NOT NULL,
    currency text NOT NULL,
    zone text NOT NULL,
    bill_day int NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid,
    state text NOT NULL,
    way text NOT NULL,
    rung int NOT NULL,
    rung_since timestamptz NOT NULL,
    clean_cycles int NOT NULL,
    is_manual boolean NOT NULL,
    own_threshold_minor bigint,
    credit_line_minor bigint NOT NULL,
    spend_cap_minor bigint,
    spent_minor bigint NOT NULL,
    money_minor bigint NOT NULL,
    catch_up boolean NOT NULL,
    hold text NOT NULL,
    held_at timestamptz,
    held_why jsonb NOT NULL,
    changed_at timestamptz,
    delivery text NOT NULL,
    delivery_at timestamptz NOT NULL,
    billed_to jsonb NOT NULL,
    version int NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT ads_account_state_known CHECK (state IN ('new', 'active_auto', 'active_prepaid', 'active_invoice', 'grace',
        'past_due', 'disabled', 'closing', 'closed', 'written_off')),
    CONSTRAINT ads_account_way_known CHECK (way IN ('auto', 'prepaid', 'invoice')),
    CONSTRAINT ads_account_hold_known CHECK (hold IN ('none', 'held')),
    CONSTRAINT ads_account_bill_day_is_a_day CHECK (bill_day BETWEEN 1 AND 31),
    CONSTRAINT ads_account_limits_are_not_negative CHECK (
        rung >= 0 AND clean_cycles >= 0 AND credit_line_minor >= 0
        AND coalesce(own_threshold_minor, 1) > 0 AND coalesce(spend_cap_minor, 1) > 0)
);
CREATE INDEX ads_account_of_business ON ads.account (business_id);

CREATE TABLE ads.campaign (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES ads.account,
    name text NOT NULL,
    running boolean NOT NULL,
    budget_minor bigint,
    daily_cap_minor bigint,
    starts_at timestamptz,
    ends_at timestamptz,
    spent_minor bigint NOT NULL DEFAULT 0,
    catch_up_minor bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    CONSTRAINT ads_campaign_caps_are_positive CHECK (coalesce(budget_minor, 1) > 0 AND coalesce(daily_cap_minor, 1) > 0),
    CONSTRAINT ads_campaign_never_gives_back_more_than_it_took CHECK (spent_minor >= 0),
    CONSTRAINT ads_campaign_catches_up_forward CHECK (catch_up_minor >= 0)
);
CREATE INDEX ads_campaign_of_account ON ads.campaign (account_id);

-- What is charged, in this order; the first is the primary.
CREATE TABLE ads.method (
    account_id uuid NOT NULL REFERENCES ads.account,
    place int NOT NULL,
    person_id uuid NOT NULL,
    card_id uuid,
    bank_id uuid,
    mandate_id uuid,
    PRIMARY KEY (account_id, place),
    CONSTRAINT ads_method_is_one CHECK (num_nonnulls(card_id, bank_id) = 1),
    CONSTRAINT ads_method_of_a_bank_by_mandate CHECK ((bank_id IS NULL) = (mandate_id IS NULL))
);
CREATE INDEX ads_method_by_card ON ads.method (card_id);

-- A bill, from its first event to its last cent.
CREATE TABLE ads.cycle (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES ads.account,
    n int NOT NULL,
    state text NOT NULL,
    opened_at timestamptz NOT NULL,
    bill_at timestamptz NOT NULL,
    closed_at timestamptz,
    why_closed text,
    usage_minor bigint NOT NULL DEFAULT 0,
    given_back_minor bigint NOT NULL DEFAULT 0,
    waived_minor bigint NOT NULL DEFAULT 0,
    credits_minor bigint NOT NULL DEFAULT 0,
    prepaid_minor bigint NOT NULL DEFAULT 0,
    carried_in_minor bigint NOT NULL DEFAULT 0,
    carried_out_minor bigint NOT NULL DEFAULT 0,
    refunded_minor bigint NOT NULL DEFAULT 0,
    tax_minor bigint NOT NULL DEFAULT 0,
    tax_basis_points int NOT NULL DEFAULT 0,
    round int NOT NULL DEFAULT 0,
    retries int NOT NULL DEFAULT 0,
    failures int NOT NULL DEFAULT 0,
    due_at timestamptz,
    next_try_at timestamptz,
    settled_at timestamptz,
    paid_by text,
    reference text,
    version int NOT NULL DEFAULT 1,
    CONSTRAINT ads_cycle_in_order UNIQUE (account_id, n),
    CONSTRAINT ads_cycle_state_known CHECK (state IN ('accruing', 'closing', 'charging', 'charge_unknown', 'retrying',
        'invoiced', 'past_due', 'paid', 'written_off')),
    CONSTRAINT ads_cycle_closed_whole CHECK ((state = 'accruing') = (closed_at IS NULL AND why_closed IS NULL)),
    CONSTRAINT ads_cycle_sums_are_not_negative CHECK (usage_minor >= 0 AND given_back_minor >= 0 AND waived_minor >= 0),
    CONSTRAINT ads_cycle_carries_what_is_owed_back CHECK (carried_in_minor <= 0 AND carried_out_minor <= 0),
    CONSTRAINT ads_cycle_paid_by_known CHECK (paid_by IN ('nothing', 'charge', 'operator'))
);
CREATE UNIQUE INDEX ads_cycle_accrues_once ON ads.cycle (account_id) WHERE state = 'accruing';
CREATE INDEX ads_cycle_open ON ads.cycle (account_id) WHERE state NOT IN ('paid', 'written_off');

-- What the ad server reported, under its own id; never changed.
CREATE TABLE ads.event (
    account_id uuid NOT NULL,
    id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    kind text NOT NULL,
    amount_minor bigint NOT NULL,
    waived_minor bigint NOT NULL,
    quantity bigint NOT NULL,
    corrects uuid,
    at timestamptz NOT NULL,
    posting_id uuid NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT ads_event_kind_known CHECK (kind IN ('usage', 'correction', 'invalid_traffic')),
    CONSTRAINT ads_event_sign_goes_with_kind CHECK ((kind = 'usage') = (amount_minor > 0) AND amount_minor <> 0),
    CONSTRAINT ads_event_waives_no_more_than_it_is CHECK (waived_minor BETWEEN 0 AND greatest(amount_minor, 0))
);
CREATE INDEX ads_event_corrected ON ads.event (account_id, corrects) WHERE corrects IS NOT NULL;
CREATE INDEX ads_event_of_posting ON ads.event (posting_id);

-- What a batch of events of an account came to, and who pays it: the ledger's transfers have their ids from its own.
CREATE TABLE ads.posting (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    cycle_id uuid NOT NULL REFERENCES ads.cycle,
    at timestamptz NOT NULL,
    usage_minor bigint NOT NULL,
    given_back_minor bigint NOT NULL,
    waived_minor bigint NOT NULL,
    credits_minor bigint NOT NULL,
    prepaid_minor bigint NOT NULL,
    owed_minor bigint NOT NULL,
    CONSTRAINT ads_posting_adds_up CHECK (
        usage_minor - given_back_minor - waived_minor = credits_minor + prepaid_minor + owed_minor)
);
CREATE INDEX ads_posting_of_cycle ON ads.posting (cycle_id);
CREATE INDEX ads_posting_of_account ON ads.posting (account_id, at);

CREATE TABLE ads.posted_line (
    posting_id uuid NOT NULL REFERENCES ads.posting,
    campaign_id uuid NOT NULL,
    kind text NOT NULL,
    quantity bigint NOT NULL,
    amount_minor bigint NOT NULL,
    waived_minor bigint NOT NULL,
    PRIMARY KEY (posting_id, campaign_id, kind)
);

-- Spend by hours of the account's own clock: charts, daily caps.
CREATE TABLE ads.spend (
    campaign_id uuid NOT NULL,
    hour timestamptz NOT NULL,
    account_id uuid NOT NULL,
    spent_minor bigint NOT NULL,
    quantity bigint NOT NULL,
    PRIMARY KEY (campaign_id, hour)
);
CREATE INDEX ads_spend_of_account ON ads.spend (account_id, hour);

CREATE TABLE ads.coupon (
    code text PRIMARY KEY,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    redeem_by timestamptz NOT NULL,
    lasts_days int NOT NULL,
    made_at timestamptz NOT NULL,
    account_id uuid,
    CONSTRAINT ads_coupon_is_four_by_four CHECK (code ~ '^[A-Z0-9]{4}(-[A-Z0-9]{4}){3}$'),
    CONSTRAINT ads_coupon_is_worth_something CHECK (amount_minor > 0 AND lasts_days > 0)
);

CREATE TABLE ads.credit (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES ads.account,
    why text NOT NULL,
    code text,
    amount_minor bigint NOT NULL,
    left_minor bigint NOT NULL,
    granted_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT ads_credit_why_known CHECK (why IN ('coupon', 'goodwill')),
    CONSTRAINT ads_credit_has_no_more_than_it_had CHECK (left_minor BETWEEN 0 AND amount_minor),
    CONSTRAINT ads_credit_of_a_coupon_once UNIQUE (code)
);
CREATE INDEX ads_credit_of_account ON ads.credit (account_id);

-- What was taken of a credit, or put back to it (below zero), by a posting.
CREATE TABLE ads.draw (
    posting_id uuid NOT NULL,
    credit_id uuid NOT NULL REFERENCES ads.credit,
    amount_minor bigint NOT NULL,
    PRIMARY KEY (posting_id, credit_id)
);

-- A charge that was asked for: of a bill, or of a top-up. Its id is the charge's.
CREATE TABLE ads.charge (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES ads.account,
    cycle_id uuid REFERENCES ads.cycle,
    round int NOT NULL,
    place int NOT NULL,
    person_id uuid NOT NULL,
    card_id uuid,
    bank_id uuid,
    mandate_id uuid,
    amount_minor bigint NOT NULL,
    state text NOT NULL,
    decline_code text,
    may_retry boolean NOT NULL DEFAULT false,
    asked_at timestamptz NOT NULL,
    settled_at timestamptz,
    CONSTRAINT ads_charge_state_known CHECK (
        state IN ('charging', 'unknown', 'charged', 'declined', 'returned', 'charged_back')),
    CONSTRAINT ads_charge_is_something CHECK (amount_minor > 0)
);
CREATE INDEX ads_charge_of_cycle ON ads.charge (cycle_id);
CREATE INDEX ads_charge_of_account ON ads.charge (account_id, asked_at);
-- One live charge a bill, whatever two transactions at once believe.
CREATE UNIQUE INDEX ads_charge_lives_once ON ads.charge (cycle_id) WHERE state IN ('charging', 'unknown');

CREATE TABLE ads.refund (
    id uuid PRIMARY KEY,
    ask_id uuid NOT NULL,
    account_id uuid NOT NULL REFERENCES ads.account,
    charge_id uuid NOT NULL REFERENCES ads.charge,
    cycle_id uuid REFERENCES ads.cycle,
    amount_minor bigint NOT NULL,
    state text NOT NULL,
    failed_why text,
    asked_at timestamptz NOT NULL,
    settled_at timestamptz,
    CONSTRAINT ads_refund_state_known CHECK (state IN ('refunding', 'refund_unknown', 'refunded', 'refund_failed')),
    CONSTRAINT ads_refund_is_something CHECK (amount_minor > 0)
);
CREATE INDEX ads_refund_of_account ON ads.refund (account_id, asked_at);
CREATE INDEX ads_refund_of_ask ON ads.refund (ask_id);

-- What happened to an account, for people: changes, holds, bills.
CREATE TABLE ads.moment (
    account_id uuid NOT NULL REFERENCES ads.account,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    what text NOT NULL,
    by_id uuid,
    cycle_id uuid,
    detail jsonb NOT NULL,
    PRIMARY KEY (account_id, id)
);

-- What admins said about a hold.
CREATE TABLE ads.confirmation (
    account_id uuid NOT NULL REFERENCES ads.account,
    held_at timestamptz NOT NULL,
    person_id uuid NOT NULL,
    it_was_us boolean NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (account_id, held_at, person_id)
);

GRANT SELECT, INSERT, UPDATE ON ads.account, ads.campaign, ads.cycle, ads.spend, ads.coupon, ads.credit, ads.charge,
    ads.refund TO tuppence_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ads.method TO tuppence_app;
GRANT SELECT, INSERT ON ads.event, ads.posting, ads.posted_line, ads.draw, ads.moment, ads.confirmation TO tuppence_app;
