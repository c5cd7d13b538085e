package forms

import (
	"context"
	"errors"
	"slices"
	"strings"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/plan"
)

// ActPublished is the act in the ledger by which a version of a form comes into force.
const ActPublished = "form.published"

// maxNote is the greatest length of a version note, in characters.
const maxNote = 500

// File is a form file to be published; Name is what its faults bear.
type File struct {
	Name string
	Data []byte
}

// Import publishes one form file; see ImportFiles.
func (s *Service) Import(ctx context.Context, actor accounts.Actor, file string, data []byte, note string, dryRun bool) (Form, error) {
	list, err := s.ImportFiles(ctx, actor, []File{{file, data}}, note, dryRun)
	if err != nil {
		return Form{}, err
	}
	return list[0], nil
}

// ImportFiles publishes form files, all or none; their checks may name items of each other. A file that
// is the newest version changes nothing; a change of a form that is there needs a note (Invalid
// `form.note_missing`). An item keeps its type, decimals, unit and the codes of its options for ever
// (Conflict `form.item_changed`); a new item needs its basis (`form.basis_missing`). The form that asks
// about the plan is the one that the plan names (Conflict `form.not_of_plan`, `form.of_plan`). Everything
// wrong with the files comes at once, as fault.FileFaults. A dry run tells all this and writes nothing;
// its forms bear the versions they would have. It needs a plan and asks for ManagePlan.
func (s *Service) ImportFiles(ctx context.Context, actor accounts.Actor, files []File, note string, dryRun bool) (list []Form, err error) {
	if err := actor.Require(accounts.ManagePlan); err != nil {
		return nil, err
	}
	work := func(tx *gorm.DB) error {
		if !dryRun {
			if err := s.db.Lock(tx, lock); err != nil {
				return err
			}
		}
		drawn, err := s.draw(tx, files)
		if err != nil {
			return err
		}
		list = make([]Form, len(drawn))
		for i, d := range drawn {
			if list[i], err = s.publish(tx, actor, d, note, dryRun); err != nil {
				return err
			}
		}
		return nil
	}
	if dryRun {
		err = s.db.Snapshot(ctx, work)
	} else {
		err = s.db.Write(ctx, work)
	}
	if err != nil {
		return nil, err
	}
	return list, nil
}

// drawnUp is a document ready to become a version, with what was there before.
type drawnUp struct {
	text   string
	form   Form
	before *Form // the newest version; nil for a new form
	stored head  // the newest stored one
}

// next gives the form under the version that it would have.
func (d drawnUp) next() Form {
	form := d.form
	form.Version, form.text = d.stored.No+1, d.text
	if d.stored.No == 0 && d.before != nil {
		form.Version = d.before.Version + 1 // reports may have been filed on the plan's usual form
	}
	return form
}

// draw reads the files and holds them against the plan, each other, the other forms and what was asked
// before.
func (s *Service) draw(tx *gorm.DB, files []File) ([]drawnUp, error) {
	documents, err := parseAll(files)
	if err != nil {
		return nil, err
	}
	p, err := s.plans.CurrentIn(tx)
	if err != nil {
		return nil, err
	}
	all, err := s.AllIn(tx)
	if err != nil {
		return nil, err
	}
	others := map[string]Form{}
	for _, f := range all {
		others[f.Key] = f
	}
	for _, d := range documents {
		if err := d.belongs(p); err != nil {
			return nil, err
		}
		others[d.Key] = d.On(p)
	}
	drawn := make([]drawnUp, len(files))
	var faults fault.FileFaults
	var conflict error
	for i, d := range documents {
		drawn[i] = drawnUp{text: string(files[i].Data), form: others[d.Key]}
		if at := slices.IndexFunc(all, func(f Form) bool { return f.Key == d.Key }); at >= 0 {
			drawn[i].before = &all[at]
		}
		if drawn[i].stored, err = newestHead(tx, d.Key); err != nil {
			return nil, err
		}
		ever, err := s.history(tx, d.Key, drawn[i].before)
		if err != nil {
			return nil, err
		}
		for _, err := range []error{d.Fits(p, others), d.keeps(ever)} {
			if !gather(&faults, err) {
				conflict = err
			}
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return drawn, conflict
}

func parseAll(files []File) ([]Document, error) {
	var faults fault.FileFaults
	documents := make([]Document, len(files))
	for i, f := range files {
		var err error
		if documents[i], err = Parse(f.Name, f.Data); !gather(&faults, err) {
			return nil, err
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return documents, nil
}

// gather adds the file faults that err is; false when it is another error.
func gather(faults *fault.FileFaults, err error) bool {
	var own fault.FileFaults
	if err != nil && !errors.As(err, &own) {
		return false
	}
	*faults = append(*faults, own...)
	return true
}

// belongs refuses a second form about the plan, and one under its key that does not ask about it.
func (d Document) belongs(p *plan.Plan) error {
	switch ofPlan := d.Key == p.Reporting.Form; {
	case d.Plan && !ofPlan:
		return fault.New(fault.Conflict, "form.not_of_plan", p.Reporting.Form)
	case ofPlan && !d.Plan:
		return fault.New(fault.Conflict, "form.of_plan", d.Key)
	}
	return nil
}

// publish makes the document the newest version, unless it is already.
func (s *Service) publish(tx *gorm.DB, actor accounts.Actor, d drawnUp, note string, dryRun bool) (Form, error) {
	if d.stored.Hash == hash(d.text) {
		return *d.before, nil
	}
	note = strings.TrimSpace(note)
	if d.before != nil && note == "" {
		return Form{}, fault.New(fault.Invalid, "form.note_missing")
	}
	if wrong := CheckText(note, maxNote); wrong != nil {
		return Form{}, fault.New(fault.Invalid, wrong.Key, wrong.Args...)
	}
	form := d.next()
	form.stored = !dryRun
	if dryRun {
		return form, nil
	}
	row := versionRow{
		Form: form.Key, No: form.Version, PlanNo: form.PlanNo, Document: d.text, Hash: hash(d.text), Note: note,
		PublishedAt: s.now(), ByName: actor.Name,
	}
	if err := insert(tx, row); err != nil {
		return Form{}, err
	}
	return form, s.ledger.Record(tx, ledger.Entry{
		At: row.PublishedAt, ActorID: actor.UserID, ActorName: actor.Name, Act: ActPublished, Form: form.Key,
		Detail: map[string]any{"version": row.No, "plan": row.PlanNo, "hash": row.Hash, "note": note},
	})
}
