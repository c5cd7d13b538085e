-- The tree in time: who is under whom, under which code and name, from when to when.
-- +goose Up
CREATE TABLE divisions (
    id {{pk}},
    key VARCHAR(12) NOT NULL UNIQUE,
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 5)
);

-- valid_to is exclusive; NULL means still valid. valid_from 1900-01-01 means: known since before the first edition.
CREATE TABLE division_versions (
    division_id BIGINT NOT NULL REFERENCES divisions (id),
    valid_from DATE NOT NULL,
    valid_to DATE,
    code VARCHAR(12) NOT NULL,
    name TEXT NOT NULL,
    parent_id BIGINT REFERENCES divisions (id),
    statistics_only BOOLEAN NOT NULL DEFAULT FALSE,
    successor_id BIGINT REFERENCES divisions (id),
    PRIMARY KEY (division_id, valid_from),
    CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE INDEX division_versions_parent ON division_versions (parent_id, valid_from);
CREATE INDEX division_versions_code ON division_versions (code, valid_from);

-- +goose Down
DROP TABLE division_versions;
DROP TABLE divisions;
