-- The database itself refuses to change a restatement.
-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER restatements_append_only_update BEFORE UPDATE ON restatements
BEGIN
    SELECT RAISE(ABORT, 'restatements is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER restatements_append_only_delete BEFORE DELETE ON restatements
BEGIN
    SELECT RAISE(ABORT, 'restatements is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER restatements_append_only_delete;
DROP TRIGGER restatements_append_only_update;
