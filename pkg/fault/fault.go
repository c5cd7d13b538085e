// Package fault is the one error people may see: a kind that tells a door which status to answer
// with, a message key that pkg/locale turns into the reader's language, and faults of single
// fields. It owns no table, logs nothing and translates nothing.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of fault it is; doors map it to a status.
type Kind int

// The kinds. Internal is what any other error counts as.
const (
	Internal Kind = iota
	Invalid
	NotFound
	Forbidden
	Conflict
	Unauthorized
	TooMany
)

// Message is a message key with the values its text asks for.
type Message struct {
	Key  string
	Args []any
}

// Field is a fault of one field: of an input, an item of a form, or a place in a file.
type Field struct {
	Name string
	Message
}

// Fault is an error that a person can understand and mend.
type Fault struct {
	Kind Kind
	Message
	Fields []Field
}

// New makes a fault of kind with the message key and the values its text asks for.
func New(kind Kind, key string, args ...any) *Fault {
	return &Fault{Kind: kind, Message: Message{Key: key, Args: args}}
}

// With adds a fault of one field and returns f.
func (f *Fault) With(field, key string, args ...any) *Fault {
	f.Fields = append(f.Fields, Field{Name: field, Message: Message{Key: key, Args: args}})
	return f
}

// Error gives the key, its values and the fields: for logs and tests, not for people.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.Message.String())
	for _, field := range f.Fields {
		fmt.Fprintf(&b, "; %s: %s", field.Name, field.Message)
	}
	return b.String()
}

// String gives the key and its values.
func (m Message) String() string {
	if len(m.Args) == 0 {
		return m.Key
	}
	return fmt.Sprintf("%s %v", m.Key, m.Args)
}

// As finds a Fault in err.
func As(err error) (*Fault, bool) {
	var f *Fault
	ok := errors.As(err, &f)
	return f, ok
}

// Is tells whether err carries a fault of kind.
func Is(err error, kind Kind) bool {
	f, ok := As(err)
	return ok && f.Kind == kind
}
