package notify

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
)

// MaxPage is the greatest number of notices an inbox gives at once.
const MaxPage = 200

// mostUnread is where Unread stops counting.
const mostUnread = 100

// reader gives whose inbox the actor's is. The program itself has none: Forbidden `permission.denied`.
func reader(actor accounts.Actor) (int64, error) {
	if actor.UserID == 0 {
		return 0, fault.New(fault.Forbidden, "permission.denied")
	}
	return actor.UserID, actor.Require(accounts.ReadFigures)
}

// Inbox gives the actor's own notices, the newest first, from the first older than the notice after;
// next is the cursor of the next page, empty on the last. Invalid `list.bad_cursor`.
func (s *Service) Inbox(ctx context.Context, actor accounts.Actor, after string, limit int) (list []Notice, next string, err error) {
	user, err := reader(actor)
	if err != nil {
		return nil, "", err
	}
	if limit <= 0 || limit > MaxPage {
		limit = MaxPage
	}
	query := s.db.Read(ctx).Where("user_id = ?", user)
	if after != "" {
		if uuid.Validate(after) != nil {
			return nil, "", fault.New(fault.Invalid, "list.bad_cursor")
		}
		query = query.Where("id < ?", after)
	}
	var rows []noticeRow
	if err := query.Order("id DESC").Limit(limit + 1).Find(&rows).Error; err != nil {
		return nil, "", fmt.Errorf("read an inbox: %w", err)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next = rows[limit-1].ID
	}
	list = make([]Notice, len(rows))
	for i, r := range rows {
		if list[i], err = r.notice(); err != nil {
			return nil, "", err
		}
	}
	return list, next, nil
}

// Unread counts the actor's unread notices, up to 100. The program itself and nobody have none.
func (s *Service) Unread(ctx context.Context, actor accounts.Actor) (int64, error) {
	n, err := s.db.Numbers(ctx, s.UnreadNumber(ctx, actor))
	if err != nil {
		return 0, wrap("count unread notices", err)
	}
	return n[0], nil
}

// UnreadNumber is Unread, to be answered together with other numbers.
func (s *Service) UnreadNumber(ctx context.Context, actor accounts.Actor) database.Number {
	if actor.UserID == 0 {
		return database.Number{}
	}
	return database.UpTo(s.db.Read(ctx).Model(&noticeRow{}).Where("user_id = ? AND read_at IS NULL", actor.UserID), mostUnread)
}

// Notice gives one of the actor's own notices; NotFound `notice.unknown`, also for those of others.
func (s *Service) Notice(ctx context.Context, actor accounts.Actor, id string) (Notice, error) {
	user, err := reader(actor)
	if err != nil {
		return Notice{}, err
	}
	return noticeOf(s.db.Read(ctx), user, id)
}

func noticeOf(tx *gorm.DB, user int64, id string) (Notice, error) {
	var rows []noticeRow
	if err := tx.Where("user_id = ? AND id = ?", user, id).Find(&rows).Error; err != nil {
		return Notice{}, fmt.Errorf("read a notice: %w", err)
	}
	if len(rows) == 0 {
		return Notice{}, fault.New(fault.NotFound, "notice.unknown")
	}
	return rows[0].notice()
}

// MarkRead marks one of the actor's own notices as read; twice changes nothing. NotFound
// `notice.unknown`, also for those of others.
func (s *Service) MarkRead(ctx context.Context, actor accounts.Actor, id string) error {
	user, err := reader(actor)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		if _, err := noticeOf(tx, user, id); err != nil {
			return err
		}
		return mark(tx.Where("user_id = ? AND id = ?", user, id), s)
	})
}

// MarkAllRead marks the actor's own notices as read up to the one that was the newest on the page: what
// came later nobody has seen. Invalid `list.bad_cursor`.
func (s *Service) MarkAllRead(ctx context.Context, actor accounts.Actor, newest string) error {
	user, err := reader(actor)
	if err != nil {
		return err
	}
	if uuid.Validate(newest) != nil {
		return fault.New(fault.Invalid, "list.bad_cursor")
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error { return mark(tx.Where("user_id = ? AND id <= ?", user, newest), s) })
}

func mark(query *gorm.DB, s *Service) error {
	return wrap("mark notices as read", query.Model(&noticeRow{}).Where("read_at IS NULL").Update("read_at", s.now()).Error)
}
