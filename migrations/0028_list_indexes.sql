-- Lists of reports find their page, and count what they choose, along an index: by form, period and status
-- in the one, newest first whatever else is chosen in the other. expected and what follows it let a count
-- be made of the index alone.
-- +goose Up
DROP INDEX reports_province;
DROP INDEX reports_city;
DROP INDEX reports_county;
CREATE INDEX reports_province ON reports (province_id, form, period, status, unit_id, expected);
CREATE INDEX reports_city ON reports (city_id, form, period, status, unit_id, expected);
CREATE INDEX reports_county ON reports (county_id, form, period, status, unit_id, expected);
CREATE INDEX reports_newest_province ON reports (province_id, period DESC, unit_id, form, status, batch, unit_type, expected);
CREATE INDEX reports_newest_city ON reports (city_id, period DESC, unit_id, form, status, batch, unit_type, expected);
CREATE INDEX reports_newest_county ON reports (county_id, period DESC, unit_id, form, status, batch, unit_type, expected);

-- Those furthest behind first: a page of a ranking, however many units there are.
CREATE INDEX unit_figures_behind_province ON unit_figures (province_id, form, period, until, (planned - earned) DESC, unit_id);
CREATE INDEX unit_figures_behind_city ON unit_figures (city_id, form, period, until, (planned - earned) DESC, unit_id);
CREATE INDEX unit_figures_behind_county ON unit_figures (county_id, form, period, until, (planned - earned) DESC, unit_id);

-- +goose Down
DROP INDEX unit_figures_behind_county;
DROP INDEX unit_figures_behind_city;
DROP INDEX unit_figures_behind_province;
DROP INDEX reports_newest_county;
DROP INDEX reports_newest_city;
DROP INDEX reports_newest_province;
DROP INDEX reports_county;
DROP INDEX reports_city;
DROP INDEX reports_province;
CREATE INDEX reports_province ON reports (province_id, form, period, status, unit_id);
CREATE INDEX reports_city ON reports (city_id, form, period, status, unit_id);
CREATE INDEX reports_county ON reports (county_id, form, period, status, unit_id);
