package notify

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
)

// officeGroup is the id under which the office's group has its notices; no user has it.
const officeGroup int64 = 0

// keep writes those of rows that are new to their readers, and puts what is urgent into the outbox, one
// message for each person. people are the readers. Only who holds the lock may call it.
func (s *Service) keep(tx *gorm.DB, rows []noticeRow, people map[int64]accounts.User) error {
	var fresh []noticeRow
	for chunk := range slices.Chunk(rows, database.BatchSize) {
		unknown, err := unknownTo(tx, chunk)
		if err != nil {
			return err
		}
		fresh = append(fresh, unknown...)
	}
	if len(fresh) == 0 {
		return nil
	}
	urgent := map[int64][]noticeRow{}
	now := s.now()
	for i, r := range fresh {
		if r.Urgent && s.reaches(people[r.UserID], r.UserID) {
			fresh[i].DeliveredAt = &now
			urgent[r.UserID] = append(urgent[r.UserID], r)
		}
	}
	if err := database.Add(tx, fresh); err != nil {
		return fmt.Errorf("write notices: %w", err)
	}
	var messages []messageRow
	for id, list := range urgent {
		message, err := s.message(people[id], id, list, len(list), "notice.subject_urgent")
		if err != nil {
			return err
		}
		messages = append(messages, message)
	}
	return enqueue(tx, messages)
}

// unknownTo leaves out the notices whose cause their reader has been told of.
func unknownTo(tx *gorm.DB, rows []noticeRow) ([]noticeRow, error) {
	type told struct {
		UserID int64
		Cause  string
	}
	users, causes := make([]int64, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		users[i], causes[i] = r.UserID, r.Cause
	}
	var before []told
	err := tx.Raw("SELECT user_id, cause FROM notices WHERE user_id IN ? AND cause IN ?", users, causes).Scan(&before).Error
	if err != nil {
		return nil, fmt.Errorf("read who was told: %w", err)
	}
	known := make(map[told]bool, len(before))
	for _, t := range before {
		known[t] = true
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r noticeRow) bool { return known[told{r.UserID, r.Cause}] }), nil
}

// reaches tells whether what a reader is told can be sent out to them.
func (s *Service) reaches(user accounts.User, id int64) bool {
	if id == officeGroup {
		return s.options.Webhook != nil
	}
	return s.options.Mail != nil && user.Email != ""
}
