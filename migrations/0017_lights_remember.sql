-- Unit figures become a history by the time at which they were known, so that any figure can be asked for
-- as of any moment; lights can be set by hand for a quarter. Figures are derived: they are thrown away here
-- and computed again at the next refresh, which is told of the plan once more.
-- +goose Up
DROP TABLE unit_figures;
DELETE FROM rollups;
ALTER TABLE rollups ADD COLUMN locked TEXT NOT NULL DEFAULT '{}';

-- The figures of one unit for one period as they were known from since until, but not at, until; what is
-- known now has the until 9999-12-31. overridden: the light set by hand, empty for none. locked: the light
-- at the end of the period's lock day, as far as it is known. The columns all_… are the same figures when
-- revisions that wait for review count too; all_actual is empty where it says what actual says.
CREATE TABLE unit_figures (
    unit_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    since {{ts}} NOT NULL,
    until {{ts}} NOT NULL,
    province_id BIGINT NOT NULL,
    city_id BIGINT NOT NULL,
    county_id BIGINT NOT NULL,
    batch TEXT NOT NULL,
    unit_type TEXT NOT NULL,
    due DATE NOT NULL,
    submitted BOOLEAN NOT NULL,
    on_time BOOLEAN NOT NULL,
    accepted BOOLEAN NOT NULL,
    planned BIGINT NOT NULL,
    overridden TEXT NOT NULL,
    reported BOOLEAN NOT NULL,
    earned BIGINT NOT NULL,
    overdue BIGINT NOT NULL,
    light TEXT NOT NULL,
    locked TEXT NOT NULL,
    actual TEXT NOT NULL,
    all_reported BOOLEAN NOT NULL,
    all_earned BIGINT NOT NULL,
    all_overdue BIGINT NOT NULL,
    all_light TEXT NOT NULL,
    all_locked TEXT NOT NULL,
    all_actual TEXT NOT NULL,
    PRIMARY KEY (unit_id, form, period, since)
);
CREATE INDEX unit_figures_province ON unit_figures (province_id, form, period, until, unit_id);
CREATE INDEX unit_figures_city ON unit_figures (city_id, form, period, until, unit_id);
CREATE INDEX unit_figures_county ON unit_figures (county_id, form, period, until, unit_id);

-- Append-only: each row sets the light of a unit, or of one of its milestones, for one quarter by hand; an
-- empty light withdraws what the row before it set. An empty milestone stands for the unit as a whole.
CREATE TABLE light_overrides (
    unit_id BIGINT NOT NULL,
    period VARCHAR(6) NOT NULL,
    milestone TEXT NOT NULL,
    no BIGINT NOT NULL,
    light TEXT NOT NULL CHECK (light IN ('', 'done', 'on_track', 'watch', 'behind', 'severe')),
    reason TEXT NOT NULL,
    at {{ts}} NOT NULL,
    by_id BIGINT NOT NULL,
    by_name TEXT NOT NULL,
    PRIMARY KEY (unit_id, period, milestone, no)
);

INSERT INTO ledger_feed (consumer, unit_id, entry_id)
SELECT 'analytics', 0, MAX(id) FROM ledger WHERE unit_id = 0 AND act = 'plan.imported' HAVING MAX(id) IS NOT NULL
ON CONFLICT DO NOTHING;

-- +goose Down
DROP TABLE light_overrides;
DROP TABLE unit_figures;
DELETE FROM rollups;
ALTER TABLE rollups DROP COLUMN locked;
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
INSERT INTO ledger_feed (consumer, unit_id, entry_id)
SELECT 'analytics', 0, MAX(id) FROM ledger WHERE unit_id = 0 AND act = 'plan.imported' HAVING MAX(id) IS NOT NULL
ON CONFLICT DO NOTHING;
