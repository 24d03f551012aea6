-- Accounts in Europe: an IBAN has no kind, ends in letters in some countries, and its bank is a country and a code.
ALTER TABLE payments.bank_account
    DROP CONSTRAINT bank_account_names_four_digits,
    DROP CONSTRAINT bank_account_routing_is_nine_digits,
    DROP CONSTRAINT bank_account_kind_known,
    ADD CONSTRAINT bank_account_shows_four CHECK (last4 ~ '^[0-9A-Z]{4}$'),
    ADD CONSTRAINT bank_account_kind_known CHECK (kind IN ('checking', 'savings', 'iban')),
    ADD CONSTRAINT bank_account_routing_fits CHECK (
        CASE kind WHEN 'iban' THEN routing ~ '^[A-Z]{2}[0-9A-Z]{0,12}$' ELSE routing ~ '^[0-9]{9}$' END);
