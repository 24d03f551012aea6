-- 0004 people: who somebody is, how they prove it, who their friends are.
-- Why: handles are unique to the eye, not only to the byte; every try at a secret is counted in a row before it is
--      looked at; what two people are to each other is one row, so that crossing requests and blocks meet there.
-- Safe to deploy: new tables only.  Undo: drop them, until the first person signs up.
CREATE TABLE people.person (
    id uuid PRIMARY KEY,
    handle text NOT NULL,
    look text NOT NULL,                       -- the handle as a hasty eye reads it: 0 and o are one, 1 and l are one
    name text NOT NULL,
    locale text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    adult boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT person_handle_taken UNIQUE (handle),
    CONSTRAINT person_look_taken UNIQUE (look),
    CONSTRAINT person_handle_form CHECK (handle ~ '^[a-z0-9_.]{3,20}$'),
    CONSTRAINT person_name_length CHECK (char_length(name) BETWEEN 1 AND 50)
);

CREATE TABLE people.password (
    person_id uuid PRIMARY KEY REFERENCES people.person,
    hash text NOT NULL
);

-- A device is a line of sessions: signing in again from the same browser keeps device_id and device_since.
CREATE TABLE people.session (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people.person,
    token_hash bytea NOT NULL,                -- SHA-256; the token itself is nowhere
    transport text NOT NULL,
    device_id uuid NOT NULL,
    device_name text NOT NULL,
    device_since timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,        -- written at most every few minutes
    idle interval NOT NULL,
    ends_at timestamptz NOT NULL,
    CONSTRAINT session_token UNIQUE (token_hash),
    CONSTRAINT session_transport CHECK (transport IN ('cookie', 'bearer'))
) WITH (fillfactor = 80);
CREATE INDEX session_of_person ON people.session (person_id, last_seen_at DESC);

-- Tries at passwords. full_at: when the bucket would be full again; a row in the past means nothing.
CREATE TABLE people.throttle (
    scope text NOT NULL,
    who bytea NOT NULL,
    full_at timestamptz NOT NULL,
    PRIMARY KEY (scope, who)
);
CREATE INDEX throttle_full_at ON people.throttle (full_at);

CREATE TABLE people.pin (
    person_id uuid PRIMARY KEY REFERENCES people.person,
    hash text NOT NULL,
    tries int NOT NULL DEFAULT 0,             -- since the last right one or the last lock, the one under way included
    locks int NOT NULL DEFAULT 0,
    locked_until timestamptz NOT NULL DEFAULT '-infinity',
    CONSTRAINT pin_counts CHECK (tries >= 0 AND locks >= 0)
);

-- That somebody proved who they are, in one session, for one purpose (a payment) and exactly what it says (the digest).
CREATE TABLE people.proof (
    session_id uuid NOT NULL REFERENCES people.session ON DELETE CASCADE,
    purpose uuid NOT NULL,
    digest bytea NOT NULL,
    method text NOT NULL,
    proven_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (session_id, purpose),
    CONSTRAINT proof_digest CHECK (length(digest) = 32),
    CONSTRAINT proof_method CHECK (method IN ('pin', 'passkey'))
);

CREATE TABLE people.passkey (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people.person,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT passkey_known UNIQUE (credential_id)
);
CREATE INDEX passkey_of_person ON people.passkey (person_id);

-- A challenge is answered once: reading it deletes it.
CREATE TABLE people.challenge (
    challenge bytea PRIMARY KEY,
    ceremony text NOT NULL,
    person_id uuid,
    session_id uuid,
    purpose uuid,
    digest bytea,
    expires_at timestamptz NOT NULL,
    CONSTRAINT challenge_ceremony CHECK (ceremony IN ('register', 'sign_in', 'step_up')),
    CONSTRAINT challenge_length CHECK (length(challenge) = 32)
);
CREATE INDEX challenge_expiry ON people.challenge (expires_at);

-- What two people are to each other. Both blocks are here, so that one look answers "may they".
CREATE TABLE people.pair (
    low uuid NOT NULL REFERENCES people.person,
    high uuid NOT NULL REFERENCES people.person,
    friends_since timestamptz,
    low_blocks boolean NOT NULL DEFAULT false,
    high_blocks boolean NOT NULL DEFAULT false,
    PRIMARY KEY (low, high),
    CONSTRAINT pair_order CHECK (low < high)
) WITH (fillfactor = 80);
CREATE INDEX pair_by_high ON people.pair (high);

CREATE TABLE people.friend_request (
    id uuid PRIMARY KEY,
    asker uuid NOT NULL REFERENCES people.person,
    asked uuid NOT NULL REFERENCES people.person,
    state text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT friend_request_state CHECK (state IN ('waiting', 'accepted', 'declined')),
    CONSTRAINT friend_request_of_another CHECK (asker <> asked)
);
-- Who asked is not told of a declined request: to them it is open like one that waits, and they can't ask again.
CREATE UNIQUE INDEX friend_request_open_once ON people.friend_request (asker, asked) WHERE state <> 'accepted';
CREATE INDEX friend_request_incoming ON people.friend_request (asked) WHERE state = 'waiting';

-- A pair from each side, with the open requests: all that the viewer may know, and nothing of the other's block.
CREATE VIEW people.tie AS
SELECT side.viewer, side.other, side.friends_since, side.blocked,
    sent.id AS sent_id, sent.at AS sent_at, received.id AS received_id, received.at AS received_at
FROM (
    SELECT low AS viewer, high AS other, friends_since, low_blocks AS blocked FROM people.pair
    UNION ALL SELECT high, low, friends_since, high_blocks FROM people.pair
) AS side
LEFT JOIN people.friend_request AS sent
    ON sent.asker = side.viewer AND sent.asked = side.other AND sent.state <> 'accepted'
LEFT JOIN people.friend_request AS received
    ON received.asker = side.other AND received.asked = side.viewer AND received.state = 'waiting';

GRANT SELECT ON people.tie TO tuppence_app;
GRANT SELECT, INSERT, UPDATE ON people.person, people.password, people.pin, people.pair, people.friend_request
    TO tuppence_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON people.session, people.throttle, people.proof, people.passkey, people.challenge
    TO tuppence_app;
