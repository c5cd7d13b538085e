package exchange

import (
	"github.com/xuri/excelize/v2"
)

// styles are the looks of cells, as ids of a workbook. The fonts are those of official forms; a machine
// without them shows its own.
type styles struct {
	title, head, headRight, sample, note, column, section, label, centre, input, inputText, last, computed, sign, hidden int
}

const (
	fontTitle = "宋体"
	fontBody  = "仿宋"
	black     = "000000"
	greyFill  = "F2F2F2"
	blueFill  = "DDEBF7"
	redFill   = "FFC7CE"
)

var frame = []excelize.Border{
	{Type: "left", Color: black, Style: 1}, {Type: "right", Color: black, Style: 1},
	{Type: "top", Color: black, Style: 1}, {Type: "bottom", Color: black, Style: 1},
}

func fill(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

func newStyles(f *excelize.File) (styles, error) {
	var s styles
	locked, open := &excelize.Protection{Locked: true}, &excelize.Protection{Locked: false}
	body, bold := &excelize.Font{Family: fontBody, Size: 11}, &excelize.Font{Family: fontTitle, Size: 11, Bold: true}
	left := &excelize.Alignment{Horizontal: "left", Vertical: "center", WrapText: true}
	centre := &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	right := &excelize.Alignment{Horizontal: "right", Vertical: "center", WrapText: true}
	top := &excelize.Alignment{Horizontal: "left", Vertical: "top", WrapText: true}
	all := []struct {
		id *int
		excelize.Style
	}{
		{&s.title, excelize.Style{Font: &excelize.Font{Family: fontTitle, Size: 18, Bold: true}, Alignment: centre, Protection: locked}},
		{&s.head, excelize.Style{Font: body, Alignment: left, Protection: locked}},
		{&s.headRight, excelize.Style{Font: body, Alignment: left, Protection: locked}},
		{&s.sample, excelize.Style{Font: &excelize.Font{Family: fontTitle, Size: 12, Bold: true, Color: "C00000"}, Alignment: left, Protection: locked}},
		{&s.note, excelize.Style{Font: &excelize.Font{Family: fontBody, Size: 10, Color: "595959"}, Alignment: left, Protection: locked}},
		{&s.column, excelize.Style{Font: bold, Alignment: centre, Border: frame, Fill: fill(blueFill), Protection: locked}},
		{&s.section, excelize.Style{Font: bold, Alignment: left, Border: frame, Fill: fill(greyFill), Protection: locked}},
		{&s.label, excelize.Style{Font: body, Alignment: left, Border: frame, Protection: locked}},
		{&s.centre, excelize.Style{Font: body, Alignment: centre, Border: frame, Protection: locked}},
		{&s.last, excelize.Style{Font: body, Alignment: right, Border: frame, Fill: fill(greyFill), Protection: locked}},
		{&s.computed, excelize.Style{Font: body, Alignment: right, Border: frame, Fill: fill(greyFill), Protection: locked}},
		{&s.input, excelize.Style{Font: body, Alignment: right, Border: frame, Protection: open}},
		{&s.inputText, excelize.Style{Font: body, Alignment: top, Border: frame, Protection: open}},
		{&s.sign, excelize.Style{Font: body, Alignment: left, Protection: locked}},
		{&s.hidden, excelize.Style{Font: &excelize.Font{Size: 8, Color: "A6A6A6"}, Protection: locked}},
	}
	for _, one := range all {
		id, err := f.NewStyle(&one.Style)
		if err != nil {
			return s, writing("styles", err)
		}
		*one.id = id
	}
	return s, nil
}

// page sets a sheet up for A4 paper, as wide as one page.
func page(f *excelize.File, sheet string, landscape bool, footer string) error {
	a4, wide, high, orientation := 9, 1, 0, "portrait"
	if landscape {
		orientation = "landscape"
	}
	fit := true
	if err := f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	margin, edge := 0.6, 0.3
	if err := f.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{
		Left: &margin, Right: &margin, Top: &margin, Bottom: &margin, Header: &edge, Footer: &edge,
	}); err != nil {
		return err
	}
	if err := f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return err
	}
	return f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&C" + footer})
}

// protect locks a sheet but for its input cells; what only looks may still be changed.
func protect(f *excelize.File, sheet string) error {
	return f.ProtectSheet(sheet, &excelize.SheetProtectionOptions{
		SelectLockedCells: true, SelectUnlockedCells: true, FormatColumns: true, FormatRows: true,
	})
}
