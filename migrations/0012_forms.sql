-- What units are asked: form files in every version that was published, and the one being edited.
-- +goose Up
-- document is the form file as given; everything else about a form is read from it. An empty one stands
-- for the form that the plan has without a file. plan_no is the version of the plan that the form was
-- read with, 0 for a form that does not ask about the plan.
CREATE TABLE form_versions (
    form TEXT NOT NULL,
    no BIGINT NOT NULL,
    plan_no BIGINT NOT NULL,
    document TEXT NOT NULL,
    hash VARCHAR(64) NOT NULL,
    note TEXT NOT NULL,
    published_at {{ts}} NOT NULL,
    by_name TEXT NOT NULL,
    PRIMARY KEY (form, no)
);

CREATE TABLE form_drafts (
    form TEXT NOT NULL PRIMARY KEY,
    document TEXT NOT NULL,
    version BIGINT NOT NULL,
    edited_at {{ts}} NOT NULL,
    edited_by TEXT NOT NULL
);

-- +goose Down
DROP TABLE form_drafts;
DROP TABLE form_versions;
