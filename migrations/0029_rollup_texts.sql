-- The counts of a roll-up become plain numbers with spaces between them, which are read much faster than
-- JSON. lights: for each light in its fixed order, the units that submitted and those that did not; locked:
-- for each light, units; measures: each key with its four numbers. Roll-ups are derived: they are thrown
-- away here and computed again at the next refresh, which is told of the plan once more.
-- +goose Up
DELETE FROM rollups;
INSERT INTO ledger_feed (consumer, unit_id, entry_id)
SELECT 'analytics', 0, MAX(id) FROM ledger WHERE unit_id = 0 AND act = 'plan.imported' HAVING MAX(id) IS NOT NULL
ON CONFLICT DO NOTHING;

-- +goose Down
DELETE FROM rollups;
INSERT INTO ledger_feed (consumer, unit_id, entry_id)
SELECT 'analytics', 0, MAX(id) FROM ledger WHERE unit_id = 0 AND act = 'plan.imported' HAVING MAX(id) IS NOT NULL
ON CONFLICT DO NOTHING;
