package reporting

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

// MaxNote is the greatest length of a note, a remark or a reason, in characters.
const MaxNote = 1000

// Return sends a submitted report back with a note and remarks pinned to cells; at least one of
// them must say something. Reviewers whose sub-tree holds the unit.
func (s *Service) Return(ctx context.Context, actor accounts.Actor, ref Ref, version int64, note string, remarks map[string]string) (Report, error) {
	return s.move(ctx, actor, ref, version, ActReturn, func(_ *gorm.DB, h *held, form forms.Form, _ time.Time) (any, error) {
		r := &h.row
		pinned, err := checkRemarks(form, note, remarks)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(pinned)
		if err != nil {
			return nil, fmt.Errorf("write remarks: %w", err)
		}
		r.Note, r.Remarks = strings.TrimSpace(note), database.JSON(text)
		said, err := json.Marshal(LastReturn{Revision: r.Revision, Note: r.Note, Remarks: pinned, By: actor.Display})
		if err != nil {
			return nil, fmt.Errorf("write a return: %w", err)
		}
		r.Returned, r.Stage = database.JSON(said), 0
		return map[string]any{"note": r.Note, "remarks": pinned}, nil
	})
}

func checkRemarks(form forms.Form, note string, remarks map[string]string) (map[string]string, error) {
	wrong := fault.New(fault.Invalid, "report.return_invalid")
	if bad := forms.CheckText(note, MaxNote); bad != nil {
		wrong.With("note", bad.Key, bad.Args...)
	}
	pinned := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(remarks)) {
		remark := strings.TrimSpace(remarks[key])
		if remark == "" {
			continue
		}
		if _, ok := form.Item(key); !ok {
			wrong.With(key, "cell.unknown", key)
		} else if bad := forms.CheckText(remark, MaxNote); bad != nil {
			wrong.With(key, bad.Key, bad.Args...)
		} else {
			pinned[key] = remark
		}
	}
	if strings.TrimSpace(note) == "" && len(pinned) == 0 {
		wrong.With("note", "report.note_missing")
	}
	if len(wrong.Fields) > 0 {
		return nil, wrong
	}
	return pinned, nil
}

// LastReturn is what the last return of a report said, and about which revision.
type LastReturn struct {
	Revision int64
	Note     string
	Remarks  map[string]string
	By       string
}

// Accept passes the latest revision on to the next level of the form's chain or, when none is left,
// makes it the figure of its quarter; a figure that replaces an earlier one is a numbered restatement.
// For reviewers of the stage where the report stands, or of one above, whose sub-tree holds the unit;
// nobody reviews what they filed themselves (Forbidden `report.own_filing`).
func (s *Service) Accept(ctx context.Context, actor accounts.Actor, ref Ref, version int64) (Report, error) {
	return s.move(ctx, actor, ref, version, ActAccept, func(tx *gorm.DB, h *held, form forms.Form, now time.Time) (any, error) {
		r := &h.row
		if actor.UserID != 0 && h.own.SubmittedBy == actor.Name {
			return nil, fault.New(fault.Forbidden, "report.own_filing")
		}
		if r.Stage != 0 {
			if r.Stage = nextStage(form.Review, r.place(), min(r.Stage, actor.Level(r.place())), false); r.Stage != 0 {
				return map[string]any{"next": r.Stage}, nil
			}
		}
		acceptance := acceptanceRow{UnitID: r.UnitID, Form: r.Form, Period: r.Period, No: r.Revision, AcceptedAt: now, AcceptedBy: actor.Name}
		h.writes = append(h.writes, acceptance.insert())
		if r.AcceptedRevision > 0 {
			if err := s.restate(tx, actor, *r, h.own, now); err != nil {
				return nil, err
			}
		}
		r.AcceptedRevision, r.AcceptedAt = r.Revision, &now
		r.Returned, r.ReopenReason = "", ""
		return nil, nil
	})
}

// maxReopenDays is how far ahead a report may be reopened.
const maxReopenDays = 366

// Reopen lets one unit file for one period again until the given day, or until the lock date where
// that is later.
// The accepted revision stays the figure until a new one is accepted. Reviewers; a reason is required.
func (s *Service) Reopen(ctx context.Context, actor accounts.Actor, ref Ref, version int64, reason string, until period.Date) (Report, error) {
	return s.move(ctx, actor, ref, version, ActReopen, func(_ *gorm.DB, h *held, _ forms.Form, _ time.Time) (any, error) {
		r := &h.row
		reason = strings.TrimSpace(reason)
		wrong := fault.New(fault.Invalid, "report.reopen_invalid")
		if reason == "" {
			wrong.With("reason", "report.reason_missing")
		}
		if bad := forms.CheckText(reason, MaxNote); bad != nil {
			wrong.With("reason", bad.Key, bad.Args...)
		}
		today := s.clock.Today()
		if until.Before(today) {
			wrong.With("until", "report.until_past")
		}
		if until.After(today.AddDays(maxReopenDays)) {
			wrong.With("until", "report.until_far", maxReopenDays)
		}
		if len(wrong.Fields) > 0 {
			return nil, wrong
		}
		r.Note, r.Stage = reason, 0
		if r.AcceptedRevision > 0 {
			r.ReopenReason = reason
		}
		if until.After(r.Lock) {
			r.Lock = until
		}
		return map[string]any{"reason": reason, "until": r.Lock}, nil
	})
}
