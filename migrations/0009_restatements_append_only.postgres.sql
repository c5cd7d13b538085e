-- The database itself refuses to change a restatement.
-- +goose Up
CREATE TRIGGER restatements_append_only BEFORE UPDATE OR DELETE ON restatements FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- +goose Down
DROP TRIGGER restatements_append_only ON restatements;
