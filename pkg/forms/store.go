package forms

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/plan"
)

// lock is held by whoever makes a version of a form.
const lock = "forms"

// versionRow is a row of form_versions.
type versionRow struct {
	Form        string
	No          int64
	PlanNo      int64
	Document    string
	Hash        string
	Note        string
	PublishedAt time.Time
	ByName      string
}

func (versionRow) TableName() string { return "form_versions" }

// head names a stored version without its document.
type head struct {
	Form   string
	No     int64
	PlanNo int64
	Hash   string
}

const selectHead = "SELECT form, no, plan_no, hash FROM form_versions "

// newestHeads gives the newest stored version of every form.
func newestHeads(tx *gorm.DB) ([]head, error) {
	return heads(tx, "v WHERE no = (SELECT max(n.no) FROM form_versions n WHERE n.form = v.form)")
}

// headsOf gives every stored version of a form, oldest first.
func headsOf(tx *gorm.DB, key string) ([]head, error) {
	return heads(tx, "WHERE form = ? ORDER BY no", key)
}

// newestHead gives the newest stored version of a form; the zero head when there is none.
func newestHead(tx *gorm.DB, key string) (head, error) {
	return first(heads(tx, "WHERE form = ? ORDER BY no DESC LIMIT 1", key))
}

// headAt gives one stored version; the zero head when there is none.
func headAt(tx *gorm.DB, key string, no int64) (head, error) {
	return first(heads(tx, "WHERE form = ? AND no = ?", key, no))
}

func heads(tx *gorm.DB, which string, args ...any) ([]head, error) {
	var list []head
	if err := tx.Raw(selectHead+which, args...).Scan(&list).Error; err != nil {
		return nil, fmt.Errorf("read the versions of forms: %w", err)
	}
	return list, nil
}

func first(list []head, err error) (head, error) {
	if err != nil || len(list) == 0 {
		return head{}, err
	}
	return list[0], nil
}

func insert(tx *gorm.DB, row versionRow) error {
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("write version %d of form %s: %w", row.No, row.Form, err)
	}
	return nil
}

// stored gives a stored version; current is the plan's newest version, nil when the caller has none.
func (s *Service) stored(tx *gorm.DB, current *plan.Plan, h head) (Form, error) {
	var p *plan.Plan
	if h.PlanNo != 0 {
		p = current
		if p == nil || p.No != h.PlanNo {
			var err error
			if p, err = s.plans.VersionIn(tx, h.PlanNo); err != nil {
				return Form{}, err
			}
		}
	}
	form, err := s.read(tx, h, p)
	form.stored = true
	return form, err
}

// version names a document as read with a version of the plan. With the hash, and the plan itself, a
// database that was restored from a backup cannot be mistaken for what it was before.
type version struct {
	head
	plan *plan.Plan
}

// read reads a stored document with a version of the plan, each once.
func (s *Service) read(tx *gorm.DB, h head, p *plan.Plan) (Form, error) {
	if h.PlanNo == 0 {
		p = nil
	}
	if form, ok := s.parsed.Load(version{h, p}); ok {
		return form.(Form), nil
	}
	var row versionRow
	if err := tx.Where("form = ? AND no = ?", h.Form, h.No).Take(&row).Error; err != nil {
		return Form{}, fmt.Errorf("read version %d of form %s: %w", h.No, h.Form, err)
	}
	form, err := row.form(p)
	if err != nil {
		return Form{}, err
	}
	s.parsed.Store(version{head{row.Form, row.No, row.PlanNo, row.Hash}, p}, form)
	return form, nil
}

// form reads the document with p.
func (r versionRow) form(p *plan.Plan) (Form, error) {
	form := Form{}
	if r.Document == "" {
		form = FormOf(p)
	} else {
		d, err := Parse("form", []byte(r.Document))
		if err != nil { // faults of a stored file are not those of whoever asks now
			return Form{}, fmt.Errorf("read version %d of form %s: %s", r.No, r.Form, err.Error())
		}
		form = d.On(p)
	}
	form.Version, form.text = r.No, r.Document
	return form, nil
}

func hash(document string) string {
	sum := sha256.Sum256([]byte(document))
	return hex.EncodeToString(sum[:])
}
