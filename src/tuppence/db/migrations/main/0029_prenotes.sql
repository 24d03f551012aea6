-- Prenotes: entries without money that ask a bank whether it has an account; until it had its time, nothing is debited.
ALTER TABLE payments.bank_account ADD COLUMN debits_from timestamptz;
ALTER TABLE payments.bank_entry
    DROP CONSTRAINT bank_entry_moves_something,
    DROP CONSTRAINT bank_entry_purpose_known,
    ADD CONSTRAINT bank_entry_moves_something CHECK (
        CASE purpose WHEN 'prenote' THEN amount_minor = 0 ELSE amount_minor > 0 END),
    ADD CONSTRAINT bank_entry_purpose_known CHECK (purpose IN ('credit', 'deposit', 'order', 'prenote')),
    DROP CONSTRAINT bank_entry_direction_known,
    ADD CONSTRAINT bank_entry_direction_known CHECK (
        direction = 'credit' OR (direction = 'debit' AND purpose IN ('order', 'prenote')));
