-- What was promised, and by whom: plan files in every version, reporting units, designations.
-- +goose Up
CREATE TABLE plans (
    id {{pk}},
    key TEXT NOT NULL UNIQUE
);

-- document is the plan file as given; everything else about a plan is read from it.
CREATE TABLE plan_versions (
    plan_id BIGINT NOT NULL REFERENCES plans (id),
    no BIGINT NOT NULL,
    document TEXT NOT NULL,
    hash VARCHAR(64) NOT NULL,
    reason TEXT NOT NULL,
    in_force_at {{ts}} NOT NULL,
    by_name TEXT NOT NULL,
    PRIMARY KEY (plan_id, no)
);

-- province_id, city_id, county_id: where the unit lies today; 0 when it has none at that level.
CREATE TABLE units (
    id {{pk}},
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    division_id BIGINT NOT NULL REFERENCES divisions (id),
    placeholder BOOLEAN NOT NULL DEFAULT FALSE,
    province_id BIGINT NOT NULL,
    city_id BIGINT NOT NULL,
    county_id BIGINT NOT NULL
);
CREATE INDEX units_city ON units (city_id, id);
CREATE INDEX units_county ON units (county_id, id);

-- until is exclusive; NULL means still designated.
CREATE TABLE designations (
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

-- +goose Down
DROP TABLE designations;
DROP TABLE units;
DROP TABLE plan_versions;
DROP TABLE plans;
