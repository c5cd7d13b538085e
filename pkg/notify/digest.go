package notify

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/period"
)

const (
	digestHour   = 8 // in Asia/Shanghai
	digestPeople = 500
)

// digestRow is a row of digests.
type digestRow struct {
	UserID int64
	Day    period.Date
}

func (digestRow) TableName() string { return "digests" }

// Digest gathers, from eight in the morning in Asia/Shanghai on, what was not sent out before eight and
// is still unread into one message a day for each person who can be reached, and one for the office's
// group. It is safe to run at any time and on several instances at once.
func (s *Service) Digest(ctx context.Context) error {
	today := s.clock.Today()
	until := time.Date(today.Year, today.Month, today.Day, digestHour, 0, 0, 0, period.Zone)
	if s.now().Before(until) {
		return nil
	}
	if s.options.Webhook != nil {
		if err := s.digestFor(ctx, []accounts.User{{ID: officeGroup, Language: locale.Chinese}}, today, until); err != nil {
			return err
		}
	}
	for after := int64(0); s.options.Mail != nil; {
		people, err := accounts.WithMail(s.db.Read(ctx), after, digestPeople)
		if err != nil || len(people) == 0 {
			return err
		}
		if err := s.digestFor(ctx, people, today, until); err != nil {
			return err
		}
		after = people[len(people)-1].ID
	}
	return nil
}

// waitingRow is a notice for a digest: the place-th newest of total.
type waitingRow struct {
	Row   noticeRow `gorm:"embedded"`
	Place int
	Total int
}

func (s *Service) digestFor(ctx context.Context, people []accounts.User, today period.Date, until time.Time) error {
	byID, ids := make(map[int64]accounts.User, len(people)), make([]int64, len(people))
	for i, u := range people {
		byID[u.ID], ids[i] = u, u.ID
	}
	if rows, err := waiting(s.db.Read(ctx), ids, today, until); err != nil || len(rows) == 0 {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		return s.locked(tx, func() error {
			rows, err := waiting(tx, ids, today, until)
			if err != nil || len(rows) == 0 {
				return err
			}
			return s.digest(tx, rows, byID, today, until)
		})
	})
}

// waiting gives the newest notices of each of the users who is due a digest.
func waiting(tx *gorm.DB, ids []int64, today period.Date, until time.Time) ([]waitingRow, error) {
	var rows []waitingRow
	err := tx.Raw(`WITH waiting AS (
		SELECT n.*, ROW_NUMBER() OVER (PARTITION BY n.user_id ORDER BY n.id DESC) AS place, COUNT(*) OVER (PARTITION BY n.user_id) AS total
		FROM notices n LEFT JOIN digests d ON d.user_id = n.user_id
		WHERE n.user_id IN ? AND n.read_at IS NULL AND n.delivered_at IS NULL AND n.created_at < ? AND (d.day IS NULL OR d.day < ?)
	) SELECT * FROM waiting WHERE place <= ? ORDER BY user_id, place`, ids, until.UTC(), today, longestMessage).Scan(&rows).Error
	return rows, wrap("read what waits for the digest", err)
}

// digest writes the messages made of rows, which come by reader, and marks what is in them.
func (s *Service) digest(tx *gorm.DB, rows []waitingRow, people map[int64]accounts.User, today period.Date, until time.Time) error {
	var messages []messageRow
	var days []digestRow
	var ids []int64
	for start := 0; start < len(rows); {
		reader, total := rows[start].Row.UserID, rows[start].Total
		var list []noticeRow
		for ; start < len(rows) && rows[start].Row.UserID == reader; start++ {
			list = append(list, rows[start].Row)
		}
		m, err := s.message(people[reader], reader, list, total, "notice.subject_digest")
		if err != nil {
			return err
		}
		messages, days, ids = append(messages, m), append(days, digestRow{reader, today}), append(ids, reader)
	}
	if err := enqueue(tx, messages); err != nil {
		return err
	}
	err := tx.Exec("UPDATE notices SET delivered_at = ? WHERE user_id IN ? AND read_at IS NULL AND delivered_at IS NULL AND created_at < ?",
		s.now(), ids, until.UTC()).Error
	if err != nil {
		return fmt.Errorf("mark what the digest tells: %w", err)
	}
	once := clause.OnConflict{Columns: []clause.Column{{Name: "user_id"}}, DoUpdates: clause.AssignmentColumns([]string{"day"})}
	return wrap("keep the day of the digest", tx.Clauses(once).Create(&days).Error)
}
