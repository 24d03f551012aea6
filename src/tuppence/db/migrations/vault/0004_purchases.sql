-- 0004 vault: purchases, which take from a card for a merchant.
-- Why: a sale is not an account-funding transaction: it has a merchant's category and name, and other rules at the
-- network. Whether it was done is found out as for any debit: silence is undone.
-- Safe to deploy: columns without a value, and constraints that say more than before.
-- Undo: DROP the columns and put the constraints back, until the first purchase exists.
ALTER TABLE vault.attempt
    ADD COLUMN category text,
    ADD COLUMN says text,
    DROP CONSTRAINT attempt_kind,
    ADD CONSTRAINT attempt_kind CHECK (kind IN ('debit', 'purchase', 'push', 'refund')),
    DROP CONSTRAINT attempt_state,
    ADD CONSTRAINT attempt_state CHECK (
        state IN ('sent', 'accepted', 'declined')
        OR (kind IN ('debit', 'purchase') AND state IN ('reversing', 'reversed'))
        OR (kind IN ('push', 'refund') AND state IN ('unknown', 'never_seen'))
    ),
    ADD CONSTRAINT attempt_purchase_names_its_merchant CHECK (
        (kind = 'purchase') = (category IS NOT NULL) AND (kind = 'purchase') = (says IS NOT NULL)
    );
