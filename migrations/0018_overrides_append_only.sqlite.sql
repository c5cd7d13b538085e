-- The database itself refuses to change an override.
-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER light_overrides_append_only_update BEFORE UPDATE ON light_overrides
BEGIN
    SELECT RAISE(ABORT, 'light_overrides is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER light_overrides_append_only_delete BEFORE DELETE ON light_overrides
BEGIN
    SELECT RAISE(ABORT, 'light_overrides is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER light_overrides_append_only_delete;
DROP TRIGGER light_overrides_append_only_update;
