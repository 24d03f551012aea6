-- What is asked of every charge and every purchase, whatever lies behind them.
CREATE INDEX charge_attempt_of_charge ON payments.charge_attempt (charge_id);
CREATE INDEX game_purchase_bought ON billing.game_purchase (buyer_id, business_id)
    WHERE NOT test AND completed_at IS NOT NULL;

-- A plan that was made while the books were young would read all of them at each seal, until statistics say otherwise.
ALTER FUNCTION ledger.seal(ledger.seal[], ledger.seal_node[]) SET plan_cache_mode = force_custom_plan;
