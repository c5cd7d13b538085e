package forms

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"pilotboard/pkg/accounts"
)

// VersionInfo is a stored version of a form without what it says. By and Note are empty for a version
// that came about by a change of the plan.
type VersionInfo struct {
	No          int64
	PlanNo      int64
	Note        string
	PublishedAt time.Time
	By          string
}

// Versions gives the stored versions of a form, newest first; everybody who can sign in may read them.
// NotFound `form.unknown`.
func (s *Service) Versions(ctx context.Context, actor accounts.Actor, key string) ([]VersionInfo, error) {
	if _, err := s.Form(ctx, actor, key); err != nil {
		return nil, err
	}
	var list []VersionInfo
	err := s.db.Read(ctx).Raw(`SELECT no, plan_no, note, published_at, by_name AS "by" FROM form_versions
		WHERE form = ? ORDER BY no DESC`, key).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("read the versions of form %s: %w", key, err)
	}
	return list, nil
}

// Document gives the file of one version of a form as it was published; everybody who can sign in may
// read it. NotFound `form.no_version`.
func (s *Service) Document(ctx context.Context, actor accounts.Actor, key string, no int64) (string, error) {
	if err := actor.Require(accounts.ReadFigures); err != nil {
		return "", err
	}
	form, err := s.VersionIn(s.db.Read(ctx), key, no)
	if err != nil || form.text != "" {
		return form.text, err
	}
	return usualDocument(form)
}

// usualDocument writes the file that says what the plan's usual form says.
func usualDocument(f Form) (string, error) {
	type item struct {
		Key, Title, Type, Basis string
	}
	type section struct {
		Plan  string `yaml:",omitempty"`
		Key   string `yaml:",omitempty"`
		Items []item `yaml:",omitempty"`
	}
	document := struct {
		Key, Number, Title string
		DueDays            int      `yaml:"due_days"`
		LockDays           int      `yaml:"lock_days"`
		FilledBy           []string `yaml:"filled_by,flow"`
		Sample             bool     `yaml:",omitempty"`
		Source             string   `yaml:",omitempty"`
		Sections           []section
	}{f.Key, f.Number, f.Title, f.DueDays, f.LockDays, f.FilledBy, f.Sample, f.Source, []section{{Plan: "workstreams"}}}
	at := slices.IndexFunc(f.Sections, func(s Section) bool { return s.Key == narrativeSection })
	if at >= 0 && len(f.Sections[at].Items) > 0 {
		narrative := section{Key: narrativeSection}
		for _, i := range f.Sections[at].Items {
			narrative.Items = append(narrative.Items, item{i.Key, i.Title, string(i.Type), i.Basis})
		}
		document.Sections = append(document.Sections, narrative)
	}
	var b strings.Builder
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(document); err != nil {
		return "", fmt.Errorf("write form %s: %w", f.Key, err)
	}
	return b.String(), nil
}
