-- The database itself refuses to change a published form.
-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER form_versions_append_only_update BEFORE UPDATE ON form_versions
BEGIN
    SELECT RAISE(ABORT, 'form_versions is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER form_versions_append_only_delete BEFORE DELETE ON form_versions
BEGIN
    SELECT RAISE(ABORT, 'form_versions is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER form_versions_append_only_delete;
DROP TRIGGER form_versions_append_only_update;
