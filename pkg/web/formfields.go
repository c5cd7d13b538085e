package web

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"pilotboard/pkg/formedit"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
)

// fieldKind says how a field of a form file is typed in.
type fieldKind string

const (
	lineField   fieldKind = "line"
	areaField   fieldKind = "area"
	selectField fieldKind = "select"
	boxesField  fieldKind = "boxes" // several of a list
	flagField   fieldKind = "flag"
)

// fieldSpec is a field of the head, a section, an item or a check. Choices are the words it takes.
type fieldSpec struct {
	name, label string
	kind        fieldKind
	hint        string
	choices     []string
}

var (
	itemTypes    = []string{"count", "yes_no", "percent", "number", "money", "option", "date", "text"}
	itemKinds    = []string{"", "stock", "flow", "status"}
	qualifiers   = []string{"", "exact", "rounded", "at_least"}
	aggregations = []string{"", "sum", "mean", "min", "max", "count_true", "none"}
)

// headSpecs are the fields of a form's head.
var headSpecs = []fieldSpec{
	{"number", "formedit.f.number", lineField, "", nil},
	{"title", "formedit.f.title", lineField, "", nil},
	{"agency", "formedit.f.agency", lineField, "", nil},
	{"approval", "formedit.f.approval", lineField, "formedit.h.approval", nil},
	{"valid.from", "formedit.f.valid_from", lineField, "formedit.h.day", nil},
	{"valid.until", "formedit.f.valid_until", lineField, "formedit.h.until", nil},
	{"due_days", "formedit.f.due_days", lineField, "formedit.h.due_days", nil},
	{"lock_days", "formedit.f.lock_days", lineField, "formedit.h.lock_days", nil},
	{"filled_by", "formedit.f.filled_by", boxesField, "", forms.UnitTypes},
	{"review", "formedit.f.review", boxesField, "formedit.h.review", []string{"county", "city", "province"}},
	{"source", "formedit.f.source", lineField, "", nil},
	{"sample", "formedit.f.sample", flagField, "formedit.h.sample", nil},
}

var sectionSpecs = []fieldSpec{
	{"key", "formedit.f.key", lineField, "formedit.h.key", nil},
	{"title", "formedit.f.section_title", lineField, "", nil},
}

// itemSpecs are the fields of an item; the sections of the file are put in as choices.
var itemSpecs = []fieldSpec{
	{"key", "formedit.f.key", lineField, "formedit.h.item_key", nil},
	{"title", "formedit.f.item_title", lineField, "", nil},
	{formedit.SectionField, "formedit.f.section", selectField, "", nil},
	{"type", "formedit.f.type", selectField, "", itemTypes},
	{"unit", "formedit.f.unit", lineField, "formedit.h.unit", nil},
	{"decimals", "formedit.f.decimals", lineField, "formedit.h.decimals", nil},
	{"kind", "formedit.f.kind", selectField, "formedit.h.kind", itemKinds},
	{"aggregation", "formedit.f.aggregation", selectField, "", aggregations},
	{"qualifier", "figures.f.qualifier", selectField, "figures.h.qualifier", qualifiers},
	{"definition", "formedit.f.definition", areaField, "formedit.h.definition", nil},
	{"basis", "formedit.f.basis", areaField, "formedit.h.basis", nil},
	{"min", "formedit.f.min", lineField, "", nil},
	{"max", "formedit.f.max", lineField, "", nil},
	{"evidence", "formedit.f.evidence", selectField, "", []string{"", "optional", "required"}},
	{"types", "formedit.f.types", boxesField, "formedit.h.types", forms.UnitTypes},
	{"computed", "formedit.f.computed", areaField, "formedit.h.computed", nil},
	{"options", "formedit.f.options", areaField, "formedit.h.options", nil},
	{"required", "formedit.f.required", flagField, "", nil},
	{"sample", "formedit.f.sample", flagField, "formedit.h.sample", nil},
}

var checkSpecs = []fieldSpec{
	{"key", "formedit.f.key", lineField, "formedit.h.key", nil},
	{"expr", "formedit.f.expr", areaField, "formedit.h.expr", nil},
	{"severity", "formedit.f.severity", selectField, "", []string{"error", "warning"}},
	{"message", "formedit.f.message", areaField, "formedit.h.message", nil},
	{"at", "formedit.f.at", lineField, "formedit.h.at", nil},
	{"each", "formedit.f.each", areaField, "formedit.h.each", nil},
	{"basis", "formedit.f.check_basis", lineField, "", nil},
}

// editField is a field with what is typed in it, what is wrong with that, and what somebody else made of
// it meanwhile.
type editField struct {
	Name, ID, Label, Hint, Value string
	Kind                         fieldKind
	Choices                      []option
	Wrong                        []string
	Stale                        bool
	Theirs                       string
}

// Wide tells whether the field takes a whole row.
func (f editField) Wide() bool { return f.Kind == areaField || f.Kind == boxesField }

// On tells whether a flag is set.
func (f editField) On() bool { return f.Value == "true" }

// editFields makes the fields of a page: typed holds what they show, path is where they stand in the
// file whose faults are given.
func editFields(words locale.Printer, specs []fieldSpec, typed formedit.Fields, faults []formFault, path string) []editField {
	list := make([]editField, len(specs))
	for i, spec := range specs {
		f := editField{
			Name: spec.name, ID: "f-" + strings.ReplaceAll(spec.name, ".", "-"), Label: words.T(spec.label), Kind: spec.kind, Value: typed[spec.name],
		}
		if spec.hint != "" {
			f.Hint = words.T(spec.hint)
		}
		f.Choices = fieldChoices(words, spec, f.Value)
		for _, wrong := range faults {
			if within(wrong.Path, joinPath(path, spec.name)) {
				f.Wrong = append(f.Wrong, wrong.Text)
			}
		}
		list[i] = f
	}
	return list
}

// choicesOf gives the choices of a field. A word that is not among them is one, too: it stands in the file.
func fieldChoices(words locale.Printer, spec fieldSpec, value string) []option {
	var list []option
	chosen := map[string]bool{value: true}
	if spec.kind == boxesField {
		chosen = map[string]bool{}
		for word := range strings.SplitSeq(value, ", ") {
			chosen[word] = word != ""
		}
	}
	for _, word := range spec.choices {
		name := fileWord(words, word)
		if word == "" && spec.name == "evidence" {
			name = words.T("formedit.no_evidence")
		} else if word == "" {
			name = words.T("formedit.usual")
		}
		list = append(list, option{word, name, chosen[word]})
		delete(chosen, word)
	}
	if spec.kind != selectField && spec.kind != boxesField {
		return nil
	}
	for _, word := range slices.Sorted(maps.Keys(chosen)) {
		if chosen[word] {
			list = append(list, option{word, word, true})
		}
	}
	return list
}

// joinPath gives the path of a field below path.
func joinPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// within tells whether a path is a place or lies in it.
func within(path, place string) bool {
	rest, ok := strings.CutPrefix(path, place)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// typedFields gives what was posted for the fields of specs.
func typedFields(specs []fieldSpec, posted url.Values) formedit.Fields {
	typed := formedit.Fields{}
	for _, spec := range specs {
		typed[spec.name] = strings.TrimSpace(oneNewline(strings.Join(posted[spec.name], ", ")))
	}
	return typed
}

// withTheirs marks the fields that say something else in the file than what was typed.
func withTheirs(fields []editField, words locale.Printer, now formedit.Fields) {
	for i, f := range fields {
		if now[f.Name] != f.Value {
			fields[i].Stale, fields[i].Theirs = true, shownField(words, f.Name, now[f.Name])
		}
	}
}

// wordFields are the fields that hold words of form files; the others hold people's own.
var wordFields = map[string]bool{
	"filled_by": true, "review": true, "types": true, "type": true, "kind": true, "aggregation": true, "qualifier": true, "evidence": true, "severity": true,
}

// shownField writes the content of a field for people.
func shownField(words locale.Printer, name, text string) string {
	switch {
	case text == "":
		return words.T("value.blank")
	case name == "sample" || name == "required":
		return words.T("value.yes")
	case wordFields[name]:
		return fileWordList(words, strings.Split(text, ", "), comma(words))
	}
	return text
}

// labelOf gives the label of a field by its name.
func labelOf(words locale.Printer, specs []fieldSpec, name string) string {
	for _, spec := range specs {
		if spec.name == name {
			return words.T(spec.label)
		}
	}
	return name
}
