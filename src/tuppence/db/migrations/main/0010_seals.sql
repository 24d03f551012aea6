-- 0010 seals: a hash for each entry of the books, signed statements, what the last check found.
-- Why: whoever can write in this database can also rewrite it; what is hashed and signed elsewhere cannot be rewritten
--      unnoticed. The app writes here through functions only, and nobody changes what is sealed or stated.
-- Safe to deploy: new tables and views, and one small index.  Undo: drop them; no other table refers to them.
CREATE TABLE ledger.seal (
    position bigint PRIMARY KEY,
    kind smallint NOT NULL,                   -- 1 account, 2 transfer, 3 expiry, 4 refusal
    id uuid NOT NULL,
    timestamp bigint NOT NULL,
    leaf bytea NOT NULL,
    chain bytea NOT NULL,
    CONSTRAINT seal_kind_known CHECK (kind BETWEEN 1 AND 4),
    CONSTRAINT seal_hashes_whole CHECK (length(leaf) = 32 AND length(chain) = 32),
    CONSTRAINT seal_of_one_time UNIQUE (timestamp, kind)
);

-- The tree's complete subtrees of 2^8, 2^16, … entries: a proof reads a few hundred rows, however many entries there are.
CREATE TABLE ledger.seal_node (
    level smallint NOT NULL,
    index bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (level, index),
    CONSTRAINT seal_node_level_known CHECK (level > 0 AND level % 8 = 0)
);

-- What is owed to people as far as it is sealed: by account, and in an account that many share, by what it is about.
CREATE TABLE ledger.owed (
    account_id uuid NOT NULL,
    subject uuid NOT NULL,
    amount_minor numeric NOT NULL,
    PRIMARY KEY (account_id, subject)
) WITH (fillfactor = 70);

CREATE TABLE ledger.statement (
    number bigint PRIMARY KEY,
    day date NOT NULL,
    closes_day boolean NOT NULL,
    count bigint NOT NULL,                    -- of entries; the last one's position
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    document text NOT NULL,
    signature text NOT NULL,
    blinding bytea NOT NULL                   -- hides who is owed; outsiders must not have it
);
CREATE UNIQUE INDEX statement_one_end_a_day ON ledger.statement (day) WHERE closes_day;

-- What the check found, each time. Alarms are raised from the newest row.
CREATE TABLE ledger.verdict (
    checked_at timestamptz PRIMARY KEY DEFAULT clock_timestamp(),
    took_seconds double precision NOT NULL,
    entries bigint NOT NULL,
    broken jsonb NOT NULL
);

CREATE TRIGGER seal_is_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.seal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER seal_node_is_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.seal_node
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER statement_is_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.statement
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER verdict_is_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.verdict
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Reservations that lapsed are entries too, found by their time.
CREATE UNIQUE INDEX transfer_pending_expired ON ledger.transfer_pending (expired_at) WHERE status = 4;

-- What each event changed of what is owed to people. An account that may not be overdrawn (flag 2) holds somebody's
-- money: its own person's, or, where it names nobody, that of whoever the event was about.
CREATE VIEW ledger.owed_move AS
SELECT m.timestamp, m.account_id,
    CASE WHEN a.user_data_128 = '00000000-0000-0000-0000-000000000000' THEN m.subject
        ELSE '00000000-0000-0000-0000-000000000000' END AS subject,
    m.credits_posted - m.debits_posted AS amount_minor
FROM ledger.move AS m JOIN ledger.account AS a ON a.id = m.account_id
WHERE a.flags & 2 <> 0 AND m.credits_posted <> m.debits_posted;

-- The sealing door. It takes the next entries' hashes, nothing about amounts: what is owed follows from the entries.
CREATE FUNCTION ledger.seal(seals ledger.seal[], nodes ledger.seal_node[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    sealed bigint;
    through bigint;
    reached bigint;
BEGIN
    SELECT s.position, s.timestamp INTO sealed, through FROM ledger.seal AS s ORDER BY s.position DESC LIMIT 1;
    IF NOT (SELECT bool_and(s.position = coalesce(sealed, 0) + n AND s.timestamp >= coalesce(through, 0))
            FROM unnest(seals) WITH ORDINALITY AS s (position, kind, id, timestamp, leaf, chain, n)) THEN
        RAISE EXCEPTION 'seals follow one another' USING ERRCODE = 'serialization_failure';
    END IF;
    INSERT INTO ledger.seal SELECT * FROM unnest(seals);
    INSERT INTO ledger.seal_node SELECT * FROM unnest(nodes);
    SELECT max(s.timestamp) INTO reached FROM unnest(seals) AS s;
    INSERT INTO ledger.owed AS o (account_id, subject, amount_minor)
    SELECT m.account_id, m.subject, sum(m.amount_minor) FROM ledger.owed_move AS m
    WHERE m.timestamp > coalesce(through, 0) AND m.timestamp <= reached GROUP BY m.account_id, m.subject
    ON CONFLICT (account_id, subject) DO UPDATE SET amount_minor = o.amount_minor + excluded.amount_minor;
    DELETE FROM ledger.owed WHERE amount_minor = 0;
END $$;

-- Statements follow one another, and none reaches beyond what is sealed.
CREATE FUNCTION ledger.state(statement ledger.statement) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF statement.number IS DISTINCT FROM (SELECT coalesce(max(s.number), 0) + 1 FROM ledger.statement AS s)
        OR statement.count > (SELECT coalesce(max(s.position), 0) FROM ledger.seal AS s)
        OR statement.count < (SELECT coalesce(max(s.count), 0) FROM ledger.statement AS s) THEN
        RAISE EXCEPTION 'statements follow one another' USING ERRCODE = 'serialization_failure';
    END IF;
    INSERT INTO ledger.statement VALUES (statement.*);
END $$;

CREATE FUNCTION ledger.judge(took_seconds double precision, entries bigint, broken jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    INSERT INTO ledger.verdict (took_seconds, entries, broken) VALUES (judge.took_seconds, judge.entries, judge.broken);
END;

-- Empty when what hangs on the seals is proven; ledger.broken says the rest.
CREATE VIEW ledger.broken_seal AS
SELECT 'owed otherwise than the entries say' AS what, coalesce(o.account_id, m.account_id)::text AS which
FROM ledger.owed AS o FULL JOIN (
    SELECT account_id, subject, sum(amount_minor) AS amount_minor FROM ledger.owed_move
    WHERE timestamp <= (SELECT max(timestamp) FROM ledger.seal) GROUP BY account_id, subject HAVING sum(amount_minor) <> 0
) AS m USING (account_id, subject)
WHERE o.amount_minor IS DISTINCT FROM m.amount_minor
UNION ALL
SELECT 'owed below zero', account_id::text FROM ledger.owed WHERE amount_minor < 0
UNION ALL
SELECT 'lapses otherwise than it says', p.id::text
FROM ledger.transfer_pending AS p JOIN ledger.transfer AS t USING (id)
WHERE p.expires_at IS DISTINCT FROM CASE WHEN t.timeout > 0 THEN t.timestamp + t.timeout * 1000000000 END
    OR p.status <> 4 AND p.expired_at IS NOT NULL
UNION ALL
SELECT 'open though a transfer closed it', a.id::text
FROM ledger.transfer AS t JOIN ledger.transfer_pending AS p USING (id)
    JOIN ledger.account AS a ON t.flags & 64 <> 0 AND a.id = t.debit_account_id
        OR t.flags & 128 <> 0 AND a.id = t.credit_account_id
WHERE t.flags & 192 <> 0 AND p.status IN (1, 2) AND a.flags & 32 = 0
UNION ALL
SELECT 'era out of order', id::text
FROM (
    SELECT id, era, lag(era, 1, 0) OVER by_time AS before, lead(era, 1, era) OVER by_time AS next
    FROM ledger.transfer WINDOW by_time AS (ORDER BY timestamp)
) AS t
WHERE era < before OR era > next OR era > (SELECT transfers >> 18 FROM ledger.clock)
UNION ALL
SELECT 'newer than the clock', id::text FROM ledger.transfer_pending
WHERE expired_at > (SELECT last FROM ledger.clock)
UNION ALL
SELECT 'counts other transfers than there are', 'clock'
WHERE (SELECT transfers FROM ledger.clock) IS DISTINCT FROM (SELECT count(*) FROM ledger.transfer)
UNION ALL
SELECT 'ahead of real time', 'clock' FROM ledger.clock
WHERE last > extract(epoch FROM clock_timestamp() + interval '1 hour') * 1000000000
UNION ALL
SELECT 'ahead of real time', 'verdict of ' || checked_at FROM ledger.verdict
WHERE checked_at > clock_timestamp() + interval '1 hour';

REVOKE ALL ON FUNCTION ledger.seal, ledger.state, ledger.judge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.seal, ledger.state, ledger.judge TO tuppence_app;
GRANT SELECT ON ledger.seal, ledger.seal_node, ledger.owed, ledger.statement, ledger.verdict,
    ledger.owed_move, ledger.broken_seal TO tuppence_app;
