package database

import (
	"database/sql/driver"
	"fmt"
)

// JSON is a JSON text in a {{json}} column; empty is NULL.
type JSON string

// Value writes the text.
func (j JSON) Value() (driver.Value, error) {
	if j == "" {
		return nil, nil
	}
	return string(j), nil
}

// Scan reads the text.
func (j *JSON) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*j = ""
	case string:
		*j = JSON(v)
	case []byte:
		*j = JSON(v)
	default:
		return fmt.Errorf("scan JSON: unexpected %T", src)
	}
	return nil
}
