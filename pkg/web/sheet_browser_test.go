package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/forms"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/web/browsertest"
)

// sheetWindow is a reviewer's window with a sheet in it.
type sheetWindow struct {
	*browsertest.Window
	t *testing.T
	s *site
}

// openSheet gives five communities of the first batch to 巢湖市, the last of which has filed, and opens
// their sheet.
func openSheet(t *testing.T) *sheetWindow {
	t.Helper()
	s := newSite(t, databasetest.Open(t, database.SQLite))
	file := "key,name,division,type,batch,since,since_precision,until,placeholder,document\n"
	for i := range 5 {
		file += fmt.Sprintf("sheet-%d,表格社区%d,340181,community,2018,2018-11-22,day,,true,\n", i+1, i+1)
	}
	if _, err := s.Plans.ImportPilots(context.Background(), accounts.System("test"), "more.csv", strings.NewReader(file), false); err != nil {
		t.Fatal(err)
	}
	s.OpenPeriods(t)
	s.Past(t, "sheet-1", "2019Q2", reportingtest.Community)
	s.Submit(t, "sheet-5", "2019Q3", reportingtest.Community)
	s.Actor(t, "reviewer-340181")
	w := &sheetWindow{browsertest.Open(t, s.url), t, s}
	w.LogIn("reviewer-340181", reportingtest.Password)
	w.Go("/matrix?batch=2018&type=community&period=2019Q3")
	w.See(".sheet")
	return w
}

// cell is the script that finds a cell, by row and column from 1.
func cell(row, column int) string {
	return fmt.Sprintf("document.querySelectorAll('.sheet tbody tr')[%d].querySelectorAll('td:not(.sheet-state)')[%d]", row-1, column-1)
}

// at waits until the focus is on a cell.
func (w *sheetWindow) at(row, column int) {
	w.t.Helper()
	w.Becomes("document.activeElement === "+cell(row, column), "true")
}

func (w *sheetWindow) state(row, column int, state, text string) {
	w.t.Helper()
	w.Becomes(cell(row, column)+".dataset.state", state)
	w.Becomes(cell(row, column)+".textContent", text)
}

func (w *sheetWindow) press(keys string, modifiers ...chromedp.Modifier) {
	w.t.Helper()
	w.Do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...)))
}

// paste gives the cell that has the focus what a spreadsheet puts on the clipboard.
func (w *sheetWindow) paste(text string) {
	w.t.Helper()
	w.Do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => {
		const data = new DataTransfer();
		data.setData('text/plain', %q);
		document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
	})()`, text)))
}

func (w *sheetWindow) says(selector, text string) {
	w.t.Helper()
	w.Becomes(fmt.Sprintf("document.querySelector('%s').textContent.includes(%q)", selector, text), "true")
}

// holds gives what the server has of a unit, item by item.
func (w *sheetWindow) holds(row int) string {
	w.t.Helper()
	values := w.s.Report(w.t, fmt.Sprintf("sheet-%d", row), "2019Q3").Values
	var texts []string
	for _, item := range []string{"m1_1", "m1_2", "m1_3", "m2_1", "m2_2"} {
		switch v := values[item]; v.State {
		case forms.Given:
			texts = append(texts, fmt.Sprint(v.Number))
		case forms.NotApplicable:
			texts = append(texts, "n")
		default:
			texts = append(texts, "-")
		}
	}
	return strings.Join(texts, " ")
}

func (w *sheetWindow) wantHolds(row int, want string) {
	w.t.Helper()
	if got := w.holds(row); got != want {
		w.t.Errorf("row %d holds %s, want %s", row, got, want)
	}
}

// TestSheetInABrowser pastes a block of four rows by five columns, of which three cells are wrong, and goes
// on by keys.
func TestSheetInABrowser(t *testing.T) {
	w := openSheet(t)
	w.Do(chromedp.Evaluate[chromedp.Void](cell(1, 1) + ".focus()"))
	w.Becomes(cell(1, 2)+".className", "same")
	w.paste("是\t41\t1,000\t70\t30%\r\n否\t\"52.5%\"\t12.5\t６６\t0\r\n是\t不适用\t0\t\"6\"\t100\r\n是\t120\tx\t\"1\t\"\"2\"\"\"\t5\r\n")
	w.says(".sheet-status", chinese("matrix.some_wrong", 3))
	w.Becomes("document.querySelectorAll('.sheet td[data-state=saving], .sheet td[data-state=unsaved]').length", "0")
	w.wantHolds(1, "1 410 10000 70 300")
	w.wantHolds(2, "0 525 125 66 0")
	w.wantHolds(3, "1 n 0 6 1000")
	w.wantHolds(4, "1 - - - 50")
	w.state(4, 2, "invalid", "120")
	w.state(4, 4, "invalid", "1\t\"2\"")
	w.state(2, 2, "saved", "52.5")
	w.state(3, 2, "saved", chinese("value.not_applicable"))
	w.says(".sheet-problems", chinese("cell.over_max", "100"))
	w.says(".sheet-problems", chinese("cell.not_a_number"))

	w.Click(".sheet-problems li:first-child button") // the first wrong cell
	w.at(4, 2)
	w.press("80")
	w.press(kb.Tab)
	w.state(4, 2, "saved", "80")
	w.at(4, 3)
	w.press("3.5" + kb.Enter)
	w.state(4, 3, "saved", "3.5")
	w.at(5, 3)
	w.press("9") // a report that has been filed stays as it is
	w.at(5, 3)
	w.says("#sheet-cell", chinese("matrix.read_only"))
	w.press(kb.ArrowUp + kb.ArrowRight)
	w.at(4, 4)
	w.press(kb.F2)
	w.Becomes("document.activeElement.value", "1\t\"2\"")
	w.press("7" + kb.Escape)
	w.state(4, 4, "invalid", "1\t\"2\"")
	w.press(kb.Delete)
	w.says(".sheet-status", chinese("matrix.all_saved"))
	w.wantHolds(4, "1 800 35 - 50")

	w.fillDown()
	w.clash()
	w.Quiet()
}

// fillDown fills two columns down over three rows, and one cell from the one above.
func (w *sheetWindow) fillDown() {
	w.t.Helper()
	w.Do(chromedp.Evaluate[chromedp.Void](cell(2, 2) + ".focus()"))
	w.press(kb.ArrowDown+kb.ArrowDown+kb.ArrowRight, chromedp.ModifierShift)
	w.press("d", chromedp.ModifierCtrl)
	w.state(4, 2, "saved", "52.5")
	w.state(4, 3, "saved", "12.5")
	w.state(3, 3, "saved", "12.5")
	w.says(".sheet-status", chinese("matrix.all_saved"))
	w.wantHolds(3, "1 525 125 6 1000")
	w.wantHolds(4, "1 525 125 - 50")
	w.press(kb.ArrowRight) // one cell again
	w.at(4, 4)
	w.press("d", chromedp.ModifierCtrl)
	w.state(4, 4, "saved", "6")
	w.wantHolds(4, "1 525 125 6 50")
}

// clash lets somebody else change a cell that is shown here.
func (w *sheetWindow) clash() {
	w.t.Helper()
	w.s.Save(w.t, "sheet-2", "2019Q3", reportingtest.Values{"m2_1": "60"})
	w.Do(chromedp.Evaluate[chromedp.Void](cell(2, 4) + ".focus()"))
	w.press("61" + kb.Enter)
	w.state(2, 4, "clash", "61")
	w.says(".sheet-problems", "用户 clerk-sheet-2")
	w.Becomes("[...document.querySelectorAll('.sheet-problems button')].map((one) => one.textContent).join('|')",
		"表格社区2 · 纸质证明事项|"+chinese("matrix.mine", "61")+"|"+chinese("matrix.theirs", "60 项"))
	w.Click(".sheet-problems li button:nth-of-type(2)")
	w.state(2, 4, "saved", "61")
	w.wantHolds(2, "0 525 125 61 0")
}

func TestParseBlockInABrowser(t *testing.T) {
	w := openSheet(t)
	for text, want := range map[string]string{
		"":                        `[[""]]`,
		"a\tb\r\nc\td\r\n":        `[["a","b"],["c","d"]]`,
		"a\tb\nc\t\n":             `[["a","b"],["c",""]]`,
		"\"a\tb\nc\"\t\"d\"\"e\"": `[["a\tb\nc","d\"e"]]`,
		"\r\nx":                   `[[""],["x"]]`,
		"5\" pipe\t\"":            `[["5\" pipe",""]]`,
		"a\tb\r\nc":               `[["a","b"],["c"]]`,
	} {
		w.Becomes(fmt.Sprintf("JSON.stringify(window.pilotboard.parseBlock(%q))", text), want)
	}
	w.Quiet()
}
