package forms

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/epoch"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/ledger"
	"pilotboard/pkg/period"
	"pilotboard/pkg/plan"
)

// Service keeps forms and their versions. It owns the tables form_versions and form_drafts.
type Service struct {
	db     *database.DB
	plans  *plan.Service
	ledger *ledger.Ledger
	clock  period.Clock
	parsed sync.Map // version → Form

	newest   *epoch.Kept[string, Form] // by key
	versions *epoch.Kept[versionKey, Form]
	all      *epoch.Kept[struct{}, []Form]
}

// New makes the service.
func New(db *database.DB, plans *plan.Service, l *ledger.Ledger, clock period.Clock) *Service {
	return &Service{
		db: db, plans: plans, ledger: l, clock: clock, newest: epoch.KeepCommon[string, Form](256),
		versions: epoch.KeepCommon[versionKey, Form](1024), all: epoch.KeepCommon[struct{}, []Form](1),
	}
}

// now gives the moment with the precision that both databases keep.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Microsecond) }

// Form gives the newest version of a form; everybody who can sign in may read it. NotFound
// `form.unknown`.
func (s *Service) Form(ctx context.Context, actor accounts.Actor, key string) (Form, error) {
	if err := actor.Require(accounts.ReadFigures); err != nil {
		return Form{}, err
	}
	return s.Current(ctx, key)
}

// Current is CurrentIn outside a transaction, for services that have asked the permission.
func (s *Service) Current(ctx context.Context, key string) (Form, error) {
	return s.newest.Get(ctx, key, func() (Form, error) { return s.CurrentIn(s.db.Read(ctx), key) })
}

// Forms gives the newest version of every form, the plan's first, the others by number.
func (s *Service) Forms(ctx context.Context) ([]Form, error) {
	list, err := s.all.Get(ctx, struct{}{}, func() ([]Form, error) { return s.AllIn(s.db.Read(ctx)) })
	return slices.Clone(list), err
}

// AllIn is Forms as tx sees it.
func (s *Service) AllIn(tx *gorm.DB) ([]Form, error) {
	p, err := s.plans.CurrentIn(tx)
	if err != nil {
		return nil, err
	}
	heads, err := newestHeads(tx)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(heads, func(h head) bool { return h.Form == p.Reporting.Form }) {
		heads = append(heads, head{Form: p.Reporting.Form})
	}
	list := make([]Form, len(heads))
	for i, h := range heads {
		if list[i], err = s.current(tx, p, h); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b Form) int {
		switch p.Reporting.Form {
		case a.Key:
			return -1
		case b.Key:
			return 1
		}
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Key, b.Key))
	})
	return list, nil
}

// CurrentIn gives the newest version of a form as tx sees it; of the form that asks about the plan, read
// with the current plan, in a version that may not be stored yet. NotFound `form.unknown`.
func (s *Service) CurrentIn(tx *gorm.DB, key string) (Form, error) {
	p, err := s.plans.CurrentIn(tx)
	if err != nil {
		return Form{}, err
	}
	h, err := newestHead(tx, key)
	if err != nil {
		return Form{}, err
	}
	if h.No == 0 && key != p.Reporting.Form {
		return Form{}, fault.New(fault.NotFound, "form.unknown", key)
	}
	h.Form = key
	return s.current(tx, p, h)
}

// current gives the newest version of a form whose newest stored version is h, the zero one for none.
func (s *Service) current(tx *gorm.DB, p *plan.Plan, h head) (Form, error) {
	switch {
	case h.No == 0:
		return FormOf(p), nil
	case h.PlanNo == 0 || h.PlanNo == p.No:
		return s.stored(tx, p, h)
	}
	form, err := s.read(tx, h, p)
	form.Version = h.No + 1
	return form, err
}

// VersionIn gives one version of a form as tx sees it; before a version of the plan's form was stored,
// the version of the plan with that number. NotFound `form.no_version`. What was filed on a version never
// changes, so it is kept in memory for transactions too.
func (s *Service) VersionIn(tx *gorm.DB, key string, no int64) (Form, error) {
	return s.versions.Get(tx.Statement.Context, versionKey{key, no}, func() (Form, error) { return s.version(tx, key, no) })
}

func (s *Service) version(tx *gorm.DB, key string, no int64) (Form, error) {
	heads, err := headsOf(tx, key)
	if err != nil {
		return Form{}, err
	}
	for _, h := range heads {
		if h.No == no {
			return s.stored(tx, nil, h)
		}
	}
	if len(heads) > 0 && no > heads[0].No {
		form, err := s.CurrentIn(tx, key)
		if err == nil && form.Version != no {
			return Form{}, fault.New(fault.NotFound, "form.no_version", no)
		}
		return form, err
	}
	p, err := s.plans.VersionIn(tx, no)
	if fault.Is(err, fault.NotFound) || (err == nil && p.Reporting.Form != key) {
		return Form{}, fault.New(fault.NotFound, "form.no_version", no)
	}
	if err != nil {
		return Form{}, err
	}
	return FormOf(p), nil
}

// Reading reads versions of forms as one transaction sees them, each once. It belongs to one goroutine.
type Reading struct {
	service *Service
	tx      *gorm.DB
	known   map[versionKey]Form
}

type versionKey struct {
	form string
	no   int64
}

// ReadingIn begins to read versions inside tx.
func (s *Service) ReadingIn(tx *gorm.DB) *Reading {
	return &Reading{service: s, tx: tx, known: map[versionKey]Form{}}
}

// Version is VersionIn.
func (r *Reading) Version(key string, no int64) (Form, error) {
	if form, ok := r.known[versionKey{key, no}]; ok {
		return form, nil
	}
	form, err := r.service.VersionIn(r.tx, key, no)
	if err == nil {
		r.known[versionKey{key, no}] = form
	}
	return form, err
}

// Keep makes sure inside tx that the version can be read for ever, before anything is filed on it.
// Conflict `form.changed_meanwhile` when it is no longer the newest one.
func (s *Service) Keep(tx *gorm.DB, form Form) error {
	if form.stored {
		return nil
	}
	kept, err := s.kept(tx, form)
	if err != nil || kept {
		return err
	}
	if err := s.db.Lock(tx, lock); err != nil {
		return err
	}
	if kept, err = s.kept(tx, form); err != nil || kept {
		return err
	}
	newest, err := s.CurrentIn(tx, form.Key)
	if err != nil {
		return err
	}
	if newest.Version != form.Version || newest.PlanNo != form.PlanNo || newest.text != form.text {
		return fault.New(fault.Conflict, "form.changed_meanwhile")
	}
	err = insert(tx, versionRow{
		Form: form.Key, No: form.Version, PlanNo: form.PlanNo, Document: form.text, Hash: hash(form.text), PublishedAt: s.now(),
	})
	if err != nil {
		return err
	}
	return epoch.Raise(tx, epoch.Common, s.now())
}

// kept tells whether the version is stored; Conflict when another one is under its number.
func (s *Service) kept(tx *gorm.DB, form Form) (bool, error) {
	h, err := headAt(tx, form.Key, form.Version)
	if err != nil || h.No == 0 {
		return false, err
	}
	if h.PlanNo != form.PlanNo || h.Hash != hash(form.text) {
		return false, fault.New(fault.Conflict, "form.changed_meanwhile")
	}
	return true, nil
}
