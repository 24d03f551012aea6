-- What is asked of every charge and every purchase, whatever lies behind them.
CREATE INDEX charge_attempt_of_charge ON payments.charge_attempt (charge_id);
CREATE INDEX game_purchase_bought ON billing.game_purchase (buyer_id, business_id)
    WHERE NOT test AND completed_at IS NOT NULL;

-- A plan that was made while the books were young would read all of them at each seal, until statistics say otherwise.
ALTER FUNCTION ledger.seal(ledger.seal[], ledger.seal_node[]) SET plan_cache_mode = force_custom_plan;

-- Jobs come and go by the hundreds each second beside timers that wait for weeks: however many wait, what is gone is
-- cleared away.
ALTER TABLE outbox.job SET (autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_scale_factor = 0.01);
