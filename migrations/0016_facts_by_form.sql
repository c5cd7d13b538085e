-- Two forms may have an item of the same key; a form's obligations are found by form and period.
-- +goose Up
CREATE TABLE facts_again (
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
INSERT INTO facts_again SELECT unit_id, form, period, item, revision, state, value, accepted_at FROM facts;
DROP TABLE facts;
ALTER TABLE facts_again RENAME TO facts;
CREATE INDEX reports_form ON reports (form, period, unit_id);

-- +goose Down
DROP INDEX reports_form;
CREATE TABLE facts_again (
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
INSERT INTO facts_again SELECT unit_id, period, item, revision, form, state, value, accepted_at FROM facts WHERE form = 'progress';
DROP TABLE facts;
ALTER TABLE facts_again RENAME TO facts;
