-- 0005 vault: network tokens, each a card of its own that stands for another.
-- Why: a network can give a number that stands for a card only when we send it: worth nothing to a thief, and good while
-- the plastic is replaced. It is a secret like any number, so it lies where numbers lie: a record of its own in the same
-- table, which is rotated, logged and shredded as all are.
-- Safe to deploy: columns without a value, and an index.
-- Undo: DROP the columns, until the first token exists.
ALTER TABLE vault.card
    ADD COLUMN stands_for text,
    ADD COLUMN asked_at timestamptz; -- when the network was last asked for one that stands for this card
CREATE UNIQUE INDEX card_stood_for ON vault.card (stands_for) WHERE stands_for IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX card_unasked ON vault.card (asked_at NULLS FIRST)
    WHERE stands_for IS NULL AND kept AND attach_by IS NULL AND deleted_at IS NULL;
