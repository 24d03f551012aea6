-- 0028 remembered: transfers that were decided from memory.
-- Why: a process that knows how it left the ledger need not lock it to look again; it must be refused if it is wrong.
-- Safe to deploy: a new function only.  Undo: drop it.
-- `asked` are all ids of the batch: memory does not know which were used before. Nothing can be written between that
-- question and the write without raising the newest timestamp, and then the write is refused.
CREATE FUNCTION ledger.write_remembered(
    transfers ledger.transfer[], failed uuid[], failed_at bigint[], asked uuid[], seen bigint, last bigint
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM ledger.transfer AS t WHERE t.id = ANY(write_remembered.asked))
        OR EXISTS (SELECT 1 FROM ledger.transfer_failed AS f WHERE f.id = ANY(write_remembered.asked)) THEN
        RAISE EXCEPTION 'an id was used before' USING ERRCODE = 'serialization_failure';
    END IF;
    PERFORM ledger.write('{}', transfers, failed, failed_at, '{}', '{}', seen, last);
END $$;

REVOKE ALL ON FUNCTION ledger.write_remembered FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.write_remembered TO tuppence_app;
