-- The database itself refuses to change what was filed, accepted or recorded.
-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER revisions_append_only_update BEFORE UPDATE ON revisions
BEGIN
    SELECT RAISE(ABORT, 'revisions is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER revisions_append_only_delete BEFORE DELETE ON revisions
BEGIN
    SELECT RAISE(ABORT, 'revisions is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER acceptances_append_only_update BEFORE UPDATE ON acceptances
BEGIN
    SELECT RAISE(ABORT, 'acceptances is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER acceptances_append_only_delete BEFORE DELETE ON acceptances
BEGIN
    SELECT RAISE(ABORT, 'acceptances is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_append_only_update BEFORE UPDATE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'ledger is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER ledger_append_only_delete BEFORE DELETE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'ledger is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER ledger_append_only_delete;
DROP TRIGGER ledger_append_only_update;
DROP TRIGGER acceptances_append_only_delete;
DROP TRIGGER acceptances_append_only_update;
DROP TRIGGER revisions_append_only_delete;
DROP TRIGGER revisions_append_only_update;
