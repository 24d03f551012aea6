TRUNCATE ledger.account, ledger.transfer, ledger.transfer_pending, ledger.transfer_failed, ledger.account_balance CASCADE
