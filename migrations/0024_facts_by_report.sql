-- The numbers of an accepted revision lie in one row, those of a place's items in one row for each batch and
-- type: a hundred rows become one, which is written, read and kept at a fraction of the cost. Figures are
-- derived: they are thrown away here and computed again at the next refresh, which is told of the plan once
-- more.
-- +goose Up
DROP TABLE facts;
-- items: how many numbers there are; cells: `item=number`, one a line, in order of item, and `item=` for one
-- that is not applicable.
CREATE TABLE facts (
    unit_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    revision BIGINT NOT NULL,
    form_version BIGINT NOT NULL,
    accepted_at {{ts}} NOT NULL,
    items BIGINT NOT NULL,
    cells TEXT NOT NULL,
    PRIMARY KEY (unit_id, form, period, revision)
);

DROP TABLE item_rollups;
-- items: `item=n sum versions values`, one a line, in order of item. n counts the units with a value; the
-- item '' counts the reports that are expected, 'KEY=OPTION' the units that have chosen an option. versions:
-- the units by 4 x the form version that their value was given on + its qualifier (0 exact, 1 rounded, 2 at
-- least); values: the units by value, where the least or the greatest is asked for.
CREATE TABLE item_rollups (
    division_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    batch TEXT NOT NULL,
    unit_type TEXT NOT NULL,
    level BIGINT NOT NULL,
    parent_id BIGINT NOT NULL,
    items TEXT NOT NULL,
    PRIMARY KEY (division_id, form, period, batch, unit_type)
);
DELETE FROM unit_figures;
DELETE FROM rollups;

INSERT INTO ledger_feed (consumer, unit_id, entry_id)
SELECT 'analytics', 0, MAX(id) FROM ledger WHERE unit_id = 0 AND act = 'plan.imported' HAVING MAX(id) IS NOT NULL
ON CONFLICT DO NOTHING;

-- +goose Down
DROP TABLE item_rollups;
CREATE TABLE item_rollups (
    division_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    batch TEXT NOT NULL,
    unit_type TEXT NOT NULL,
    item TEXT NOT NULL,
    level INTEGER NOT NULL,
    parent_id BIGINT NOT NULL,
    n BIGINT NOT NULL,
    sum BIGINT NOT NULL,
    min BIGINT NOT NULL,
    max BIGINT NOT NULL,
    qualifier INTEGER NOT NULL,
    first_version BIGINT NOT NULL,
    last_version BIGINT NOT NULL,
    PRIMARY KEY (division_id, form, period, batch, unit_type, item)
);
CREATE INDEX item_rollups_parent ON item_rollups (parent_id, form, period);
DROP TABLE facts;
CREATE TABLE facts (
    unit_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    item TEXT NOT NULL,
    revision BIGINT NOT NULL,
    state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 2),
    value BIGINT NOT NULL,
    accepted_at {{ts}} NOT NULL,
    PRIMARY KEY (unit_id, form, period, item, revision)
);
DELETE FROM unit_figures;
DELETE FROM rollups;
INSERT INTO ledger_feed (consumer, unit_id, entry_id)
SELECT 'analytics', 0, MAX(id) FROM ledger WHERE unit_id = 0 AND act = 'plan.imported' HAVING MAX(id) IS NOT NULL
ON CONFLICT DO NOTHING;
