-- Lists of reports find their page newest first along an index, whatever else is chosen; what follows the
-- form lets a count be made of the index alone. One index for each level of the tree: every act writes to all.
-- +goose Up
DROP INDEX reports_province;
DROP INDEX reports_city;
DROP INDEX reports_county;
CREATE INDEX reports_province ON reports (province_id, period DESC, unit_id, form, status, batch, unit_type, expected);
CREATE INDEX reports_city ON reports (city_id, period DESC, unit_id, form, status, batch, unit_type, expected);
CREATE INDEX reports_county ON reports (county_id, period DESC, unit_id, form, status, batch, unit_type, expected);

-- Those furthest behind first: a page of the province's ranking, however many units there are.
CREATE INDEX unit_figures_behind ON unit_figures (province_id, form, period, until, (planned - earned) DESC, unit_id);

-- +goose Down
DROP INDEX unit_figures_behind;
DROP INDEX reports_county;
DROP INDEX reports_city;
DROP INDEX reports_province;
CREATE INDEX reports_province ON reports (province_id, form, period, status, unit_id);
CREATE INDEX reports_city ON reports (city_id, form, period, status, unit_id);
CREATE INDEX reports_county ON reports (county_id, form, period, status, unit_id);
