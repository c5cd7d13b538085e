// Package migrations holds the SQL that builds and changes the schema, one numbered list for
// SQLite and Postgres. Four tokens stand for what the two spell differently: {{pk}}, {{ts}},
// {{json}}, {{bytes}}; pkg/database replaces them. A pair NNNN_name.sqlite.sql and
// NNNN_name.postgres.sql is for the rare statement that no one text can serve. It holds no logic.
package migrations

import "embed"

// Files are the migration files as written, tokens and all.
//
//go:embed *.sql
var Files embed.FS
