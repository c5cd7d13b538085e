-- What the values of an item add up to over the units of a division; derived, can be thrown away and
-- rebuilt. An amount is that of the quarter itself, everything else the last reported up to it. The
-- item '' counts the reports that are expected; 'KEY=OPTION' the units that have chosen an option.
-- qualifier: 0 exact, 1 rounded, 2 at least; first_version and last_version: of the form, among the
-- reports that the values come from.
-- +goose Up
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

-- +goose Down
DROP TABLE item_rollups;
