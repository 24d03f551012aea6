"""People's bank accounts, as a way to be paid."""
