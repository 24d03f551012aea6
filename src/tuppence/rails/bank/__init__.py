"""The bank rail: routing numbers, ACH files, SEPA messages, and how files reach a bank and come back."""
