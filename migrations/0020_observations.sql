-- Figures and claims quoted from documents, beside what the system computes itself. value, numerator and
-- denominator are fixed-point with decimals; value times scale is the number that is meant. names is a
-- JSON list.
-- +goose Up
CREATE TABLE observations (
    id TEXT NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('figure', 'claim')),
    chinese TEXT NOT NULL,
    english TEXT NOT NULL,
    indicator TEXT NOT NULL,
    batch TEXT NOT NULL,
    scope TEXT NOT NULL,
    as_of DATE NOT NULL,
    basis TEXT NOT NULL,
    has_value BOOLEAN NOT NULL,
    value BIGINT NOT NULL,
    decimals INTEGER NOT NULL,
    scale BIGINT NOT NULL,
    numerator BIGINT NOT NULL,
    denominator BIGINT NOT NULL,
    unit TEXT NOT NULL,
    qualifier TEXT NOT NULL CHECK (qualifier IN ('exact', 'rounded', 'at_least')),
    names TEXT NOT NULL,
    document TEXT NOT NULL,
    section TEXT NOT NULL,
    note TEXT NOT NULL
);

-- What must hold between observations; expr is an expression over them.
CREATE TABLE observation_checks (
    id TEXT NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL,
    chinese TEXT NOT NULL,
    english TEXT NOT NULL,
    expr TEXT NOT NULL
);

-- +goose Down
DROP TABLE observation_checks;
DROP TABLE observations;
