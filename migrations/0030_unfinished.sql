-- What has still to be filed in a province is found without passing over all that is in: few reports most of
-- the time, and none in most quarters.
-- +goose Up
CREATE INDEX reports_unfinished ON reports (province_id, period DESC, unit_id, form, status, batch, unit_type, expected)
    WHERE status IN ('open', 'returned');

-- +goose Down
DROP INDEX reports_unfinished;
