-- Everything here is derived from accepted revisions and can be thrown away and rebuilt.
-- Fractions are integers in units of 10^-9; see pkg/plan.Fraction.
-- +goose Up
CREATE TABLE facts (
    unit_id BIGINT NOT NULL,
    period VARCHAR(6) NOT NULL,
    item TEXT NOT NULL,
    revision BIGINT NOT NULL,
    form TEXT NOT NULL,
    state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 2),
    value BIGINT NOT NULL,
    accepted_at {{ts}} NOT NULL,
    PRIMARY KEY (unit_id, period, item, revision)
);

-- One row per expected obligation: whether it is in, and, for the plan's form, the unit against its
-- plan at the end of the period. light leaves out "not reported", which depends on the day it is
-- read. actual: milestone key -> fraction, only milestones that have a value.
CREATE TABLE unit_figures (
    unit_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    province_id BIGINT NOT NULL,
    city_id BIGINT NOT NULL,
    county_id BIGINT NOT NULL,
    batch TEXT NOT NULL,
    unit_type TEXT NOT NULL,
    due DATE NOT NULL,
    submitted BOOLEAN NOT NULL,
    on_time BOOLEAN NOT NULL,
    accepted BOOLEAN NOT NULL,
    reported BOOLEAN NOT NULL,
    planned BIGINT NOT NULL,
    earned BIGINT NOT NULL,
    light TEXT NOT NULL,
    overdue BIGINT NOT NULL,
    actual TEXT NOT NULL,
    PRIMARY KEY (unit_id, form, period)
);
CREATE INDEX unit_figures_province ON unit_figures (province_id, form, period, unit_id);
CREATE INDEX unit_figures_city ON unit_figures (city_id, form, period, unit_id);
CREATE INDEX unit_figures_county ON unit_figures (county_id, form, period, unit_id);

-- Counts and sums over the units of a division. planned, earned and overdue, and measures
-- (workstream or milestone key -> [units, planned, earned]) are over the reported units only;
-- lights: light -> [units that submitted for the period, units that did not].
CREATE TABLE rollups (
    division_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    batch TEXT NOT NULL,
    unit_type TEXT NOT NULL,
    level INTEGER NOT NULL,
    parent_id BIGINT NOT NULL,
    expected BIGINT NOT NULL,
    submitted BIGINT NOT NULL,
    on_time BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    reported BIGINT NOT NULL,
    planned BIGINT NOT NULL,
    earned BIGINT NOT NULL,
    overdue BIGINT NOT NULL,
    lights TEXT NOT NULL,
    measures TEXT NOT NULL,
    PRIMARY KEY (division_id, form, period, batch, unit_type)
);
CREATE INDEX rollups_parent ON rollups (parent_id, form, period);

-- One row: the number of refreshes that changed a figure, and when the last one was.
CREATE TABLE freshness (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL,
    refreshed_at {{ts}} NOT NULL
);

-- +goose Down
DROP TABLE freshness;
DROP TABLE rollups;
DROP TABLE unit_figures;
DROP TABLE facts;
