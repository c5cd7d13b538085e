-- Files that units attach to items of their reports. The content is kept by its hash outside the
-- database; here is what a file of a unit is called, and which reports show it.
-- +goose Up
CREATE TABLE evidence_files (
    unit_id BIGINT NOT NULL,
    hash VARCHAR(64) NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    size BIGINT NOT NULL CHECK (size > 0),
    picture BOOLEAN NOT NULL,
    uploaded_at {{ts}} NOT NULL,
    uploaded_by TEXT NOT NULL,
    PRIMARY KEY (unit_id, hash)
);

-- What the filed reports show. The index finds the same content in other reports.
CREATE TABLE evidence_uses (
    unit_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    item TEXT NOT NULL,
    hash VARCHAR(64) NOT NULL,
    PRIMARY KEY (unit_id, form, period, item, hash),
    FOREIGN KEY (unit_id, hash) REFERENCES evidence_files (unit_id, hash)
);
CREATE INDEX evidence_uses_hash ON evidence_uses (hash);

-- +goose Down
DROP TABLE evidence_uses;
DROP TABLE evidence_files;
