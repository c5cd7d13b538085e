package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/locale"
	"pilotboard/pkg/reporting"
)

// sheetData is matrix entry: units by items. Without a Title nothing has been opened yet.
type sheetData struct {
	Forms, Periods, Places []option
	Title                  string
	User                   int64 // for whom the page was made
	Groups                 []sheetGroup
	Columns                []sheetColumn
	Rows                   []sheetRow
	First, Next            string // addresses; empty when there is none
}

// sheetGroup is a section over its columns.
type sheetGroup struct {
	Title string
	Span  int
}

// sheetColumn is an item that is typed in. Choices are the texts of its values, as JSON; empty where
// anything may be typed.
type sheetColumn struct {
	forms.Item
	Label, Code, Explained string
	Choices                string
	Optional               bool // may be not applicable
}

type sheetRow struct {
	reporting.SheetRow
	URL, Edit string // Edit is where its cells are saved; empty for a row that is only read
	State     state
	Cells     []sheetCell
}

// sheetCell is a cell; one that the unit is not asked is nothing but a place.
type sheetCell struct {
	Asked, Same bool // Same as last quarter
	Text        string
	Was, Last   string // contents, encoded; Last is empty when there is none
}

// showMatrix is the sheet for filing many reports of one form at once.
func (s *Server) showMatrix(c echo.Context) error {
	ctx, words := c.Request().Context(), s.words(c)
	actor, _ := actorOf(c)
	f, err := filterOf(c)
	if err != nil {
		return err
	}
	data := sheetData{User: actor.UserID}
	if err := s.fillSheetChoices(ctx, words, actor, &f, &data); err != nil {
		return err
	}
	if f.Period != 0 {
		if err := s.fillSheet(ctx, words, actor, f, &data); err != nil {
			return err
		}
		data.page(f, c.QueryParams())
	}
	return s.render(c, http.StatusOK, "matrix.html", view{Title: words.T("menu.matrix"), Section: sectionMatrix, Sheet: true, Data: data})
}

// fillSheetChoices offers forms, quarters and places; where the address leaves out form or quarter it takes
// the first form and the latest quarter.
func (s *Server) fillSheetChoices(ctx context.Context, words locale.Printer, actor accounts.Actor, f *reporting.Filter, data *sheetData) error {
	all, err := s.Forms.Forms(ctx)
	if err != nil {
		return err
	}
	if f.Form == "" && len(all) > 0 {
		f.Form = all[0].Key
	}
	calendar, err := s.Reports.Periods(ctx)
	if err != nil {
		return err
	}
	for _, c := range calendar {
		if c.Form == f.Form && f.Period == 0 {
			f.Period = c.Period
		}
	}
	data.Forms, data.Periods = formChoices(all, f.Form), calendarChoices(words, calendar, *f)
	data.Places, err = s.placesOf(ctx, actor, f.Scope)
	return err
}

func (s *Server) fillSheet(ctx context.Context, words locale.Printer, actor accounts.Actor, f reporting.Filter, data *sheetData) error {
	rows, form, next, err := s.Reports.Sheet(ctx, actor, f)
	if err != nil {
		return err
	}
	data.Title, data.Next = form.Title, next
	if err := data.head(words, form, rows); err != nil {
		return err
	}
	for _, r := range rows {
		row := sheetRow{SheetRow: r, URL: reportURL(r.Unit.Key, r.Summary.Form, r.Period), State: stateOf(r.Status, r.Late(s.today()))}
		if r.Editable {
			row.Edit = row.URL
		}
		for _, column := range data.Columns {
			row.Cells = append(row.Cells, sheetCellOf(words, r, column))
		}
		data.Rows = append(data.Rows, row)
	}
	return nil
}

// head makes the columns: the items, beside words, that any of the rows is asked.
func (d *sheetData) head(words locale.Printer, form forms.Form, rows []reporting.SheetRow) error {
	asked := map[string]bool{}
	for _, r := range rows {
		for _, section := range r.Form.Sections {
			for _, item := range section.Items {
				asked[item.Key] = true
			}
		}
	}
	for _, section := range form.Sections {
		group := sheetGroup{Title: section.Name(words)}
		for _, item := range section.Items {
			if item.Type == forms.Text || !asked[item.Key] {
				continue
			}
			choices, err := sheetChoices(words, item)
			if err != nil {
				return err
			}
			group.Span++
			d.Columns = append(d.Columns, sheetColumn{
				Item: item, Label: item.Name(words), Code: item.Milestone, Explained: item.Explanation(words),
				Choices: choices, Optional: item.Typed(),
			})
		}
		if group.Span > 0 {
			d.Groups = append(d.Groups, group)
		}
	}
	return nil
}

// sheetChoice is a value that a cell can have, and its name.
type sheetChoice struct {
	Value string `json:"value"`
	Name  string `json:"name"`
}

// sheetChoices gives what a cell is chosen from, as JSON for the page's script.
func sheetChoices(words locale.Printer, item forms.Item) (string, error) {
	var list []sheetChoice
	switch item.Type {
	case forms.YesNo:
		list = []sheetChoice{{"true", words.T("value.yes")}, {"false", words.T("value.no")}}
	case forms.Option:
		for _, o := range item.Options {
			list = append(list, sheetChoice{o.Key, o.Title})
		}
	default:
		return "", nil
	}
	text, err := json.Marshal(list)
	if err != nil {
		return "", fmt.Errorf("write the choices of %s: %w", item.Key, err)
	}
	return string(text), nil
}

func sheetCellOf(words locale.Printer, r reporting.SheetRow, column sheetColumn) sheetCell {
	item, ok := r.Form.Item(column.Key)
	if !ok {
		return sheetCell{}
	}
	now := contentOf(item, r.Values[item.Key])
	cell := sheetCell{Asked: true, Was: now.encode(), Text: now.in(words, item)}
	if r.Last != nil {
		cell.Last = contentOf(item, r.Last[item.Key]).encode()
		cell.Same = cell.Last == cell.Was
	}
	return cell
}

// in gives a content as it stands in a sheet: bare, with what can be chosen by its name.
func (c content) in(words locale.Printer, item forms.Item) string {
	switch {
	case c.NotApplicable:
		return words.T("value.not_applicable")
	case item.Type == forms.YesNo && c.Value == "true":
		return words.T("value.yes")
	case item.Type == forms.YesNo && c.Value == "false":
		return words.T("value.no")
	}
	for _, o := range item.Options {
		if o.Key == c.Value {
			return o.Title
		}
	}
	return c.Value
}

// page makes addresses of the cursor in Next.
func (d *sheetData) page(f reporting.Filter, asked url.Values) {
	query := url.Values{"form": {f.Form}, "period": {f.Period.String()}}
	for _, name := range []string{"scope", "status", "batch", "type"} {
		if text := asked.Get(name); text != "" {
			query.Set(name, text)
		}
	}
	if f.After != "" {
		d.First = "/matrix?" + query.Encode()
	}
	if d.Next != "" {
		query.Set("after", d.Next)
		d.Next = "/matrix?" + query.Encode()
	}
}
