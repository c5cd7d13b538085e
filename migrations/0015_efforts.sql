-- What a report costs its clerk, derived like all figures: cells asked and changed, and the time spent.
-- +goose Up
CREATE TABLE efforts (
    unit_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    province_id BIGINT NOT NULL,
    city_id BIGINT NOT NULL,
    county_id BIGINT NOT NULL,
    asked BIGINT NOT NULL,
    given BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    seconds BIGINT NOT NULL,
    PRIMARY KEY (unit_id, form, period)
);
CREATE INDEX efforts_province ON efforts (province_id, form, period, unit_id);
CREATE INDEX efforts_city ON efforts (city_id, form, period, unit_id);
CREATE INDEX efforts_county ON efforts (county_id, form, period, unit_id);

-- +goose Down
DROP TABLE efforts;
