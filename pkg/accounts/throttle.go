package accounts

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/fault"
)

// A name is throttled after maxFailures failures, each within failureMemory of the one before. They
// count together wherever they come from, since guesses can come from many addresses.
const (
	maxFailures   = 5
	failureMemory = 15 * time.Minute
)

type failureRow struct {
	Failures int
	LastAt   time.Time
}

// failures gives how many failures of the name still count, and when the last one was.
func (s *Service) failures(tx *gorm.DB, name string) (failureRow, error) {
	var rows []failureRow
	err := tx.Raw("SELECT failures, last_at FROM login_failures WHERE name = ? AND last_at > ?",
		name, s.now().Add(-failureMemory)).Scan(&rows).Error
	if err != nil {
		return failureRow{}, fmt.Errorf("read failed logins: %w", err)
	}
	var sum failureRow
	for _, row := range rows {
		sum.Failures += row.Failures
		if row.LastAt.After(sum.LastAt) {
			sum.LastAt = row.LastAt
		}
	}
	return sum, nil
}

// throttled gives TooMany `login.throttled`, with the minutes left, for a name that failed too often.
func (s *Service) throttled(tx *gorm.DB, name string) error {
	sum, err := s.failures(tx, name)
	if err != nil || sum.Failures < maxFailures {
		return err
	}
	left := sum.LastAt.Add(failureMemory).Sub(s.now())
	minutes := int((left + time.Minute - 1) / time.Minute)
	return fault.New(fault.TooMany, "login.throttled", minutes)
}

// countFailure counts one failure, and records in the ledger that the name is throttled from now on.
// The ledger gets no unknown name: people type passwords into the wrong field.
func (s *Service) countFailure(tx *gorm.DB, name, address string, user User) error {
	err := tx.Exec(`INSERT INTO login_failures (name, address, failures, last_at) VALUES (?, ?, 1, ?)
		ON CONFLICT (name, address) DO UPDATE SET last_at = excluded.last_at,
			failures = CASE WHEN login_failures.last_at > ? THEN login_failures.failures + 1 ELSE 1 END`,
		name, address, s.now(), s.now().Add(-failureMemory)).Error
	if err != nil {
		return fmt.Errorf("count a failed login: %w", err)
	}
	sum, err := s.failures(tx, name)
	if err != nil || sum.Failures < maxFailures {
		return err
	}
	return s.recordLocal(tx, user, actThrottled, map[string]any{"address": address, "failures": sum.Failures})
}

// forgetFailures removes the failures of the name, and those of others that no longer count.
func (s *Service) forgetFailures(tx *gorm.DB, name string) error {
	err := tx.Exec("DELETE FROM login_failures WHERE name = ? OR last_at <= ?", name, s.now().Add(-failureMemory)).Error
	if err != nil {
		return fmt.Errorf("forget failed logins: %w", err)
	}
	return nil
}
