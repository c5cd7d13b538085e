-- Spreads the tables over the workers of a Citus cluster (12.1 or newer) by unit. No migration: goose and the
-- program do not read this file. It is run once, by psql on the coordinator, after `pilotboard migrate up`
-- on an empty database, statement by statement and not as one transaction:
--   psql "$PILOTBOARD_DATABASE_URL" -v ON_ERROR_STOP=1 -f migrations/citus/tables.sql
-- Every table of the schema is in exactly one of the three lists; TestEveryTableHasItsPlaceInACluster holds that.
-- Not yet run on a cluster: see CONTRIBUTING.md.

-- The triggers that refuse changes of append-only rows touch nothing but the row they are called for.
ALTER SYSTEM SET citus.enable_unsafe_triggers = 'on';
SELECT pg_reload_conf();
SELECT run_command_on_workers($$ALTER SYSTEM SET citus.enable_unsafe_triggers = 'on'$$);
SELECT run_command_on_workers('SELECT pg_reload_conf()');
SET citus.enable_unsafe_triggers TO on;

-- 1. Small, and joined by everything: a full copy on every node, in the order of their references. Their
-- numbers (GENERATED … AS IDENTITY) are given by the coordinator, through which the program writes.
SELECT create_reference_table('divisions');
SELECT create_reference_table('division_versions');
SELECT create_reference_table('users');
SELECT create_reference_table('plans');
SELECT create_reference_table('plan_versions');
SELECT create_reference_table('units');
SELECT create_reference_table('designations');
SELECT create_reference_table('form_versions');
SELECT create_reference_table('periods');

-- 2. Grows with units × quarters: by unit, all rows of a unit on one node, so that filing and accepting a
-- report, its revision, its acts and its figures are one transaction on one worker. Every key and unique
-- index of these contains unit_id (TestLargeTablesAreKeyedByUnit).
SELECT create_distributed_table('reports', 'unit_id', colocate_with => 'none');
SELECT create_distributed_table('revisions', 'unit_id', colocate_with => 'reports');
SELECT create_distributed_table('acceptances', 'unit_id', colocate_with => 'reports');
SELECT create_distributed_table('restatements', 'unit_id', colocate_with => 'reports');
SELECT create_distributed_table('facts', 'unit_id', colocate_with => 'reports');
SELECT create_distributed_table('unit_figures', 'unit_id', colocate_with => 'reports');
SELECT create_distributed_table('light_overrides', 'unit_id', colocate_with => 'reports');
SELECT create_distributed_table('efforts', 'unit_id', colocate_with => 'reports');
SELECT create_distributed_table('ledger', 'unit_id', colocate_with => 'reports');
SELECT create_distributed_table('ledger_feed', 'unit_id', colocate_with => 'reports');
SELECT create_distributed_table('evidence_files', 'unit_id', colocate_with => 'reports');
SELECT create_distributed_table('evidence_uses', 'unit_id', colocate_with => 'reports');
SELECT create_distributed_table('supervision_orders', 'unit_id', colocate_with => 'reports');

-- Grows with users: by user.
SELECT create_distributed_table('notices', 'user_id', colocate_with => 'none');

-- 3. Written often and asked for by key, or small and joined with no large table: these stay on the
-- coordinator, where one write is one write and not one on every node.
SELECT citus_add_local_table_to_metadata('rollups');
SELECT citus_add_local_table_to_metadata('item_rollups');
SELECT citus_add_local_table_to_metadata('epochs');
SELECT citus_add_local_table_to_metadata('sessions');
SELECT citus_add_local_table_to_metadata('tokens');
SELECT citus_add_local_table_to_metadata('login_failures');
SELECT citus_add_local_table_to_metadata('digests');
SELECT citus_add_local_table_to_metadata('outbox');
SELECT citus_add_local_table_to_metadata('form_drafts');
SELECT citus_add_local_table_to_metadata('observations');
SELECT citus_add_local_table_to_metadata('observation_checks');
SELECT citus_add_local_table_to_metadata('boundaries');
