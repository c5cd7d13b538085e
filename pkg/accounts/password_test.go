package accounts

import (
	"testing"

	"github.com/alexedwards/argon2id"
)

// TestUnknownNamesCostTheSame: checking a password for an unknown name is the same work.
func TestUnknownNamesCostTheSame(t *testing.T) {
	params, _, _, err := argon2id.DecodeHash(noHash)
	if err != nil || *params != *hashCost {
		t.Fatalf("costs %+v, err %v", params, err)
	}
}
