-- 0034 payments of apps: which app a payment was made with, and how much of it its business has heard.
-- Why: an app hears what becomes of the payments that it made, each change of state once and in order.
-- Safe to deploy: a new column without a default, a new table.  Undo: drop both; apps then hear nothing more.
ALTER TABLE payments.payment ADD COLUMN app_id uuid;   -- none: in person

CREATE TABLE apps.payment_told (
    payment_id uuid PRIMARY KEY,
    version int NOT NULL CHECK (version >= 0)
);
GRANT SELECT, INSERT, UPDATE (version) ON apps.payment_told TO tuppence_app;
