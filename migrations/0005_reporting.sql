-- What is owed and what was reported. Large tables: every key starts with the unit.
-- +goose Up
CREATE TABLE periods (
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    due DATE NOT NULL,
    lock DATE NOT NULL,
    opened_at {{ts}} NOT NULL,
    PRIMARY KEY (form, period)
);

-- One row per obligation (unit x form x period); it also carries the one mutable draft.
-- The place columns, batch and type are as on the last day of the period. expected is false when the
-- unit turned out not to be designated on that day: it then leaves every count.
-- sample marks obligations of a demonstration: whatever is filed on them is 示例数据.
CREATE TABLE reports (
    unit_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    plan_id BIGINT NOT NULL,
    batch TEXT NOT NULL,
    unit_type TEXT NOT NULL,
    province_id BIGINT NOT NULL,
    city_id BIGINT NOT NULL,
    county_id BIGINT NOT NULL,
    due DATE NOT NULL,
    lock DATE NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'submitted', 'returned', 'accepted')),
    version BIGINT NOT NULL,
    draft {{json}},
    note TEXT NOT NULL DEFAULT '',
    remarks {{json}},
    expected BOOLEAN NOT NULL DEFAULT TRUE,
    sample BOOLEAN NOT NULL DEFAULT FALSE,
    revision BIGINT NOT NULL DEFAULT 0,
    accepted_revision BIGINT NOT NULL DEFAULT 0,
    first_submitted_at {{ts}},
    submitted_at {{ts}},
    accepted_at {{ts}},
    edited_at {{ts}},
    edited_by TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (unit_id, form, period)
);
CREATE INDEX reports_province ON reports (province_id, form, period, status, unit_id);
CREATE INDEX reports_city ON reports (city_id, form, period, status, unit_id);
CREATE INDEX reports_county ON reports (county_id, form, period, status, unit_id);

-- Append-only: all values of one filing, chained by hash to the filing before it.
CREATE TABLE revisions (
    unit_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    no BIGINT NOT NULL,
    form_version BIGINT NOT NULL,
    document TEXT NOT NULL,
    hash VARCHAR(64) NOT NULL,
    prev_hash VARCHAR(64) NOT NULL,
    submitted_at {{ts}} NOT NULL,
    submitted_by TEXT NOT NULL,
    PRIMARY KEY (unit_id, form, period, no)
);

-- Append-only: when a revision became a figure.
CREATE TABLE acceptances (
    unit_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    no BIGINT NOT NULL,
    accepted_at {{ts}} NOT NULL,
    accepted_by TEXT NOT NULL,
    PRIMARY KEY (unit_id, form, period, no)
);

-- +goose Down
DROP TABLE acceptances;
DROP TABLE revisions;
DROP TABLE reports;
DROP TABLE periods;
