-- 0002 ledger: accounts and transfers.
-- Why: a balance must never be wrong, so each rule that a row can carry is a constraint, transfers are written once,
--      and the app's only way in is one function, which derives every balance from the transfers it is given.
-- Safe to deploy: new tables only.  Undo: drop them, until the first transfer exists.
-- Flags and status numbers are those of src/tuppence/ledger/model.py.
CREATE TABLE ledger.account (
    id uuid PRIMARY KEY,
    ledger bigint NOT NULL,
    code int NOT NULL,
    flags int NOT NULL,
    debits_pending bigint NOT NULL,
    debits_posted bigint NOT NULL,
    credits_pending bigint NOT NULL,
    credits_posted bigint NOT NULL,
    user_data_128 uuid NOT NULL,
    user_data_64 numeric(20) NOT NULL,
    user_data_32 bigint NOT NULL,
    timestamp bigint NOT NULL,
    CONSTRAINT account_time_is_its_own UNIQUE (timestamp),
    CONSTRAINT account_balances_not_negative
        CHECK (least(debits_pending, debits_posted, credits_pending, credits_posted) >= 0),
    CONSTRAINT account_debits_within_credits CHECK (flags & 2 = 0 OR debits_pending + debits_posted <= credits_posted),
    CONSTRAINT account_credits_within_debits CHECK (flags & 4 = 0 OR credits_pending + credits_posted <= debits_posted)
) WITH (fillfactor = 50);

CREATE TABLE ledger.transfer (
    id uuid PRIMARY KEY,
    debit_account_id uuid NOT NULL,
    credit_account_id uuid NOT NULL,
    amount bigint NOT NULL,
    ledger bigint NOT NULL,
    code int NOT NULL,
    flags int NOT NULL,
    pending_id uuid NOT NULL,
    timeout bigint NOT NULL,
    user_data_128 uuid NOT NULL,
    user_data_64 numeric(20) NOT NULL,
    user_data_32 bigint NOT NULL,
    timestamp bigint NOT NULL,
    era int NOT NULL,
    CONSTRAINT transfer_time_is_its_own UNIQUE (timestamp),
    CONSTRAINT transfer_amount_not_negative CHECK (amount >= 0),
    CONSTRAINT transfer_moves_between_two CHECK (debit_account_id <> credit_account_id)
);
CREATE INDEX transfer_by_user_data_128 ON ledger.transfer (user_data_128, timestamp)
    WHERE user_data_128 <> '00000000-0000-0000-0000-000000000000';
-- Accounts come in any order, so an index by account is written to all over, and the bigger it is the fewer of its
-- pages are at hand. An era is 2^18 transfers, one after another, and stands first: only today's part is written to.
CREATE INDEX transfer_by_debit_account ON ledger.transfer (era, debit_account_id, timestamp);
CREATE INDEX transfer_by_credit_account ON ledger.transfer (era, credit_account_id, timestamp);
CREATE UNIQUE INDEX transfer_settles_once ON ledger.transfer (pending_id) WHERE flags & 12 <> 0;

-- 1 pending, 2 posted, 3 voided, 4 expired. A row of its own, since transfers are never changed.
CREATE TABLE ledger.transfer_pending (
    id uuid PRIMARY KEY,
    status smallint NOT NULL CONSTRAINT transfer_pending_status_is_known CHECK (status BETWEEN 1 AND 4),
    expires_at bigint CONSTRAINT transfer_pending_expires_by_timeout CHECK (status <> 4 OR expires_at IS NOT NULL),
    expired_at bigint CONSTRAINT transfer_pending_expired_when_due CHECK ((status = 4) = (expired_at >= expires_at))
) WITH (fillfactor = 70);
CREATE INDEX transfer_pending_expiry ON ledger.transfer_pending (expires_at) WHERE status = 1 AND expires_at IS NOT NULL;

-- Ids that a refusal of the moment has used up.
CREATE TABLE ledger.transfer_failed (
    id uuid PRIMARY KEY,
    timestamp bigint NOT NULL,
    CONSTRAINT transfer_failed_time_is_its_own UNIQUE (timestamp)
);

-- Balances of accounts with HISTORY after each event. By time first: those of one account are found by its transfers.
CREATE TABLE ledger.account_balance (
    account_id uuid NOT NULL,
    debits_pending bigint NOT NULL,
    debits_posted bigint NOT NULL,
    credits_pending bigint NOT NULL,
    credits_posted bigint NOT NULL,
    timestamp bigint NOT NULL,
    PRIMARY KEY (timestamp, account_id)
);

-- The newest timestamp given, and how many transfers there are. Whoever is about to decide a batch locks this row, so
-- that batches follow one another.
CREATE TABLE ledger.clock (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    last bigint NOT NULL,
    transfers bigint NOT NULL
);
INSERT INTO ledger.clock (last, transfers) VALUES (0, 0);

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is in the books stays in the books' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER transfer_is_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.transfer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER account_stays BEFORE DELETE OR TRUNCATE ON ledger.account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER account_keeps_its_name
    BEFORE UPDATE OF id, ledger, code, user_data_128, user_data_64, user_data_32, timestamp ON ledger.account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER transfer_pending_stays BEFORE DELETE OR TRUNCATE ON ledger.transfer_pending
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER transfer_failed_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.transfer_failed
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER account_balance_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.account_balance
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Take the ledger until the transaction ends, then read what transfers have to know of these accounts, and of those of
-- these pending transfers. Locking is no writing, but PostgreSQL asks for the right to update, so this is a door too. Each row repeats the newest timestamp, when
-- the next pending transfer lapses, and whether any of these ids has been used; there is one even if no account is. Being statements of a volatile function,
-- the later ones see what was committed while the first one waited.
-- Here and in `write`: a plan is made once, for tables of any size, since all that is read is found by key.
CREATE FUNCTION ledger.lock(accounts uuid[], pending uuid[], transfers uuid[])
RETURNS TABLE (
    last bigint, next_expiry bigint, used boolean, id uuid, ledger bigint, flags int,
    debits_pending bigint, debits_posted bigint, credits_pending bigint, credits_posted bigint, "timestamp" bigint
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    SELECT c.last INTO lock.last FROM ledger.clock AS c FOR UPDATE;
    SELECT min(p.expires_at) INTO lock.next_expiry
    FROM ledger.transfer_pending AS p WHERE p.status = 1 AND p.expires_at IS NOT NULL;
    lock.used := EXISTS (SELECT 1 FROM ledger.transfer AS t WHERE t.id = ANY(lock.transfers))
        OR EXISTS (SELECT 1 FROM ledger.transfer_failed AS f WHERE f.id = ANY(lock.transfers));
    RETURN QUERY
    SELECT lock.last, lock.next_expiry, lock.used, a.id, a.ledger, a.flags,
        a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted, a.timestamp
    FROM (VALUES (true)) AS always LEFT JOIN ledger.account AS a ON a.id = ANY(lock.accounts || ARRAY(
        SELECT unnest(ARRAY[t.debit_account_id, t.credit_account_id])
        FROM ledger.transfer AS t WHERE t.id = ANY(lock.pending)
    ));
END $$;

-- What events do to accounts: two sides each. It follows from a transfer's flags: 2 pending, 4 post, 8 void, 64 and 128
-- closing the debit or credit account. `n` is the order in which they were applied; what lapsed was let go first.
CREATE FUNCTION ledger.side(transfers ledger.transfer[], expired uuid[], expired_at bigint[])
RETURNS TABLE (
    n bigint, id uuid, ledger bigint, "timestamp" bigint, dp bigint, dr bigint, cp bigint, cr bigint, closed int
)
LANGUAGE sql STABLE AS $$
    WITH event AS (
        SELECT t.n, t.debit_account_id, t.credit_account_id, t.ledger, t.timestamp,
            CASE WHEN t.flags & 2 <> 0 THEN t.amount ELSE -coalesce(p.amount, 0) END AS pending,
            CASE WHEN t.flags & 10 <> 0 THEN 0 ELSE t.amount END AS posted,
            t.flags & 192 AS closes, CASE WHEN t.flags & 8 <> 0 THEN p.flags & 192 ELSE 0 END AS opens
        FROM unnest(transfers) WITH ORDINALITY
            AS t (id, debit_account_id, credit_account_id, amount, ledger, code, flags, pending_id, timeout,
                user_data_128, user_data_64, user_data_32, timestamp, era, n)
            LEFT JOIN LATERAL (
                SELECT amount, flags FROM ledger.transfer WHERE t.flags & 12 <> 0 AND id = t.pending_id LIMIT 1
            ) AS p ON true
        UNION ALL
        SELECT e.n - cardinality(expired), p.debit_account_id, p.credit_account_id, p.ledger, e.at, -p.amount, 0, 0,
            p.flags & 192
        FROM unnest(expired, expired_at) WITH ORDINALITY AS e (id, at, n) JOIN ledger.transfer AS p USING (id)
    )
    SELECT n, debit_account_id, ledger, timestamp, pending, posted, 0::bigint, 0::bigint,
        (closes & 64 <> 0)::int - (opens & 64 <> 0)::int
    FROM event
    UNION ALL
    SELECT n, credit_account_id, ledger, timestamp, 0, 0, pending, posted,
        (closes & 128 <> 0)::int - (opens & 128 <> 0)::int
    FROM event
$$;

-- The write door. It takes decided rows and nothing about balances: those follow from what the events do, so an
-- unbalanced write cannot be expressed. `seen` is the newest timestamp when the batch was decided; a batch decided on
-- other rows than today's is refused.
CREATE FUNCTION ledger.write(
    accounts ledger.account[], transfers ledger.transfer[], failed uuid[], failed_at bigint[],
    expired uuid[], expired_at bigint[], seen bigint, last bigint
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    current_era int;
    pending int;
    ended int;
    done int;
    moved int;
    history boolean;
BEGIN
    UPDATE ledger.clock AS c SET last = write.last, transfers = c.transfers + cardinality(write.transfers)
    WHERE c.last = write.seen AND write.last >= write.seen
    RETURNING c.transfers >> 18 INTO current_era;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'decided on rows that have changed since' USING ERRCODE = 'serialization_failure';
    END IF;

    IF cardinality(accounts) > 0 THEN
        INSERT INTO ledger.account
        SELECT id, ledger, code, flags, 0, 0, 0, 0, user_data_128, user_data_64, user_data_32, timestamp
        FROM unnest(accounts);
    END IF;
    IF cardinality(failed) > 0 THEN
        INSERT INTO ledger.transfer_failed SELECT * FROM unnest(failed, failed_at);
    END IF;
    IF cardinality(transfers) + cardinality(expired) = 0 THEN
        RETURN;
    END IF;

    INSERT INTO ledger.transfer
    SELECT t.id, t.debit_account_id, t.credit_account_id, t.amount, t.ledger, t.code, t.flags, t.pending_id, t.timeout,
        t.user_data_128, t.user_data_64, t.user_data_32, t.timestamp, current_era
    FROM unnest(transfers) AS t;
    SELECT count(*) FILTER (WHERE flags & 2 <> 0), count(*) FILTER (WHERE flags & 12 <> 0) + cardinality(expired)
    INTO pending, ended FROM unnest(transfers);

    IF pending > 0 THEN
        INSERT INTO ledger.transfer_pending (id, status, expires_at)
        SELECT id, 1, CASE WHEN timeout > 0 THEN timestamp + timeout * 1000000000 END
        FROM unnest(transfers) WHERE flags & 2 <> 0;
    END IF;
    IF ended > 0 THEN
        WITH ending AS (
            SELECT pending_id AS id, CASE WHEN flags & 4 <> 0 THEN 2 ELSE 3 END AS status, NULL::bigint AS expired_at,
                debit_account_id, credit_account_id, amount
            FROM unnest(transfers) WHERE flags & 12 <> 0
            UNION ALL
            SELECT e.id, 4, e.expired_at, t.debit_account_id, t.credit_account_id, t.amount
            FROM unnest(expired, expired_at) AS e (id, expired_at) JOIN ledger.transfer AS t USING (id)
        )
        UPDATE ledger.transfer_pending AS p SET status = ending.status, expired_at = ending.expired_at
        FROM ending JOIN ledger.transfer AS t USING (id)
        WHERE p.id = t.id AND p.status = 1
            AND (ending.debit_account_id, ending.credit_account_id) = (t.debit_account_id, t.credit_account_id)
            AND CASE ending.status WHEN 2 THEN ending.amount <= t.amount ELSE ending.amount = t.amount END;
        GET DIAGNOSTICS done = ROW_COUNT;
        IF done <> ended THEN
            RAISE EXCEPTION 'a pending transfer ends once, as it says' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;

    -- Each account is touched once, however many events do. A side whose account is not there, or not of the transfer's
    -- ledger, moves nothing, and then the write is refused.
    WITH net AS (
        SELECT id, ledger, count(*) AS sides, sum(dp)::bigint AS dp, sum(dr)::bigint AS dr, sum(cp)::bigint AS cp, sum(cr)::bigint AS cr,
            sum(closed)::int AS closed
        FROM ledger.side(transfers, expired, expired_at) GROUP BY id, ledger
    ), standing AS (
        UPDATE ledger.account AS a SET
            debits_pending = a.debits_pending + net.dp, debits_posted = a.debits_posted + net.dr,
            credits_pending = a.credits_pending + net.cp, credits_posted = a.credits_posted + net.cr,
            flags = CASE net.closed WHEN 1 THEN a.flags | 32 WHEN -1 THEN a.flags & ~32 ELSE a.flags END
        FROM net WHERE a.id = net.id AND a.ledger = net.ledger
        RETURNING a.flags, net.sides
    )
    SELECT coalesce(sum(sides), 0), bool_or(flags & 8 <> 0) INTO moved, history FROM standing;
    IF moved <> 2 * (cardinality(transfers) + cardinality(expired)) THEN
        RAISE EXCEPTION 'a transfer has two accounts, both of its ledger'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'transfer_accounts_are_of_its_ledger';
    END IF;

    -- Those with HISTORY (8) note their balances after each event: today's, less what came later.
    IF history THEN
        INSERT INTO ledger.account_balance
        SELECT id, a.debits_pending - coalesce(sum(s.dp) OVER later, 0),
            a.debits_posted - coalesce(sum(s.dr) OVER later, 0),
            a.credits_pending - coalesce(sum(s.cp) OVER later, 0),
            a.credits_posted - coalesce(sum(s.cr) OVER later, 0), s.timestamp
        FROM ledger.side(transfers, expired, expired_at) AS s JOIN ledger.account AS a USING (id)
        WHERE a.flags & 8 <> 0
        WINDOW later AS (PARTITION BY id ORDER BY s.n DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);
    END IF;
END $$;

-- What each transfer does to its two accounts as things stand.
CREATE VIEW ledger.effect AS
SELECT t.id, t.ledger, t.debit_account_id, t.credit_account_id,
    CASE WHEN p.status = 1 THEN t.amount ELSE 0 END AS pending,
    CASE WHEN t.flags & 10 <> 0 THEN 0 ELSE t.amount END AS posted
FROM ledger.transfer AS t LEFT JOIN ledger.transfer_pending AS p USING (id);

-- What each account's balances must be, from its transfers alone.
CREATE VIEW ledger.derived_balance AS
SELECT id, sum(debits_pending) AS debits_pending, sum(debits_posted) AS debits_posted,
    sum(credits_pending) AS credits_pending, sum(credits_posted) AS credits_posted
FROM (
    SELECT debit_account_id AS id, pending AS debits_pending, posted AS debits_posted,
        0 AS credits_pending, 0 AS credits_posted FROM ledger.effect
    UNION ALL SELECT credit_account_id, 0, 0, pending, posted FROM ledger.effect
    UNION ALL SELECT id, 0, 0, 0, 0 FROM ledger.account
) AS side GROUP BY id;

-- What each event did to each account, in columns as the account has them.
CREATE VIEW ledger.move AS
SELECT t.timestamp, t.user_data_128 AS subject, t.debit_account_id AS account_id,
    CASE WHEN t.flags & 2 <> 0 THEN t.amount ELSE -coalesce(p.amount, 0) END AS debits_pending,
    CASE WHEN t.flags & 10 <> 0 THEN 0 ELSE t.amount END AS debits_posted,
    0::bigint AS credits_pending, 0::bigint AS credits_posted
FROM ledger.transfer AS t LEFT JOIN ledger.transfer AS p ON t.flags & 12 <> 0 AND p.id = t.pending_id
UNION ALL
SELECT t.timestamp, t.user_data_128, t.credit_account_id, 0, 0,
    CASE WHEN t.flags & 2 <> 0 THEN t.amount ELSE -coalesce(p.amount, 0) END,
    CASE WHEN t.flags & 10 <> 0 THEN 0 ELSE t.amount END
FROM ledger.transfer AS t LEFT JOIN ledger.transfer AS p ON t.flags & 12 <> 0 AND p.id = t.pending_id
UNION ALL
SELECT e.expired_at, p.user_data_128, p.debit_account_id, -p.amount, 0, 0, 0
FROM ledger.transfer_pending AS e JOIN ledger.transfer AS p USING (id) WHERE e.status = 4
UNION ALL
SELECT e.expired_at, p.user_data_128, p.credit_account_id, 0, 0, -p.amount, 0
FROM ledger.transfer_pending AS e JOIN ledger.transfer AS p USING (id) WHERE e.status = 4;

-- What the history of each account with HISTORY must be.
CREATE VIEW ledger.derived_history AS
SELECT a.id AS account_id, m.timestamp,
    sum(m.debits_pending) OVER before AS debits_pending, sum(m.debits_posted) OVER before AS debits_posted,
    sum(m.credits_pending) OVER before AS credits_pending, sum(m.credits_posted) OVER before AS credits_posted
FROM ledger.account AS a JOIN ledger.move AS m ON m.account_id = a.id
WHERE a.flags & 8 <> 0
WINDOW before AS (PARTITION BY a.id ORDER BY m.timestamp);

-- Empty when the books are proven.
CREATE VIEW ledger.broken AS
SELECT 'debits differ from credits' AS what, ledger::text AS which FROM ledger.account GROUP BY ledger
HAVING sum(debits_posted) <> sum(credits_posted) OR sum(debits_pending) <> sum(credits_pending)
UNION ALL
SELECT 'balance differs from its transfers', id::text
FROM ledger.account AS a FULL JOIN ledger.derived_balance AS d USING (id)
WHERE (a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted)
    IS DISTINCT FROM (d.debits_pending, d.debits_posted, d.credits_pending, d.credits_posted)
UNION ALL
SELECT 'limit exceeded', id::text FROM ledger.account
WHERE (flags & 2 <> 0 AND debits_pending + debits_posted > credits_posted)
    OR (flags & 4 <> 0 AND credits_pending + credits_posted > debits_posted)
UNION ALL
SELECT 'transfer without two accounts of its ledger', t.id::text
FROM ledger.transfer AS t
    LEFT JOIN ledger.account AS d ON d.id = t.debit_account_id
    LEFT JOIN ledger.account AS c ON c.id = t.credit_account_id
WHERE t.ledger IS DISTINCT FROM d.ledger OR t.ledger IS DISTINCT FROM c.ledger
UNION ALL
SELECT 'pending transfer without its status', coalesce(t.id, p.id)::text
FROM ledger.transfer AS t FULL JOIN ledger.transfer_pending AS p USING (id)
WHERE (t.flags & 2 <> 0) IS DISTINCT FROM (p.id IS NOT NULL)
UNION ALL
SELECT 'settled otherwise than its status says', p.id::text
FROM ledger.transfer_pending AS p LEFT JOIN ledger.transfer AS t ON t.pending_id = p.id AND t.flags & 12 <> 0
WHERE p.status NOT IN (2, 3) <> (t.id IS NULL) OR (p.status = 2) <> coalesce(t.flags & 4 <> 0, false)
UNION ALL
SELECT 'settled otherwise than it was reserved', t.id::text
FROM ledger.transfer AS t JOIN ledger.transfer AS p ON p.id = t.pending_id
WHERE t.flags & 12 <> 0 AND (
    (t.debit_account_id, t.credit_account_id, t.ledger) <> (p.debit_account_id, p.credit_account_id, p.ledger)
    OR t.amount > p.amount OR (t.flags & 8 <> 0 AND t.amount <> p.amount) OR p.flags & 2 = 0)
UNION ALL
SELECT 'id both made and failed', id::text FROM ledger.transfer JOIN ledger.transfer_failed USING (id)
UNION ALL
SELECT 'history differs from its transfers', coalesce(b.account_id, d.account_id) || ' at ' || timestamp
FROM ledger.account_balance AS b FULL JOIN ledger.derived_history AS d USING (account_id, timestamp)
WHERE (b.debits_pending, b.debits_posted, b.credits_pending, b.credits_posted)
        IS DISTINCT FROM (d.debits_pending, d.debits_posted, d.credits_pending, d.credits_posted)
    -- One history follows no order of times: a transfer from before a lapse, imported after it.
    AND NOT EXISTS (
        SELECT 1 FROM ledger.transfer AS late
            JOIN ledger.transfer_pending AS lapsed ON lapsed.status = 4 AND lapsed.expired_at > late.timestamp
            JOIN ledger.transfer AS reserved ON reserved.id = lapsed.id AND reserved.timestamp < late.timestamp
        WHERE late.flags & 256 <> 0
            AND coalesce(b.account_id, d.account_id) IN (late.debit_account_id, late.credit_account_id)
            AND coalesce(b.account_id, d.account_id) IN (reserved.debit_account_id, reserved.credit_account_id))
UNION ALL
SELECT 'newer than the clock', id::text
FROM (
    SELECT id, timestamp FROM ledger.transfer UNION ALL SELECT id, timestamp FROM ledger.account
    UNION ALL SELECT id, timestamp FROM ledger.transfer_failed
) AS row
WHERE timestamp > (SELECT last FROM ledger.clock);

REVOKE ALL ON FUNCTION ledger.write, ledger.lock, ledger.side, ledger.refuse_change FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.write, ledger.lock TO tuppence_app;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO tuppence_app;
