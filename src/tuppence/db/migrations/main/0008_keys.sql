-- 0008 keys: bearer keys with which programs call the API for a person.
-- Why: a program has no device and no PIN; what it may do is written down when its key is made, and no more. The app may
--      look keys up, note their use and revoke them; making one takes the owner's role, which no process of ours has.
-- Safe to deploy: a new table only.  Undo: drop it; every program is then refused.
CREATE TABLE people.api_key (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people.person,
    name text NOT NULL,
    prefix text NOT NULL,                     -- the first characters, by which people know a key again
    key_hash bytea NOT NULL,                  -- SHA-256; the key itself is nowhere
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz,
    last_used_at timestamptz,                 -- written at most every few minutes
    revoked_at timestamptz,
    CONSTRAINT api_key_hash UNIQUE (key_hash),
    CONSTRAINT api_key_hash_length CHECK (length(key_hash) = 32),
    CONSTRAINT api_key_prefix_form CHECK (prefix ~ '^tup_(test|live)_[A-Za-z0-9_-]{6}$'),
    CONSTRAINT api_key_name_length CHECK (char_length(name) BETWEEN 1 AND 50),
    CONSTRAINT api_key_scopes CHECK (
        cardinality(scopes) > 0 AND scopes <@ ARRAY['ledger:read', 'ledger:write', 'ledger:correct', 'ledger:house'])
);
CREATE INDEX api_key_of_person ON people.api_key (person_id, created_at);
GRANT SELECT, UPDATE (last_used_at, revoked_at) ON people.api_key TO tuppence_app;
