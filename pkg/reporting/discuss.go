package reporting

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
)

// Discuss adds words to the thread of a report, which is part of its history. For everybody who files or
// reviews it; Invalid `report.words_invalid`.
func (s *Service) Discuss(ctx context.Context, actor accounts.Actor, ref Ref, words string) (Report, error) {
	return s.move(ctx, actor, ref, 0, ActDiscuss, func(_ *gorm.DB, h *held, _ forms.Form, _ time.Time) (any, error) {
		words = strings.TrimSpace(words)
		wrong := fault.New(fault.Invalid, "report.words_invalid")
		if words == "" {
			return nil, wrong.With("words", "report.words_missing")
		}
		if bad := forms.CheckText(words, MaxNote); bad != nil {
			return nil, wrong.With("words", bad.Key, bad.Args...)
		}
		return map[string]any{"note": words, "stage": h.Stage}, nil
	})
}
