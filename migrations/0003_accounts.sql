-- Who may ask, and for which sub-tree.
-- +goose Up
CREATE TABLE users (
    id {{pk}},
    name TEXT NOT NULL UNIQUE,
    display TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'monitor', 'reviewer', 'clerk', 'viewer')),
    division_id BIGINT REFERENCES divisions (id),
    unit_id BIGINT,
    password_hash TEXT NOT NULL,
    password_changed_at {{ts}} NOT NULL,
    language TEXT NOT NULL DEFAULT 'zh-CN',
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    created_at {{ts}} NOT NULL
);

CREATE TABLE sessions (
    token TEXT NOT NULL PRIMARY KEY,
    data {{bytes}} NOT NULL,
    expiry {{ts}} NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expiry);

CREATE TABLE tokens (
    id {{pk}},
    user_id BIGINT NOT NULL REFERENCES users (id),
    hash VARCHAR(64) NOT NULL UNIQUE,
    created_at {{ts}} NOT NULL,
    expires_at {{ts}}
);

CREATE TABLE login_failures (
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    failures INTEGER NOT NULL,
    last_at {{ts}} NOT NULL,
    PRIMARY KEY (name, address)
);

-- +goose Down
DROP TABLE login_failures;
DROP TABLE tokens;
DROP TABLE sessions;
DROP TABLE users;
