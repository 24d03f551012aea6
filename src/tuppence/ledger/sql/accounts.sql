SELECT * FROM ledger.account ORDER BY ledger, code, id
