-- 0024 apps: partner apps, what people let them do, and the tokens with which they do it.
-- Why: another program acts for a person within what they said yes to, for as long as they like. Secrets, codes and
--      tokens are kept as hashes; a code and a refresh token are good for one use, and a second use ends their family.
-- Safe to deploy: a new schema only.  Undo: drop it; every app is then refused.
CREATE SCHEMA apps;
GRANT USAGE ON SCHEMA apps TO tuppence_app;

CREATE TABLE apps.app (
    id uuid PRIMARY KEY,                      -- the OAuth client_id
    business_id uuid NOT NULL,
    name text NOT NULL,
    home_url text NOT NULL,
    confidential boolean NOT NULL,            -- has a server that can keep a secret
    redirect_uris text[] NOT NULL,
    origins text[] NOT NULL,                  -- whose pages may frame a payment
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    retired_at timestamptz,
    CONSTRAINT app_name_length CHECK (char_length(name) BETWEEN 1 AND 50),
    CONSTRAINT app_redirects CHECK (cardinality(redirect_uris) BETWEEN 1 AND 10),
    CONSTRAINT app_origins CHECK (cardinality(origins) <= 10)
);
CREATE INDEX app_of_business ON apps.app (business_id, created_at);

CREATE TABLE apps.secret (
    secret_hash bytea PRIMARY KEY CONSTRAINT secret_hash_length CHECK (length(secret_hash) = 32),
    app_id uuid NOT NULL REFERENCES apps.app,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ends_at timestamptz NOT NULL DEFAULT 'infinity'
);
CREATE INDEX secret_of_app ON apps.secret (app_id);

-- A person's yes to an app. It is what tokens hang on: when it is revoked they are all dead.
CREATE TABLE apps.connection (
    id uuid PRIMARY KEY,
    app_id uuid NOT NULL REFERENCES apps.app,
    person_id uuid NOT NULL,
    scopes text[] NOT NULL CONSTRAINT connection_scopes CHECK (cardinality(scopes) > 0),
    device_since timestamptz NOT NULL,        -- of the device on which the person said yes
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_used_at timestamptz,                 -- written at most every few minutes
    revoked_at timestamptz
);
CREATE UNIQUE INDEX connection_live_once ON apps.connection (app_id, person_id) WHERE revoked_at IS NULL;
CREATE INDEX connection_of_person ON apps.connection (person_id, created_at);

CREATE TABLE apps.code (
    code_hash bytea PRIMARY KEY CONSTRAINT code_hash_length CHECK (length(code_hash) = 32),
    connection_id uuid NOT NULL REFERENCES apps.connection,
    family uuid NOT NULL,                     -- what is issued for this code, and for that again
    redirect_uri text NOT NULL,
    challenge text NOT NULL,                  -- PKCE, S256
    scopes text[] NOT NULL,
    ends_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX code_of_connection ON apps.code (connection_id);

CREATE TABLE apps.token (
    token_hash bytea PRIMARY KEY CONSTRAINT token_hash_length CHECK (length(token_hash) = 32),
    kind text NOT NULL CONSTRAINT token_kind_known CHECK (kind IN ('access', 'refresh')),
    connection_id uuid NOT NULL REFERENCES apps.connection,
    family uuid NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ends_at timestamptz NOT NULL,
    used_at timestamptz,                      -- of a refresh token that was exchanged
    CONSTRAINT token_used_once CHECK (used_at IS NULL OR kind = 'refresh')
);
CREATE INDEX token_of_family ON apps.token (family);
CREATE INDEX token_of_connection ON apps.token (connection_id, ends_at);

-- One payment as one person sees it, for a frame in the app's page.
CREATE TABLE apps.bubble (
    ticket_hash bytea PRIMARY KEY CONSTRAINT ticket_hash_length CHECK (length(ticket_hash) = 32),
    connection_id uuid NOT NULL REFERENCES apps.connection,
    payment_id uuid NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX bubble_of_connection ON apps.bubble (connection_id, ends_at);

GRANT SELECT, INSERT, UPDATE (name, home_url, redirect_uris, origins, retired_at) ON apps.app TO tuppence_app;
GRANT SELECT, INSERT, UPDATE (ends_at) ON apps.secret TO tuppence_app;
GRANT SELECT, INSERT, UPDATE (scopes, device_since, last_used_at, revoked_at) ON apps.connection TO tuppence_app;
GRANT SELECT, INSERT, UPDATE (used_at), DELETE ON apps.code, apps.token TO tuppence_app;
GRANT SELECT, INSERT, DELETE ON apps.bubble TO tuppence_app;
