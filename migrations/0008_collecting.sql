-- Cities and counties report too; a report is reviewed level by level, remembers what its last return
-- said, how unusual it is and, once corrected after it was a figure, its numbered restatements.
-- +goose Up
CREATE TABLE designations_again (
    unit_id BIGINT NOT NULL REFERENCES units (id),
    plan_id BIGINT NOT NULL REFERENCES plans (id),
    since DATE NOT NULL,
    since_precision TEXT NOT NULL CHECK (since_precision IN ('day', 'month', 'quarter', 'year')),
    until DATE,
    batch TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('district', 'street', 'community', 'county', 'city')),
    document TEXT NOT NULL,
    PRIMARY KEY (unit_id, plan_id, since),
    CHECK (until IS NULL OR until > since)
);
INSERT INTO designations_again SELECT unit_id, plan_id, since, since_precision, until, batch, type, document FROM designations;
DROP TABLE designations;
ALTER TABLE designations_again RENAME TO designations;

-- stage: the level of the tree that reviews a submitted report next; 0: whoever reviews. risk and risks:
-- what is unusual about the latest filing, with a weight each. returned: revision, note and remarks of
-- the last return until the report is accepted. reopen_reason: why an accepted report was opened again.
ALTER TABLE reports ADD COLUMN stage INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reports ADD COLUMN risk BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reports ADD COLUMN risks {{json}};
ALTER TABLE reports ADD COLUMN returned {{json}};
ALTER TABLE reports ADD COLUMN reopen_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN looked_at {{ts}};
CREATE INDEX reports_waiting_province ON reports (province_id, risk DESC, period DESC, unit_id) WHERE status = 'submitted';
CREATE INDEX reports_waiting_city ON reports (city_id, risk DESC, period DESC, unit_id) WHERE status = 'submitted';
CREATE INDEX reports_waiting_county ON reports (county_id, risk DESC, period DESC, unit_id) WHERE status = 'submitted';

-- on_behalf: who answers for the figures when somebody else filed them.
ALTER TABLE revisions ADD COLUMN on_behalf TEXT NOT NULL DEFAULT '';

-- A correction of an accepted report, numbered per report. changes: item -> [before, after], as typed.
CREATE TABLE restatements (
    unit_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    no BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    before_revision BIGINT NOT NULL,
    province_id BIGINT NOT NULL,
    city_id BIGINT NOT NULL,
    county_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    changes {{json}} NOT NULL,
    accepted_at {{ts}} NOT NULL,
    accepted_by TEXT NOT NULL,
    PRIMARY KEY (unit_id, form, period, no)
);
CREATE INDEX restatements_province ON restatements (province_id, accepted_at, unit_id);
CREATE INDEX restatements_city ON restatements (city_id, accepted_at, unit_id);
CREATE INDEX restatements_county ON restatements (county_id, accepted_at, unit_id);

-- +goose Down
DROP TABLE restatements;
ALTER TABLE revisions DROP COLUMN on_behalf;
DROP INDEX reports_waiting_county;
DROP INDEX reports_waiting_city;
DROP INDEX reports_waiting_province;
ALTER TABLE reports DROP COLUMN looked_at;
ALTER TABLE reports DROP COLUMN reopen_reason;
ALTER TABLE reports DROP COLUMN returned;
ALTER TABLE reports DROP COLUMN risks;
ALTER TABLE reports DROP COLUMN risk;
ALTER TABLE reports DROP COLUMN stage;
DELETE FROM designations WHERE type IN ('county', 'city');
CREATE TABLE designations_again (
    unit_id BIGINT NOT NULL REFERENCES units (id),
    plan_id BIGINT NOT NULL REFERENCES plans (id),
    since DATE NOT NULL,
    since_precision TEXT NOT NULL CHECK (since_precision IN ('day', 'month', 'quarter', 'year')),
    until DATE,
    batch TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('district', 'street', 'community')),
    document TEXT NOT NULL,
    PRIMARY KEY (unit_id, plan_id, since),
    CHECK (until IS NULL OR until > since)
);
INSERT INTO designations_again SELECT unit_id, plan_id, since, since_precision, until, batch, type, document FROM designations;
DROP TABLE designations;
ALTER TABLE designations_again RENAME TO designations;
