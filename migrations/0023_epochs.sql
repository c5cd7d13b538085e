-- How often what is stored has changed, by subject; what a program keeps in memory holds for one epoch.
-- common: what all units share (tree, plan, units, users, forms, calendar); figures: everything derived.
-- +goose Up
CREATE TABLE epochs (
    subject TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    raised_at {{ts}} NOT NULL
);
INSERT INTO epochs (subject, number, raised_at) SELECT 'figures', version, refreshed_at FROM freshness;
DROP TABLE freshness;

-- +goose Down
CREATE TABLE freshness (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL,
    refreshed_at {{ts}} NOT NULL
);
INSERT INTO freshness (id, version, refreshed_at) SELECT 1, number, raised_at FROM epochs WHERE subject = 'figures';
DROP TABLE epochs;
