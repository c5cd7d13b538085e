-- The menu of every page of a province's staff says how much waits for the province; what waits for cities and
-- counties meanwhile is passed over.
-- +goose Up
CREATE INDEX reports_waiting_stage ON reports (province_id, stage) WHERE status = 'submitted';

-- +goose Down
DROP INDEX reports_waiting_stage;
