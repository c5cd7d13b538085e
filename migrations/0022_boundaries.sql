-- The map that an administrator uploaded: at most one row. shapes is a GeoJSON FeatureCollection whose
-- features are named by the key of their division; review_number is the 审图号 under which it was reviewed.
-- +goose Up
CREATE TABLE boundaries (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    review_number TEXT NOT NULL,
    file TEXT NOT NULL,
    places INTEGER NOT NULL,
    hash VARCHAR(64) NOT NULL,
    shapes TEXT NOT NULL,
    uploaded_at {{ts}} NOT NULL,
    uploaded_by TEXT NOT NULL
);

-- +goose Down
DROP TABLE boundaries;
