SELECT id, case_number, verdict, evidence FROM payments.dispute_response WHERE id = ANY(%(ids)s) ORDER BY id
