-- 0001 rooms: one schema a room, and who may enter.
-- Why: the app's role can use what its rooms grant it and nothing else; it has no right at all in the vault.
-- Needs the roles tuppence_owner, tuppence_app and tuppence_vault (the embedded server makes them; deploy/roles.sql for others).
-- Safe to deploy: new schemas only.  Undo: DROP SCHEMA …, while they are empty.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA ledger;
CREATE SCHEMA outbox;
CREATE SCHEMA people;
CREATE SCHEMA chat;
CREATE SCHEMA payments;
GRANT USAGE ON SCHEMA ledger, outbox, people, chat, payments TO tuppence_app;
GRANT USAGE ON SCHEMA tuppence TO tuppence_app;
GRANT SELECT ON tuppence.migration TO tuppence_app;
