-- 0005 chat: conversations, messages, how far each has read.
-- Why: a message's number is given out under its conversation's row lock, so numbers become visible in order; receipts
--      are two integers a member that only rise, never a row a message.
-- Safe to deploy: new tables only.  Undo: drop them, until the first message is said.
CREATE TABLE chat.conversation (
    id uuid PRIMARY KEY,                      -- follows from the two people
    low uuid NOT NULL,
    high uuid NOT NULL,
    last_seq bigint NOT NULL DEFAULT 0,
    low_stage smallint NOT NULL DEFAULT 0,    -- 0 it is not there, 1 opened, 2 shown: something in it is theirs to see
    high_stage smallint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT conversation_of_two UNIQUE (low, high),
    CONSTRAINT conversation_order CHECK (low < high),
    CONSTRAINT conversation_stages CHECK (low_stage BETWEEN 0 AND 2 AND high_stage BETWEEN 0 AND 2)
) WITH (fillfactor = 70);

CREATE TABLE chat.member (
    conversation_id uuid NOT NULL REFERENCES chat.conversation,
    person_id uuid NOT NULL,
    delivered_seq bigint NOT NULL DEFAULT 0,
    read_seq bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (person_id, conversation_id),
    CONSTRAINT member_read_is_delivered CHECK (0 <= read_seq AND read_seq <= delivered_seq)
) WITH (fillfactor = 80);

CREATE TABLE chat.message (
    conversation_id uuid NOT NULL REFERENCES chat.conversation,
    seq bigint NOT NULL,
    id uuid NOT NULL,
    sender_id uuid NOT NULL,
    client_id uuid NOT NULL,
    kind text NOT NULL,
    body text,
    ref_kind text,
    ref_id uuid,
    only_for uuid,                            -- seen by its sender alone: the other blocks them, or it is not time yet
    at timestamptz NOT NULL,
    PRIMARY KEY (conversation_id, seq),
    CONSTRAINT message_said_once UNIQUE (sender_id, client_id, kind),
    CONSTRAINT message_refers_once UNIQUE (ref_id, ref_kind),
    CONSTRAINT message_is_text_or_ref CHECK (CASE kind
        WHEN 'text' THEN body IS NOT NULL AND ref_kind IS NULL AND ref_id IS NULL
        WHEN 'ref' THEN body IS NULL AND ref_kind IS NOT NULL AND ref_id IS NOT NULL
        ELSE false END),
    CONSTRAINT message_body_length CHECK (char_length(body) BETWEEN 1 AND 4000)
);

GRANT SELECT, INSERT, UPDATE ON chat.conversation, chat.member, chat.message TO tuppence_app;
