SELECT c.id, c.proposed_by, c.reason, c.proposed_at, c.state, c.decided_by, c.decided_at, t.id AS transfer_id,
    t.corrects, t.debit_account_id, t.credit_account_id, t.amount
FROM payments.correction AS c JOIN payments.correcting AS t ON t.correction_id = c.id
WHERE c.id = ANY(%(ids)s::uuid[]) ORDER BY c.id, t.n
