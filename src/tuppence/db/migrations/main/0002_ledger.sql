-- 0002 ledger: accounts and transfers.
-- Why: a balance must never be wrong, so each rule that a row can carry is a constraint, transfers are written once,
--      and the app's only way in is one function, which derives every balance from the transfers it is given.
-- Safe to deploy: new tables only.  Undo: DROP them, until the first transfer exists.
CREATE TABLE ledger.account (
    id uuid PRIMARY KEY,
    ledger bigint NOT NULL,
    code int NOT NULL,
    flags int NOT NULL,
    debits_pending bigint NOT NULL DEFAULT 0,
    debits_posted bigint NOT NULL DEFAULT 0,
    credits_pending bigint NOT NULL DEFAULT 0,
    credits_posted bigint NOT NULL DEFAULT 0,
    user_data_128 uuid NOT NULL,
    user_data_64 numeric(20) NOT NULL,
    user_data_32 bigint NOT NULL,
    timestamp bigint NOT NULL,
    UNIQUE (id, ledger),
    CONSTRAINT account_balances_not_negative
        CHECK (least(debits_pending, debits_posted, credits_pending, credits_posted) >= 0),
    CONSTRAINT account_debits_within_credits CHECK (flags & 2 = 0 OR debits_pending + debits_posted <= credits_posted),
    CONSTRAINT account_credits_within_debits CHECK (flags & 4 = 0 OR credits_pending + credits_posted <= debits_posted)
) WITH (fillfactor = 50);

CREATE TABLE ledger.transfer (
    id uuid PRIMARY KEY,
    debit_account_id uuid NOT NULL,
    credit_account_id uuid NOT NULL,
    amount bigint NOT NULL CHECK (amount >= 0),
    pending_id uuid NOT NULL,
    ledger bigint NOT NULL,
    code int NOT NULL,
    flags int NOT NULL,
    timeout bigint NOT NULL,
    user_data_128 uuid NOT NULL,
    user_data_64 numeric(20) NOT NULL,
    user_data_32 bigint NOT NULL,
    timestamp bigint NOT NULL UNIQUE,
    CONSTRAINT transfer_moves_between_two CHECK (debit_account_id <> credit_account_id),
    -- The pair (account, ledger) makes a transfer across currencies impossible to store.
    CONSTRAINT transfer_debit_account FOREIGN KEY (debit_account_id, ledger) REFERENCES ledger.account (id, ledger),
    CONSTRAINT transfer_credit_account FOREIGN KEY (credit_account_id, ledger) REFERENCES ledger.account (id, ledger)
);
CREATE INDEX transfer_by_user_data_128 ON ledger.transfer (user_data_128);

-- 1 pending, 2 posted, 3 voided, 4 expired
CREATE TABLE ledger.transfer_pending (
    id uuid PRIMARY KEY REFERENCES ledger.transfer,
    status smallint NOT NULL DEFAULT 1 CHECK (status BETWEEN 1 AND 4),
    expires_at bigint
);
CREATE INDEX transfer_pending_expiry ON ledger.transfer_pending (expires_at) WHERE status = 1 AND expires_at IS NOT NULL;

CREATE TABLE ledger.transfer_failed (id uuid PRIMARY KEY);
CREATE TABLE ledger.clock (single boolean PRIMARY KEY DEFAULT true CHECK (single), last bigint NOT NULL);
INSERT INTO ledger.clock (last) VALUES (0);

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is in the books stays in the books' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER transfer_is_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.transfer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER account_is_never_deleted BEFORE DELETE OR TRUNCATE ON ledger.account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- The write door. It takes decided rows: new accounts and new transfers, one array a column. What a transfer does to
-- balances follows from its flags (2 pending, 4 post, 8 void), so an unbalanced write cannot be expressed.
CREATE FUNCTION ledger.write(
    account_id uuid[], account_ledger bigint[], account_code int[], account_flags int[],
    account_user_data_128 uuid[], account_user_data_64 numeric[], account_user_data_32 bigint[], account_timestamp bigint[],
    id uuid[], debit_account_id uuid[], credit_account_id uuid[], amount bigint[], pending_id uuid[], ledger bigint[],
    code int[], flags int[], timeout bigint[], user_data_128 uuid[], user_data_64 numeric[], user_data_32 bigint[],
    "timestamp" bigint[], failed uuid[], last bigint
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    settled int;
BEGIN
    IF cardinality(account_id) > 0 THEN
        INSERT INTO ledger.account (id, ledger, code, flags, user_data_128, user_data_64, user_data_32, timestamp)
        SELECT * FROM unnest(account_id, account_ledger, account_code, account_flags, account_user_data_128,
            account_user_data_64, account_user_data_32, account_timestamp);
    END IF;
    IF cardinality(id) > 0 THEN
        INSERT INTO ledger.transfer (id, debit_account_id, credit_account_id, amount, pending_id, ledger, code, flags,
            timeout, user_data_128, user_data_64, user_data_32, timestamp)
        SELECT * FROM unnest(id, debit_account_id, credit_account_id, amount, pending_id, ledger, code, flags, timeout,
            user_data_128, user_data_64, user_data_32, "timestamp");

        INSERT INTO ledger.transfer_pending (id, expires_at)
        SELECT t.id, CASE WHEN t.timeout > 0 THEN t.ts + t.timeout * 1000000000 END
        FROM unnest(id, flags, timeout, "timestamp") AS t (id, flags, timeout, ts) WHERE t.flags & 2 <> 0;

        UPDATE ledger.transfer_pending AS p SET status = CASE WHEN t.flags & 4 <> 0 THEN 2 ELSE 3 END
        FROM unnest(pending_id, flags) AS t (pending_id, flags)
        WHERE p.id = t.pending_id AND t.flags & 12 <> 0 AND p.status = 1;
        GET DIAGNOSTICS settled = ROW_COUNT;
        IF settled <> (SELECT count(*) FROM unnest(flags) AS f WHERE f & 12 <> 0) THEN
            RAISE EXCEPTION 'a pending transfer is settled once' USING ERRCODE = 'restrict_violation';
        END IF;

        WITH moved AS (
            SELECT t.dr, t.cr,
                CASE WHEN t.flags & 2 <> 0 THEN t.amount ELSE -coalesce(p.amount, 0) END AS pending,
                CASE WHEN t.flags & 10 <> 0 THEN 0 ELSE t.amount END AS posted
            FROM unnest(debit_account_id, credit_account_id, amount, pending_id, flags)
                AS t (dr, cr, amount, pending_id, flags)
            LEFT JOIN ledger.transfer AS p ON p.id = t.pending_id AND t.flags & 12 <> 0
        ), net AS (
            SELECT account, sum(dp)::bigint AS dp, sum(dr)::bigint AS dr, sum(cp)::bigint AS cp, sum(cr)::bigint AS cr
            FROM (
                SELECT dr AS account, pending AS dp, posted AS dr, 0::bigint AS cp, 0::bigint AS cr FROM moved
                UNION ALL SELECT cr, 0, 0, pending, posted FROM moved
            ) AS side GROUP BY account
        )
        UPDATE ledger.account AS a SET debits_pending = a.debits_pending + net.dp, debits_posted = a.debits_posted + net.dr,
            credits_pending = a.credits_pending + net.cp, credits_posted = a.credits_posted + net.cr
        FROM net WHERE a.id = net.account;
    END IF;
    IF cardinality(failed) > 0 THEN
        INSERT INTO ledger.transfer_failed (id) SELECT unnest(failed) ON CONFLICT DO NOTHING;
    END IF;
    UPDATE ledger.clock AS c SET last = write.last;
END $$;

CREATE VIEW ledger.effect AS
SELECT t.id, t.ledger, t.debit_account_id, t.credit_account_id,
    CASE WHEN t.flags & 2 <> 0 AND s.status = 1 THEN t.amount ELSE 0 END AS pending,
    CASE WHEN t.flags & 10 <> 0 THEN 0 ELSE t.amount END AS posted
FROM ledger.transfer AS t LEFT JOIN ledger.transfer_pending AS s ON s.id = t.id;

-- Empty when the books are proven.
CREATE VIEW ledger.broken AS
SELECT 'debits differ from credits' AS what, ledger::text AS which FROM ledger.account GROUP BY ledger
HAVING sum(debits_posted) <> sum(credits_posted) OR sum(debits_pending) <> sum(credits_pending)
UNION ALL
SELECT 'balance differs from its transfers', a.id::text
FROM ledger.account AS a
LEFT JOIN (SELECT debit_account_id AS id, sum(pending) AS pending, sum(posted) AS posted FROM ledger.effect GROUP BY 1) AS d
    USING (id)
LEFT JOIN (SELECT credit_account_id AS id, sum(pending) AS pending, sum(posted) AS posted FROM ledger.effect GROUP BY 1) AS c
    USING (id)
WHERE (a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted)
    <> (coalesce(d.pending, 0), coalesce(d.posted, 0), coalesce(c.pending, 0), coalesce(c.posted, 0))
UNION ALL
SELECT 'pending transfer without its status', t.id::text
FROM ledger.transfer AS t LEFT JOIN ledger.transfer_pending AS s ON s.id = t.id WHERE (t.flags & 2 <> 0) <> (s.id IS NOT NULL)
UNION ALL
SELECT 'settled otherwise than its status says', s.id::text
FROM ledger.transfer_pending AS s
LEFT JOIN ledger.transfer AS t ON t.pending_id = s.id AND t.flags & 12 <> 0
WHERE s.status <> CASE WHEN t.id IS NULL THEN CASE s.status WHEN 4 THEN 4 ELSE 1 END WHEN t.flags & 4 <> 0 THEN 2 ELSE 3 END;

-- Locking is no writing, but PostgreSQL asks for the right to update: so this, too, is a door.
CREATE FUNCTION ledger.lock(ids uuid[]) RETURNS SETOF ledger.account
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT * FROM ledger.account AS a WHERE a.id = ANY(ids) ORDER BY a.id FOR UPDATE;
    PERFORM 1 FROM ledger.clock FOR UPDATE;
END $$;

REVOKE ALL ON FUNCTION ledger.write, ledger.lock, ledger.refuse_change FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.write, ledger.lock TO tuppence_app;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO tuppence_app;
