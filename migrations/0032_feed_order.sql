-- What has not been taken yet is read in the order in which it happened, along the key, however much waits.
-- +goose Up
CREATE TABLE ledger_feed_ordered (
    consumer TEXT NOT NULL,
    entry_id VARCHAR(36) NOT NULL,
    unit_id BIGINT NOT NULL,
    CONSTRAINT ledger_feed_order PRIMARY KEY (consumer, entry_id, unit_id)
);
INSERT INTO ledger_feed_ordered (consumer, entry_id, unit_id) SELECT consumer, entry_id, unit_id FROM ledger_feed;
DROP TABLE ledger_feed;
ALTER TABLE ledger_feed_ordered RENAME TO ledger_feed;
CREATE INDEX ledger_feed_all ON ledger_feed (consumer) WHERE unit_id = 0;

-- +goose Down
CREATE TABLE ledger_feed_by_unit (
    consumer TEXT NOT NULL,
    unit_id BIGINT NOT NULL,
    entry_id VARCHAR(36) NOT NULL,
    CONSTRAINT ledger_feed_unit PRIMARY KEY (consumer, unit_id, entry_id)
);
INSERT INTO ledger_feed_by_unit (consumer, unit_id, entry_id) SELECT consumer, unit_id, entry_id FROM ledger_feed;
DROP TABLE ledger_feed;
ALTER TABLE ledger_feed_by_unit RENAME TO ledger_feed;
