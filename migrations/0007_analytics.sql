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

-- One row per obligation of the plan's form: the unit against its plan at the end of the period.
-- actual: milestone key -> fraction, only milestones that have a value.
CREATE TABLE unit_progress (
    unit_id BIGINT NOT NULL,
    period VARCHAR(6) NOT NULL,
    home_id BIGINT NOT NULL,
    batch TEXT NOT NULL,
    unit_type TEXT NOT NULL,
    reported BOOLEAN NOT NULL,
    submitted BOOLEAN NOT NULL,
    planned BIGINT NOT NULL,
    earned BIGINT NOT NULL,
    light TEXT NOT NULL,
    overdue INTEGER NOT NULL,
    actual TEXT NOT NULL,
    PRIMARY KEY (unit_id, period)
);
CREATE INDEX unit_progress_home ON unit_progress (home_id, period, unit_id);

-- Sums over the units of a division that have reported; measure: '' whole plan, else workstream or milestone key.
CREATE TABLE progress_rollups (
    division_id BIGINT NOT NULL,
    period VARCHAR(6) NOT NULL,
    batch TEXT NOT NULL,
    unit_type TEXT NOT NULL,
    measure TEXT NOT NULL,
    parent_id BIGINT NOT NULL,
    reported BIGINT NOT NULL,
    planned BIGINT NOT NULL,
    earned BIGINT NOT NULL,
    overdue BIGINT NOT NULL,
    PRIMARY KEY (division_id, period, measure, batch, unit_type)
);
CREATE INDEX progress_rollups_parent ON progress_rollups (parent_id, period, measure);

-- Units by the light their figures give and by whether they have submitted for the period;
-- whether a missing report already counts as not reported depends on the day it is read.
CREATE TABLE light_rollups (
    division_id BIGINT NOT NULL,
    period VARCHAR(6) NOT NULL,
    batch TEXT NOT NULL,
    unit_type TEXT NOT NULL,
    light TEXT NOT NULL,
    submitted BOOLEAN NOT NULL,
    parent_id BIGINT NOT NULL,
    units BIGINT NOT NULL,
    PRIMARY KEY (division_id, period, batch, unit_type, light, submitted)
);
CREATE INDEX light_rollups_parent ON light_rollups (parent_id, period);

CREATE TABLE completeness_rollups (
    division_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    batch TEXT NOT NULL,
    unit_type TEXT NOT NULL,
    parent_id BIGINT NOT NULL,
    expected BIGINT NOT NULL,
    submitted BIGINT NOT NULL,
    on_time BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    PRIMARY KEY (division_id, form, period, batch, unit_type)
);
CREATE INDEX completeness_rollups_parent ON completeness_rollups (parent_id, form, period);

-- One row: the number of refreshes that changed a figure, and when the last one was.
CREATE TABLE freshness (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL,
    refreshed_at {{ts}} NOT NULL
);

-- +goose Down
DROP TABLE freshness;
DROP TABLE completeness_rollups;
DROP TABLE light_rollups;
DROP TABLE progress_rollups;
DROP TABLE unit_progress;
DROP TABLE facts;
