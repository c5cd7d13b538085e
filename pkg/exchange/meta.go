package exchange

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"pilotboard/pkg/forms"
	"pilotboard/pkg/period"
)

// The sheets that nobody sees: what the workbook is about, and the choices of drop-downs that are too
// long for a cell's own rule.
const (
	metaSheet = "_pilotboard"
	listSheet = "_choices"
)

// The two sorts of workbooks.
const (
	KindReport = "report"
	KindBatch  = "batch"
)

// meta is what a workbook is about. Unit, Period and Version are of a workbook for one report; a batch
// has them in each row. Heading is that of the column to fill in of a report.
type meta struct {
	Kind        string
	Form        string
	FormVersion int64
	Unit        string
	Period      period.Quarter
	Version     int64
	Heading     string
	Items       []metaItem
}

// metaItem is an item in the order of the sheet, with what it meant when the workbook was made.
type metaItem struct{ Key, Meaning string }

// meaning tells two definitions of an item apart: a value given for one must not be taken for another.
func meaning(item forms.Item) string {
	parts := []string{
		item.Title, item.Definition, item.Unit, string(item.Type), string(item.Kind), item.Milestone, item.Computed,
		strconv.Itoa(item.Decimals),
	}
	for _, choice := range item.Options {
		parts = append(parts, choice.Key, choice.Title)
	}
	return digest(parts)
}

func digest(parts []string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x1f")))
	return hex.EncodeToString(sum[:8])
}

// fields are the lines of the hidden sheet, but for items and the seal.
func (m meta) fields() [][2]string {
	quarter := ""
	if m.Period != 0 {
		quarter = m.Period.String()
	}
	return [][2]string{
		{"kind", m.Kind}, {"form", m.Form}, {"form_version", strconv.FormatInt(m.FormVersion, 10)}, {"unit", m.Unit},
		{"period", quarter}, {"version", strconv.FormatInt(m.Version, 10)}, {"heading", m.Heading},
	}
}

// seal goes with the content of the hidden sheet. It is no secret: it finds what was changed by mistake
// or by a converter, while who may file what is asked for every report as everywhere else.
func (m meta) seal() string {
	var parts []string
	for _, f := range m.fields() {
		parts = append(parts, f[0], f[1])
	}
	for _, item := range m.Items {
		parts = append(parts, item.Key, item.Meaning)
	}
	return digest(parts)
}

// identifier is the name of the workbook in its properties, which survives where sheets are copied.
func (m meta) identifier() string {
	f := m.fields()
	return fmt.Sprintf("pilotboard:%s:%s:%s:%s:%s:%s:%s", m.Kind, m.Form, f[2][1], m.Unit, f[4][1], f[5][1], m.seal())
}

// write puts the hidden sheet and the properties into a workbook.
func (m meta) write(f *excelize.File, title string) error {
	if _, err := f.NewSheet(metaSheet); err != nil {
		return writing("the hidden sheet", err)
	}
	row := 0
	put := func(values ...any) error {
		row++
		return writing("the hidden sheet", f.SetSheetRow(metaSheet, "A"+strconv.Itoa(row), &values))
	}
	for _, field := range m.fields() {
		if err := put(field[0], field[1]); err != nil {
			return err
		}
	}
	if err := put("seal", m.seal()); err != nil {
		return err
	}
	for _, item := range m.Items {
		if err := put("item", item.Key, item.Meaning); err != nil {
			return err
		}
	}
	if err := f.SetSheetVisible(metaSheet, false, true); err != nil {
		return writing("the hidden sheet", err)
	}
	return writing("the properties", f.SetDocProps(&excelize.DocProperties{
		Creator: "pilotboard", Identifier: m.identifier(), Title: title,
	}))
}

// meta reads the hidden sheet. A workbook without it is not one of ours; one whose seal is wrong has
// been tampered with.
func (b *book) meta() (meta, error) {
	s, ok := b.sheet(metaSheet)
	if !ok {
		return meta{}, invalid("exchange.file.not_ours")
	}
	var m meta
	lines, sealed := map[string]string{}, ""
	_, err := b.scan(s, maxReportRows, func(_ int, cells []cell) error {
		var texts [4]string
		for _, c := range cells {
			if c.col <= len(texts) {
				texts[c.col-1] = strings.TrimSpace(c.text)
			}
		}
		switch texts[0] {
		case "item":
			m.Items = append(m.Items, metaItem{texts[1], texts[2]})
		case "seal":
			sealed = texts[1]
		default:
			lines[texts[0]] = texts[1]
		}
		return nil
	})
	if err != nil {
		return meta{}, err
	}
	if err := m.fill(lines); err != nil {
		return meta{}, err
	}
	if m.seal() != sealed || strings.HasPrefix(b.id, "pilotboard:") && b.id != m.identifier() {
		return meta{}, invalid("exchange.file.tampered")
	}
	return m, nil
}

func (m *meta) fill(lines map[string]string) error {
	m.Kind, m.Form, m.Unit, m.Heading = lines["kind"], lines["form"], lines["unit"], lines["heading"]
	var err1, err2, err3 error
	m.FormVersion, err1 = strconv.ParseInt(lines["form_version"], 10, 64)
	m.Version, err2 = strconv.ParseInt(lines["version"], 10, 64)
	if lines["period"] != "" {
		m.Period, err3 = period.Parse(lines["period"])
	}
	if err1 != nil || err2 != nil || err3 != nil || m.Kind != KindReport && m.Kind != KindBatch ||
		!keyPattern.MatchString(m.Form) || m.Unit != "" && !keyPattern.MatchString(m.Unit) {
		return invalid("exchange.file.tampered")
	}
	return nil
}

// changed gives the items of the workbook that mean something else on another version of the form, or are
// not asked there any more.
func (m meta) changed(form forms.Form) []string {
	var changed []string
	for _, old := range m.Items {
		if item, ok := form.Item(old.Key); !ok || meaning(item) != old.Meaning {
			changed = append(changed, old.Key)
		}
	}
	return changed
}

// checkForm refuses a workbook that was made for another form than the one there is now.
func (m meta) checkForm(form forms.Form) error {
	if m.FormVersion > form.Version {
		return invalid("exchange.form.newer", m.FormVersion, form.Version)
	}
	changed := m.changed(form)
	switch {
	case len(changed) == 0:
		return nil
	case m.FormVersion == form.Version:
		return invalid("exchange.file.tampered")
	}
	return invalid("exchange.form.changed", m.FormVersion, form.Version, strings.Join(changed, "、"))
}
