-- 0025 grants: what people let a business charge, and what it charged.
-- Why: a business may take money again without the person there, so what it may take is written down when they say yes,
--      and never widened; each charge stands beside the grant that it was taken under.
-- Safe to deploy: new tables only.  Undo: drop them; charges stay in payments.
CREATE TABLE apps.customer_grant (
    id uuid PRIMARY KEY,
    business_id uuid NOT NULL,
    kind text NOT NULL CONSTRAINT grant_kind_known CHECK (kind IN ('once', 'on_file')),
    says text NOT NULL CONSTRAINT grant_says_length CHECK (char_length(says) BETWEEN 1 AND 140),
    currency text NOT NULL,
    per_charge_minor bigint NOT NULL CONSTRAINT grant_per_charge CHECK (per_charge_minor > 0),
    per_period_minor bigint CONSTRAINT grant_per_period CHECK (per_period_minor >= per_charge_minor),
    period_days int CONSTRAINT grant_period CHECK (period_days BETWEEN 1 AND 366),
    until timestamptz,
    return_url text,
    state text NOT NULL DEFAULT 'asked'
        CONSTRAINT grant_state_known CHECK (state IN ('asked', 'live', 'declined', 'revoked')),
    person_id uuid,
    card_id uuid,
    asked_at timestamptz NOT NULL,
    decided_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT grant_period_whole CHECK ((per_period_minor IS NULL) = (period_days IS NULL)),
    CONSTRAINT grant_is_somebodys CHECK ((state = 'live') <= (person_id IS NOT NULL AND card_id IS NOT NULL))
);
CREATE INDEX grant_of_business ON apps.customer_grant (business_id, asked_at);
CREATE INDEX grant_of_person ON apps.customer_grant (person_id, decided_at) WHERE person_id IS NOT NULL;

CREATE TABLE apps.grant_charge (
    id uuid PRIMARY KEY,                      -- the charge's
    grant_id uuid NOT NULL REFERENCES apps.customer_grant,
    amount_minor bigint NOT NULL,
    at timestamptz NOT NULL,
    told text                                 -- the last state that the business heard
);
CREATE INDEX grant_charge_of_grant ON apps.grant_charge (grant_id, at);

CREATE TABLE apps.grant_refund (
    id uuid PRIMARY KEY,                      -- the refund's
    charge_id uuid NOT NULL REFERENCES apps.grant_charge,
    told text
);

GRANT SELECT, INSERT, UPDATE (state, person_id, card_id, decided_at, ended_at) ON apps.customer_grant TO tuppence_app;
GRANT SELECT, INSERT, UPDATE (told) ON apps.grant_charge, apps.grant_refund TO tuppence_app;
