package database

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// putAtOnce is the number of rows that Put writes with one statement on Postgres.
const putAtOnce = 5000

// parametersAtOnce is about the number of parameters that Put gives one statement on SQLite.
const parametersAtOnce = 8000

// fewRows are written as a list of values on Postgres, too.
const fewRows = 8

// Add writes new rows of one table inside tx, with few statements.
func Add[T any](tx *gorm.DB, rows []T) error { return Put(tx, nil, rows) }

// Put writes rows of one table inside tx, with few statements; a row whose key columns are those of one
// that is there takes its place. Every column is written as the row has it.
func Put[T any](tx *gorm.DB, key []string, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	into := &gorm.Statement{DB: tx}
	if err := into.Parse(&rows[0]); err != nil {
		return fmt.Errorf("read what a table holds: %w", err)
	}
	columns := into.Schema.DBNames
	most, write := putAtOnce, putArrays
	if tx.Name() == string(SQLite) || len(rows) < fewRows {
		most, write = max(parametersAtOnce/len(columns), 1), putValues
	}
	for chunk := range slices.Chunk(rows, most) {
		if err := write(tx, into.Schema, key, reflect.ValueOf(chunk)); err != nil {
			return fmt.Errorf("write %s: %w", into.Schema.Table, err)
		}
	}
	return nil
}

// putValues writes rows as one list of values.
func putValues(tx *gorm.DB, s *schema.Schema, key []string, rows reflect.Value) error {
	place := "(?" + strings.Repeat(", ?", len(s.DBNames)-1) + ")"
	values := make([]any, 0, rows.Len()*len(s.DBNames))
	for i := range rows.Len() {
		for _, name := range s.DBNames {
			value, _ := s.FieldsByDBName[name].ValueOf(tx.Statement.Context, rows.Index(i))
			values = append(values, value)
		}
	}
	return tx.Exec("INSERT INTO "+s.Table+" ("+strings.Join(s.DBNames, ", ")+") VALUES "+
		place+strings.Repeat(", "+place, rows.Len()-1)+replacing(s, key), values...).Error
}

// putArrays writes rows as one array for each column, which Postgres takes apart faster than a list.
func putArrays(tx *gorm.DB, s *schema.Schema, key []string, rows reflect.Value) error {
	types, err := columnTypes(tx, s)
	if err != nil {
		return err
	}
	places, arrays := make([]string, len(s.DBNames)), make([]any, len(s.DBNames))
	for i, name := range s.DBNames {
		places[i] = "CAST(? AS " + types[name] + "[])"
		if arrays[i], err = arrayOf(tx, s.FieldsByDBName[name], rows); err != nil {
			return err
		}
	}
	return tx.Exec("INSERT INTO "+s.Table+" ("+strings.Join(s.DBNames, ", ")+") SELECT * FROM unnest("+
		strings.Join(places, ", ")+")"+replacing(s, key), arrays...).Error
}

// replacing says what happens to a row that is there.
func replacing(s *schema.Schema, key []string) string {
	if len(key) == 0 {
		return ""
	}
	var set []string
	for _, name := range s.DBNames {
		if !slices.Contains(key, name) {
			set = append(set, name+" = excluded."+name)
		}
	}
	return " ON CONFLICT (" + strings.Join(key, ", ") + ") DO UPDATE SET " + strings.Join(set, ", ")
}

// knownTypes keeps the types of a table's columns.
var knownTypes sync.Map

func columnTypes(tx *gorm.DB, s *schema.Schema) (map[string]string, error) {
	if known, ok := knownTypes.Load(s.Table); ok {
		return known.(map[string]string), nil
	}
	var columns []struct{ Name, Type string }
	err := tx.Raw(`SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
		WHERE attrelid = CAST(? AS regclass) AND attnum > 0 AND NOT attisdropped`, s.Table).Scan(&columns).Error
	if err != nil {
		return nil, err
	}
	types := make(map[string]string, len(columns))
	for _, c := range columns {
		types[c.Name] = c.Type
	}
	knownTypes.Store(s.Table, types)
	return types, nil
}

var escaped = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// arrayOf writes one column of rows as Postgres reads an array.
func arrayOf(tx *gorm.DB, field *schema.Field, rows reflect.Value) (string, error) {
	var text strings.Builder
	text.WriteByte('{')
	for i := range rows.Len() {
		if i > 0 {
			text.WriteByte(',')
		}
		value, _ := field.ValueOf(tx.Statement.Context, rows.Index(i))
		if v := reflect.ValueOf(value); v.Kind() == reflect.Pointer && v.IsNil() {
			value = nil
		} else if v.Kind() == reflect.Pointer {
			value = v.Elem().Interface()
		}
		value, err := resolved(value)
		if err != nil {
			return "", err
		}
		if value == nil {
			text.WriteString("NULL")
			continue
		}
		one, err := copied(value)
		if err != nil {
			return "", err
		}
		text.WriteByte('"')
		_, _ = escaped.WriteString(&text, one)
		text.WriteByte('"')
	}
	text.WriteByte('}')
	return text.String(), nil
}

// Remove deletes the rows of one table whose key columns are those of the given ones, inside tx.
func Remove[T any](tx *gorm.DB, key []string, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	from := &gorm.Statement{DB: tx}
	if err := from.Parse(&rows[0]); err != nil {
		return fmt.Errorf("read what a table holds: %w", err)
	}
	condition := "DELETE FROM " + from.Schema.Table + " WHERE " + strings.Join(key, " = ? AND ") + " = ?"
	values := make([]any, len(key))
	for i := range rows {
		for j, name := range key {
			values[j], _ = from.Schema.FieldsByDBName[name].ValueOf(tx.Statement.Context, reflect.ValueOf(&rows[i]).Elem())
		}
		if err := tx.Exec(condition, values...).Error; err != nil {
			return fmt.Errorf("remove from %s: %w", from.Schema.Table, err)
		}
	}
	return nil
}
