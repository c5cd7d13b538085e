-- Lists count all that they choose. A narrow index whose equal entries Postgres keeps together counts the reports
-- of a city or the province five times as fast as the wide one along which pages are read.
-- +goose Up
CREATE INDEX reports_count_province ON reports (province_id, period, form, status) WHERE expected;
CREATE INDEX reports_count_city ON reports (city_id, period, form, status) WHERE expected;

-- +goose Down
DROP INDEX reports_count_city;
DROP INDEX reports_count_province;
