SELECT EXISTS (SELECT FROM people.person) OR EXISTS (SELECT FROM ledger.transfer) OR EXISTS (SELECT FROM ledger.account)
