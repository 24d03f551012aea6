-- 0023 webhooks: endpoints of businesses, what is delivered to them, every attempt; and what their programs asked.
-- Why: a delivery is a row written with its event, so that none is forgotten; each attempt is a row, so that a developer
--      sees what we saw. Endpoints' secrets lie here sealed: whoever reads the database alone can sign nothing.
-- Safe to deploy: new tables only.  Undo: drop them; events stay.
CREATE TABLE outbox.endpoint (
    id uuid PRIMARY KEY,
    business_id uuid NOT NULL,
    url text NOT NULL,
    description text NOT NULL,
    types text[] NOT NULL,                    -- none: all of them
    scheme text NOT NULL,
    api_version text NOT NULL,                -- what the body looks like, as it was when the endpoint was made
    state text NOT NULL DEFAULT 'enabled',
    why text,                                 -- it is disabled
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    failures int NOT NULL DEFAULT 0,          -- in a row, of whichever deliveries
    succeeded_at timestamptz,
    look_at timestamptz NOT NULL DEFAULT 'infinity',      -- when something may be due
    rest_until timestamptz NOT NULL DEFAULT '-infinity',  -- it fails, or asked for patience: nothing is sent before
    lease uuid,
    lease_until timestamptz NOT NULL DEFAULT '-infinity',
    CONSTRAINT endpoint_state_known CHECK (state IN ('enabled', 'paused', 'disabled', 'removed')),
    CONSTRAINT endpoint_disabled_for_a_reason CHECK ((state = 'disabled') = (why IS NOT NULL)),
    CONSTRAINT endpoint_scheme_known CHECK (scheme IN ('v1', 'v1a')),
    CONSTRAINT endpoint_url_length CHECK (char_length(url) <= 2048)
);
CREATE INDEX endpoint_of_business ON outbox.endpoint (business_id, created_at);
CREATE INDEX endpoint_to_look_at ON outbox.endpoint (look_at) WHERE state = 'enabled';

CREATE TABLE outbox.endpoint_secret (
    id uuid PRIMARY KEY,
    endpoint_id uuid NOT NULL REFERENCES outbox.endpoint,
    sealed bytea NOT NULL,
    public text,                              -- of v1a: what the receiver verifies with
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ends_at timestamptz NOT NULL DEFAULT 'infinity'       -- a rotated one signs on beside the new one until then
);
CREATE INDEX endpoint_secret_of ON outbox.endpoint_secret (endpoint_id, ends_at);

CREATE TABLE outbox.delivery (
    endpoint_id uuid NOT NULL REFERENCES outbox.endpoint,
    seq bigint NOT NULL,                      -- the event's, in its business's line
    event_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'pending',
    tries int NOT NULL DEFAULT 0,             -- since it was last asked for
    attempts int NOT NULL DEFAULT 0,          -- ever
    first_tried_at timestamptz,
    due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    delivered_at timestamptz,
    CONSTRAINT delivery_pkey PRIMARY KEY (endpoint_id, seq),
    CONSTRAINT delivery_state_known CHECK (state IN ('pending', 'delivered', 'dead'))
) WITH (fillfactor = 80);
CREATE INDEX delivery_pending ON outbox.delivery (endpoint_id, seq) WHERE state = 'pending';
CREATE INDEX delivery_dead ON outbox.delivery (endpoint_id, seq) WHERE state = 'dead';
CREATE INDEX delivery_old ON outbox.delivery USING brin (due_at);

CREATE TABLE outbox.attempt (
    endpoint_id uuid NOT NULL,
    seq bigint NOT NULL,
    n int NOT NULL,
    at timestamptz NOT NULL,
    took_ms int NOT NULL,
    status int,
    error text,
    answer text NOT NULL,                     -- its first characters
    CONSTRAINT attempt_pkey PRIMARY KEY (endpoint_id, seq, n),
    CONSTRAINT attempt_has_an_end CHECK ((status IS NULL) <> (error IS NULL))
);
CREATE INDEX attempt_at ON outbox.attempt USING brin (at);

GRANT SELECT, INSERT, UPDATE ON outbox.endpoint TO tuppence_app;
GRANT SELECT, INSERT, UPDATE (ends_at), DELETE ON outbox.endpoint_secret TO tuppence_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox.delivery TO tuppence_app;
GRANT SELECT, INSERT, DELETE ON outbox.attempt TO tuppence_app;

-- What programs of a business asked of the API: never a body, never a query's values.
CREATE TABLE billing.request (
    id uuid PRIMARY KEY,
    business_id uuid NOT NULL,
    key_id uuid NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    status int NOT NULL,
    code text,                                -- of a refusal
    took_ms int NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX request_of_business ON billing.request (business_id, id);
CREATE INDEX request_at ON billing.request USING brin (at);
GRANT SELECT, INSERT, DELETE ON billing.request TO tuppence_app;
