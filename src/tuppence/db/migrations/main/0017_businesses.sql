-- 0017 businesses: who is a business, who acts for it, its API keys, and the events that its programs hear.
-- Why: advertisers, games and partner apps are all businesses; who may act for one is written once. Members make keys of
--      their business over HTTP, so the app's role may now write keys, but row security lets it write none that reaches
--      the ledger: those still take the owner's role. Events are only ever appended, numbered without a gap a business.
-- Safe to deploy: new tables, and a column without a default.  Undo: drop them, and the keys that name a business.
CREATE SCHEMA billing;
GRANT USAGE ON SCHEMA billing TO tuppence_app;

CREATE TABLE billing.business (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    country text NOT NULL,                    -- ISO 3166-1
    currency text NOT NULL,                   -- what it is billed and paid in
    zone text NOT NULL,                       -- its days and months
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT business_name_length CHECK (char_length(name) BETWEEN 1 AND 50),
    CONSTRAINT business_country_form CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT business_currency_form CHECK (currency ~ '^[A-Z]{3}$')
);

CREATE TABLE billing.member (
    business_id uuid NOT NULL REFERENCES billing.business,
    person_id uuid NOT NULL,
    role text NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT member_pkey PRIMARY KEY (business_id, person_id),
    CONSTRAINT member_role_known CHECK (role IN ('owner', 'finance', 'analyst', 'developer'))
);
CREATE INDEX member_of_person ON billing.member (person_id);

GRANT SELECT, INSERT ON billing.business TO tuppence_app;
GRANT SELECT, INSERT, UPDATE (role, since), DELETE ON billing.member TO tuppence_app;

-- - keys of a business ------------------------------------------------------------------------------------------------
ALTER TABLE people.api_key
    ADD COLUMN business_id uuid,
    DROP CONSTRAINT api_key_scopes,
    ADD CONSTRAINT api_key_has_scopes CHECK (cardinality(scopes) > 0),
    ADD CONSTRAINT api_key_scopes CHECK (
        CASE WHEN business_id IS NULL
            THEN scopes <@ ARRAY['ledger:read', 'ledger:write', 'ledger:correct', 'ledger:house']
            ELSE array_to_string(scopes, ' ') ~ '^[a-z]+:(read|write)( [a-z]+:(read|write))*$'
                AND array_to_string(scopes, ' ') !~ '\mledger:'
        END);
CREATE INDEX api_key_of_business ON people.api_key (business_id, created_at) WHERE business_id IS NOT NULL;

ALTER TABLE people.api_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY api_key_read ON people.api_key FOR SELECT TO tuppence_app USING (true);
CREATE POLICY api_key_end ON people.api_key FOR UPDATE TO tuppence_app USING (true);
CREATE POLICY api_key_of_a_business ON people.api_key FOR INSERT TO tuppence_app WITH CHECK (business_id IS NOT NULL);
GRANT INSERT (id, person_id, business_id, name, prefix, key_hash, scopes, expires_at) ON people.api_key TO tuppence_app;

-- - events ------------------------------------------------------------------------------------------------------------
-- Where each business's line of events ends. Its row is the lock under which the next number is taken.
CREATE TABLE outbox.event_line (
    business_id uuid PRIMARY KEY,
    last_seq bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 70);

CREATE TABLE outbox.event (
    business_id uuid NOT NULL,
    seq bigint NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    subject_id uuid NOT NULL,
    data jsonb NOT NULL,
    at timestamptz NOT NULL,                  -- business time
    CONSTRAINT event_pkey PRIMARY KEY (business_id, seq),
    CONSTRAINT event_id UNIQUE (id),
    CONSTRAINT event_type_form CHECK (type ~ '^[a-z_]+(\.[a-z_]+)+$'),
    CONSTRAINT event_is_thin CHECK (octet_length(data::text) < 20000)
);
CREATE INDEX event_of_subject ON outbox.event (business_id, subject_id, seq);

GRANT SELECT, INSERT, UPDATE ON outbox.event_line TO tuppence_app;
GRANT SELECT, INSERT ON outbox.event TO tuppence_app;
