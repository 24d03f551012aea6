-- The three roles and the database, for a PostgreSQL (15 or newer) of your own. Run it once as a superuser:
--   psql -v owner=… -v app=… -v vault=… -f roles.sql        (three passwords, different ones)
-- then `tuppence migrate` with TUPPENCE_OWNER_DATABASE_URL set. The embedded server does all of this by itself.
\set ON_ERROR_STOP on
CREATE ROLE tuppence_owner LOGIN PASSWORD :'owner';  -- owns everything; only migrations use it
CREATE ROLE tuppence_app LOGIN PASSWORD :'app';      -- server and worker; no right in the vault's schema
CREATE ROLE tuppence_vault LOGIN PASSWORD :'vault';  -- the vault's process; a right in its own schema only
CREATE DATABASE tuppence OWNER tuppence_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE tuppence FROM PUBLIC;
GRANT CONNECT ON DATABASE tuppence TO tuppence_app, tuppence_vault;
