-- What people are told: the inbox, what goes out by mail and webhook, and where a person's mail goes.
-- +goose Up
ALTER TABLE users ADD COLUMN email TEXT NOT NULL DEFAULT '';

-- user_id 0 is the office's group, told by webhook. cause is the one thing a notice is about: an entry
-- of the ledger, or a reminder; nobody is told of it twice.
CREATE TABLE notices (
    user_id BIGINT NOT NULL,
    id VARCHAR(36) NOT NULL,
    kind TEXT NOT NULL,
    unit_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    args {{json}} NOT NULL,
    url TEXT NOT NULL,
    cause VARCHAR(80) NOT NULL,
    urgent BOOLEAN NOT NULL,
    created_at {{ts}} NOT NULL,
    read_at {{ts}},
    delivered_at {{ts}},
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, cause)
);
CREATE INDEX notices_unread ON notices (user_id) WHERE read_at IS NULL;
CREATE INDEX notices_undelivered ON notices (user_id, id) WHERE read_at IS NULL AND delivered_at IS NULL;

-- The last day on which somebody was sent a digest: one a day.
CREATE TABLE digests (
    user_id BIGINT NOT NULL PRIMARY KEY,
    day DATE NOT NULL
);

-- not_before is when a message is tried next; while an instance sends it, when its claim ends.
CREATE TABLE outbox (
    id VARCHAR(36) NOT NULL PRIMARY KEY,
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'webhook')),
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at {{ts}} NOT NULL,
    not_before {{ts}} NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    sent_at {{ts}},
    last_error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_waiting ON outbox (not_before) WHERE sent_at IS NULL;

-- Reminders look for what is still to be filed by its dates.
CREATE INDEX reports_due ON reports (due) WHERE status IN ('open', 'returned');
CREATE INDEX reports_lock ON reports (lock) WHERE status IN ('open', 'returned');

-- +goose Down
DROP INDEX reports_lock;
DROP INDEX reports_due;
DROP TABLE outbox;
DROP TABLE digests;
DROP TABLE notices;
ALTER TABLE users DROP COLUMN email;
