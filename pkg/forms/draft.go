package forms

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/yamlfile"
)

// The acts in the ledger by which a form is edited.
const (
	actDraftSaved     = "form.draft_saved"
	actDraftDiscarded = "form.draft_discarded"
)

// maxDocument is the greatest length of a draft, in characters; a little more than can be published.
const maxDocument = 1 << 20

// draftRow is a row of form_drafts.
type draftRow struct {
	Form     string `gorm:"primaryKey"`
	Document string
	Version  int64
	EditedAt time.Time
	EditedBy string
}

func (draftRow) TableName() string { return "form_drafts" }

// DraftFile is a form file being edited. Form is what it would become, nil while it has faults. Version
// is 0 until it is saved for the first time.
type DraftFile struct {
	Document string
	Version  int64
	EditedAt time.Time
	EditedBy string
	Form     *Form
	Faults   fault.FileFaults
}

// Draft gives the draft of a form; when there is none, one that says what the newest version says. It
// asks for ManagePlan. NotFound `form.unknown` for a form that is neither there nor drafted.
func (s *Service) Draft(ctx context.Context, actor accounts.Actor, key string) (draft DraftFile, err error) {
	if err := actor.Require(accounts.ManagePlan); err != nil {
		return draft, err
	}
	err = s.db.Snapshot(ctx, func(tx *gorm.DB) error {
		row, err := draftOf(tx, key)
		if err != nil {
			return err
		}
		if row.Version == 0 {
			if row.Document, err = s.newestDocument(tx, key); err != nil {
				return err
			}
		}
		draft, err = s.tried(tx, row)
		return err
	})
	return draft, err
}

// draftOf reads a draft; the zero version when there is none.
func draftOf(tx *gorm.DB, key string) (draftRow, error) {
	row := draftRow{Form: key}
	if err := tx.Where("form = ?", key).Limit(1).Find(&row).Error; err != nil {
		return row, fmt.Errorf("read the draft of form %s: %w", key, err)
	}
	return row, nil
}

// newestDocument gives the document that the newest version was read from.
func (s *Service) newestDocument(tx *gorm.DB, key string) (string, error) {
	form, err := s.CurrentIn(tx, key)
	if err != nil || form.text != "" {
		return form.text, err
	}
	return usualDocument(form)
}

// tried tells what would become of a draft.
func (s *Service) tried(tx *gorm.DB, row draftRow) (DraftFile, error) {
	draft := DraftFile{Document: row.Document, Version: row.Version, EditedAt: row.EditedAt, EditedBy: row.EditedBy}
	drawn, err := s.drawDraft(tx, row)
	if err == nil {
		form := drawn.next()
		draft.Form = &form
		return draft, nil
	}
	if errors.As(err, &draft.Faults) {
		return draft, nil
	}
	if f, ok := fault.As(err); ok {
		draft.Faults = fault.FileFaults{{File: row.file(), Line: 1, Column: 1, Message: f.Message}}
		return draft, nil
	}
	return draft, err
}

// file is the name that faults of the draft bear.
func (r draftRow) file() string { return r.Form + ".yaml" }

func (s *Service) drawDraft(tx *gorm.DB, row draftRow) (drawnUp, error) {
	drawn, err := s.draw(tx, []File{{row.file(), []byte(row.Document)}})
	if err != nil {
		return drawnUp{}, err
	}
	if drawn[0].form.Key != row.Form {
		return drawnUp{}, fault.New(fault.Conflict, "form.other_key", drawn[0].form.Key, row.Form)
	}
	return drawn[0], nil
}

// SaveDraft keeps what was typed, be it faulty or not. Version is the one that was edited, 0 for none;
// another one is Conflict `form.draft_stale`. It asks for ManagePlan.
func (s *Service) SaveDraft(ctx context.Context, actor accounts.Actor, key string, version int64, document string) (draft DraftFile, err error) {
	if err := actor.Require(accounts.ManagePlan); err != nil {
		return draft, err
	}
	if !yamlfile.Name.MatchString(key) {
		return draft, fault.New(fault.Invalid, "file.bad_key", key)
	}
	if wrong := CheckText(document, maxDocument); wrong != nil {
		return draft, fault.New(fault.Invalid, wrong.Key, wrong.Args...)
	}
	row := draftRow{Form: key, Document: document, Version: version + 1, EditedAt: s.now(), EditedBy: actor.Name}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.edit(tx, actor, key, version, actDraftSaved, func(there bool) *gorm.DB {
			if there {
				return tx.Select("*").Updates(&row)
			}
			return tx.Create(&row)
		}); err != nil {
			return err
		}
		draft, err = s.tried(tx, row)
		return err
	})
	return draft, err
}

// edit changes a draft that must still have the version, and records it.
func (s *Service) edit(tx *gorm.DB, actor accounts.Actor, key string, version int64, act string, change func(there bool) *gorm.DB) error {
	if err := s.db.Lock(tx, lock); err != nil {
		return err
	}
	row, err := draftOf(tx, key)
	if err != nil {
		return err
	}
	if row.Version != version {
		return fault.New(fault.Conflict, "form.draft_stale", row.EditedBy)
	}
	if err := change(row.Version > 0).Error; err != nil {
		return fmt.Errorf("change the draft of form %s: %w", key, err)
	}
	return s.ledger.Record(tx, ledger.Entry{
		At: s.now(), ActorID: actor.UserID, ActorName: actor.Name, Act: act, Form: key, Detail: map[string]any{"draft": version},
	})
}

// DiscardDraft throws a draft of that version away; another one is Conflict `form.draft_stale`. It asks
// for ManagePlan.
func (s *Service) DiscardDraft(ctx context.Context, actor accounts.Actor, key string, version int64) error {
	if err := actor.Require(accounts.ManagePlan); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		return s.edit(tx, actor, key, version, actDraftDiscarded, func(bool) *gorm.DB { return removeDraft(tx, key) })
	})
}

func removeDraft(tx *gorm.DB, key string) *gorm.DB {
	return tx.Where("form = ?", key).Delete(&draftRow{})
}

// Publish makes a draft of that version the newest version of its form, by the rules of ImportFiles; the
// draft is gone then. Another version is Conflict `form.draft_stale`. It asks for ManagePlan.
func (s *Service) Publish(ctx context.Context, actor accounts.Actor, key string, version int64, note string) (form Form, err error) {
	if err := actor.Require(accounts.ManagePlan); err != nil {
		return form, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.db.Lock(tx, lock); err != nil {
			return err
		}
		row, err := draftOf(tx, key)
		if err != nil {
			return err
		}
		if row.Version == 0 || row.Version != version {
			return fault.New(fault.Conflict, "form.draft_stale", row.EditedBy)
		}
		drawn, err := s.drawDraft(tx, row)
		if err != nil {
			return err
		}
		if form, err = s.publish(tx, actor, drawn, note, false); err != nil {
			return err
		}
		if err := removeDraft(tx, key).Error; err != nil {
			return fmt.Errorf("remove the draft of form %s: %w", key, err)
		}
		return nil
	})
	return form, err
}
