SELECT subject FROM payments.break
WHERE rail IN ('ach', 'sepa') AND state = 'open' AND kind IN ('settlement_missing', 'returns_unsettled', 'statement_missing')
