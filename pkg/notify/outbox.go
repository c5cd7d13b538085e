package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"pilotboard/pkg/database"
)

// The ways out.
const (
	channelMail    = "mail"
	channelWebhook = "webhook"
)

const (
	maxAttempts = 8                // then a message is given up, its last error kept
	claimed     = 10               // messages claimed at once
	sendTime    = 30 * time.Second // for one message
	lease       = claimed*sendTime + time.Minute
	maxError    = 500 // bytes kept of an error
)

// backOff gives how long to wait after an attempt that failed: 1 minute after the first, three times
// as long after each other one, 6 hours at most.
func backOff(attempt int) time.Duration {
	wait := time.Minute
	for range attempt - 1 {
		wait = min(3*wait, 6*time.Hour)
	}
	return wait
}

// messageRow is a row of outbox.
type messageRow struct {
	ID        string
	Channel   string
	Recipient string
	Subject   string
	Body      string
	CreatedAt time.Time
	NotBefore time.Time
	Attempts  int
	SentAt    *time.Time
	LastError string
}

func (messageRow) TableName() string { return "outbox" }

// enqueue puts messages into the outbox inside tx.
func enqueue(tx *gorm.DB, messages []messageRow) error {
	if len(messages) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(messages, database.BatchSize).Error; err != nil {
		return fmt.Errorf("write the outbox: %w", err)
	}
	return nil
}

// Send sends what waits in the outbox, by the ways that are on, until nothing is left to try now. It is
// safe on several instances at once: each claims its messages for a time, and sends them outside any
// transaction. Its error tells of every message that could not be sent; each is tried again later.
func (s *Service) Send(ctx context.Context) error {
	var failures []error
	for ctx.Err() == nil {
		batch, err := s.claim(ctx)
		if err != nil {
			return err
		}
		if len(batch) == 0 {
			break
		}
		for _, m := range batch {
			failed := s.send(ctx, m)
			if failed != nil {
				failures = append(failures, fmt.Errorf("send message %s by %s, attempt %d: %w", m.ID, m.Channel, m.Attempts, failed))
			}
			if err := s.settle(ctx, m, failed); err != nil {
				return errors.Join(append(failures, err)...)
			}
		}
	}
	return errors.Join(failures...)
}

// claim takes messages that nobody else tries before the lease ends.
func (s *Service) claim(ctx context.Context) ([]messageRow, error) {
	var channels []string
	if s.options.Mail != nil {
		channels = append(channels, channelMail)
	}
	if s.options.Webhook != nil {
		channels = append(channels, channelWebhook)
	}
	if len(channels) == 0 {
		return nil, nil
	}
	var batch []messageRow
	waiting := func(tx *gorm.DB) *gorm.DB {
		return tx.Where("sent_at IS NULL AND channel IN ? AND attempts < ? AND not_before <= ?", channels, maxAttempts, s.now())
	}
	var any int64
	if err := waiting(s.db.Read(ctx).Model(&messageRow{})).Limit(1).Count(&any).Error; err != nil || any == 0 {
		return nil, wrap("look into the outbox", err)
	}
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		locking := clause.Locking{Strength: clause.LockingStrengthUpdate, Options: clause.LockingOptionsSkipLocked}
		if err := waiting(tx.Clauses(locking)).Order("not_before, id").Limit(claimed).Find(&batch).Error; err != nil {
			return err
		}
		ids := make([]string, len(batch))
		for i := range batch {
			batch[i].Attempts++
			ids[i] = batch[i].ID
		}
		if len(ids) == 0 {
			return nil
		}
		return tx.Exec("UPDATE outbox SET attempts = attempts + 1, not_before = ? WHERE id IN ?", s.now().Add(lease), ids).Error
	})
	return batch, wrap("claim messages", err)
}

// send sends one message, in time.
func (s *Service) send(ctx context.Context, m messageRow) error {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if m.Channel == channelWebhook {
		return s.options.Webhook.send(ctx, m)
	}
	return s.options.Mail.send(ctx, m)
}

// settle keeps how a claimed message fared, unless somebody else has claimed it since. That it was sent
// is kept even while the program ends.
func (s *Service) settle(ctx context.Context, m messageRow, failed error) error {
	changes := map[string]any{"sent_at": s.now(), "last_error": ""}
	if failed != nil {
		text := strings.ToValidUTF8(failed.Error(), "?")
		changes = map[string]any{
			"not_before": s.now().Add(backOff(m.Attempts)),
			"last_error": strings.ToValidUTF8(text[:min(len(text), maxError)], ""),
		}
	}
	err := s.db.Write(context.WithoutCancel(ctx), func(tx *gorm.DB) error {
		return tx.Model(&messageRow{}).Where("id = ? AND attempts = ? AND sent_at IS NULL", m.ID, m.Attempts).Updates(changes).Error
	})
	return wrap("settle message "+m.ID, err)
}

// wrap says of an error, where there is one, what was being done.
func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
