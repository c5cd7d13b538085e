-- The database itself refuses to change a published form.
-- +goose Up
CREATE TRIGGER form_versions_append_only BEFORE UPDATE OR DELETE ON form_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TRIGGER form_versions_append_only ON form_versions;
