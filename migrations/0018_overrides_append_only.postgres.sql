-- The database itself refuses to change an override.
-- +goose Up
CREATE TRIGGER light_overrides_append_only BEFORE UPDATE OR DELETE ON light_overrides FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TRIGGER light_overrides_append_only ON light_overrides;
