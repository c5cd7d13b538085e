-- Every act, in the act's own transaction; and, for each downstream consumer, what it has not yet taken.
-- +goose Up
CREATE TABLE ledger (
    unit_id BIGINT NOT NULL,
    id VARCHAR(36) NOT NULL,
    at {{ts}} NOT NULL,
    actor_id BIGINT NOT NULL,
    actor_name TEXT NOT NULL,
    act TEXT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    revision BIGINT NOT NULL,
    detail {{json}} NOT NULL,
    PRIMARY KEY (unit_id, id)
);
CREATE INDEX ledger_at ON ledger (at);

CREATE TABLE ledger_feed (
    consumer TEXT NOT NULL,
    unit_id BIGINT NOT NULL,
    entry_id VARCHAR(36) NOT NULL,
    PRIMARY KEY (consumer, unit_id, entry_id)
);

-- +goose Down
DROP TABLE ledger_feed;
DROP TABLE ledger;
