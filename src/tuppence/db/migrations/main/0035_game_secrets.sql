-- 0035 game secrets: those before the newest sign on for a while.
-- Why: whoever makes a game another secret has servers that still hold the old one.
-- Safe to deploy: a new column with a constant default.  Undo: drop it; old secrets then sign nothing any more.
ALTER TABLE billing.game ADD COLUMN secrets_end timestamptz[] NOT NULL DEFAULT '{}'
    CONSTRAINT game_secrets_few CHECK (cardinality(secrets_end) <= 3);   -- of those before the newest, the latest first
