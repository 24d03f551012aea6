-- 0033 versions: keys and apps keep the version of the API that was the newest when they were made.
-- Why: a program goes on hearing what it was written for. What was made before there was a second version has the first.
-- Safe to deploy: new columns, filled.  Undo: drop them; every program then hears the newest version.
ALTER TABLE people.api_key ADD COLUMN api_version text NOT NULL DEFAULT '2026-11-01';
ALTER TABLE people.api_key ALTER COLUMN api_version DROP DEFAULT;
GRANT INSERT (api_version) ON people.api_key TO tuppence_app;
ALTER TABLE apps.app ADD COLUMN api_version text NOT NULL DEFAULT '2026-11-01';
ALTER TABLE apps.app ALTER COLUMN api_version DROP DEFAULT;
