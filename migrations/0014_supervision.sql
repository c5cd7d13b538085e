-- Supervision orders (督办单): what a reviewing level wants made up, by when, and how that went.
-- A unit has at most one open order about a report and one about a milestone. issuer_level is the
-- level of the division of whoever issued it, 0 for everywhere.
-- +goose Up
CREATE TABLE supervision_orders (
    unit_id BIGINT NOT NULL,
    no BIGINT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('blue', 'yellow', 'red')),
    subject TEXT NOT NULL CHECK (subject IN ('report', 'milestone')),
    form TEXT NOT NULL,
    period VARCHAR(6) NOT NULL,
    milestone TEXT NOT NULL,
    title TEXT NOT NULL,
    reason TEXT NOT NULL,
    due DATE NOT NULL,
    issued_at {{ts}} NOT NULL,
    issued_by_id BIGINT NOT NULL,
    issued_by TEXT NOT NULL,
    issuer_level INTEGER NOT NULL,
    raised_at {{ts}},
    signed_at {{ts}},
    signed_by TEXT NOT NULL DEFAULT '',
    reply TEXT NOT NULL DEFAULT '',
    closed_at {{ts}},
    closed_reason TEXT NOT NULL DEFAULT '' CHECK (closed_reason IN ('', 'made_up', 'withdrawn')),
    sample BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (unit_id, no)
);
CREATE UNIQUE INDEX supervision_open_report ON supervision_orders (unit_id, form, period) WHERE subject = 'report' AND closed_at IS NULL;
CREATE UNIQUE INDEX supervision_open_milestone ON supervision_orders (unit_id, milestone) WHERE subject = 'milestone' AND closed_at IS NULL;
CREATE INDEX supervision_newest ON supervision_orders (issued_at, unit_id, no);

-- +goose Down
DROP TABLE supervision_orders;
