package forms_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
)

func TestDrafts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		usual, err := w.forms.Draft(t.Context(), admin, "progress")
		if err != nil || usual.Version != 0 || usual.Form == nil || usual.Form.Version != 2 || len(usual.Faults) > 0 {
			t.Fatalf("%+v, %v", usual, err)
		}
		if diff := cmp.Diff(keys(w.current(t, "progress")), keys(*usual.Form)); diff != "" {
			t.Errorf("the usual form written and read: %s", diff)
		}
		_, err = w.forms.Draft(t.Context(), admin, "linkage")
		wants(t, err, fault.NotFound, "form.unknown")
		half := linkageFile[:200]
		draft, err := w.forms.SaveDraft(t.Context(), admin, "linkage", 0, half)
		if err != nil || draft.Version != 1 || draft.Form != nil || len(draft.Faults) == 0 || draft.EditedBy != "admin" {
			t.Fatalf("%+v, %v", draft, err)
		}
		if kept, err := w.forms.Draft(t.Context(), admin, "linkage"); err != nil || kept.Document != half || !kept.EditedAt.Equal(clock().Truncate(time.Microsecond)) {
			t.Errorf("%+v, %v", kept, err)
		}
		_, err = w.forms.Publish(t.Context(), admin, "linkage", 1, "")
		var faults fault.FileFaults
		if !errors.As(err, &faults) {
			t.Errorf("a faulty draft: %v", err)
		}
		_, err = w.forms.SaveDraft(t.Context(), admin, "linkage", 0, linkageFile)
		wants(t, err, fault.Conflict, "form.draft_stale")
		if draft, err = w.forms.SaveDraft(t.Context(), admin, "linkage", 1, linkageFile); err != nil || draft.Version != 2 || draft.Form == nil {
			t.Fatalf("%+v, %v", draft, err)
		}
		_, err = w.forms.Publish(t.Context(), admin, "linkage", 1, "")
		wants(t, err, fault.Conflict, "form.draft_stale")
		if form, err := w.forms.Publish(t.Context(), admin, "linkage", 2, ""); err != nil || form.Version != 1 {
			t.Fatalf("%+v, %v", form, err)
		}
		if w.count(t, "form_drafts") != 0 || w.count(t, "ledger WHERE act = 'form.draft_saved'") != 2 || w.count(t, "ledger WHERE act = 'form.published'") != 1 {
			t.Error("the draft is still there, or not recorded")
		}
		_, err = w.forms.Publish(t.Context(), admin, "linkage", 2, "")
		wants(t, err, fault.Conflict, "form.draft_stale")
		if draft, err = w.forms.SaveDraft(t.Context(), admin, "linkage", 0, strings.Replace(linkageFile, "key: linkage", "key: other", 1)); err != nil || draft.Faults[0].Key != "form.other_key" {
			t.Errorf("%+v, %v", draft, err)
		}
		wants(t, w.forms.DiscardDraft(t.Context(), admin, "linkage", 2), fault.Conflict, "form.draft_stale")
		if err := w.forms.DiscardDraft(t.Context(), admin, "linkage", 1); err != nil || w.count(t, "ledger WHERE act = 'form.draft_discarded'") != 1 {
			t.Error(err)
		}
		if draft, err = w.forms.Draft(t.Context(), admin, "linkage"); err != nil || draft.Version != 0 || draft.Document != linkageFile {
			t.Errorf("%+v, %v", draft, err)
		}
	})
}

func TestRefusedDrafts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.forms.SaveDraft(t.Context(), admin, "No Key", 0, "")
		wants(t, err, fault.Invalid, "file.bad_key")
		_, err = w.forms.SaveDraft(t.Context(), admin, "linkage", 0, "a\x00")
		wants(t, err, fault.Invalid, "cell.bad_text")
		for _, actor := range []accounts.Actor{{}, monitor, {Role: accounts.Clerk, Unit: 1}} {
			calls := map[string]func() error{
				"draft":   func() error { _, err := w.forms.Draft(t.Context(), actor, "progress"); return err },
				"save":    func() error { _, err := w.forms.SaveDraft(t.Context(), actor, "progress", 0, ""); return err },
				"discard": func() error { return w.forms.DiscardDraft(t.Context(), actor, "progress", 0) },
				"publish": func() error { _, err := w.forms.Publish(t.Context(), actor, "progress", 0, ""); return err },
			}
			for _, name := range slices.Sorted(maps.Keys(calls)) {
				if err := calls[name](); !fault.Is(err, fault.Forbidden) {
					t.Errorf("%s by %q: %v", name, actor.Role, err)
				}
			}
		}
		if w.count(t, "form_drafts") != 0 {
			t.Error("something was saved")
		}
	})
}
