package reporting_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
	"pilotboard/pkg/reporting"
	"pilotboard/pkg/reporting/reportingtest"
)

func TestReturn(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		ref, reviewer := reportingtest.Ref("community-01", "2019Q3"), p.Actor(t, "reviewer-340100")
		filed := p.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		long := strings.Repeat("字", reporting.MaxNote+1)
		refused := []struct {
			name, note string
			remarks    typed
			wrong      string
		}{
			{"nothing said", "", nil, "note=report.note_missing"},
			{"spaces", " \n　", typed{"m1_2": " "}, "note=report.note_missing"},
			{"remark on an unknown cell", "请核实。", typed{"m9_9": "?"}, "m9_9=cell.unknown"},
			{"remark on a cell of other units", "", typed{"m1_2_covered": "?"}, "m1_2_covered=cell.unknown note=report.note_missing"},
			{"too long", long, typed{"m1_2": long, "m2_1": "请附依据。"}, "note=cell.too_long m1_2=cell.too_long"},
			{"NUL", "a\x00", typed{"m1_2": "\x00"}, "note=cell.bad_text m1_2=cell.bad_text"},
			{"invalid UTF-8", "a\xff", nil, "note=cell.bad_text"},
		}
		before := p.kept(t)
		for _, c := range refused {
			_, err := p.Reports.Return(t.Context(), reviewer, ref, 0, c.note, c.remarks)
			wantFault(t, err, fault.Invalid, "report.return_invalid")
			if fields(err) != c.wrong {
				t.Errorf("%s: %s", c.name, fields(err))
			}
		}
		p.unchanged(t, before)

		returned, err := p.Reports.Return(t.Context(), reviewer, ref, filed.Version, " 请核实。 ", typed{"m1_2": " 与上季不符 ", "m2_1": ""})
		if err != nil {
			t.Fatal(err)
		}
		report := p.Report(t, "community-01", "2019Q3")
		if report.Status != reporting.Returned || report.Note != "请核实。" || !cmp.Equal(report.Remarks, map[string]string{"m1_2": "与上季不符"}) {
			t.Errorf("%s, %q, %v", report.Status, report.Note, report.Remarks)
		}
		if diff := cmp.Diff(returned, report); diff != "" {
			t.Errorf("read otherwise (-returned +read):\n%s", diff)
		}
		saved := p.Save(t, "community-01", "2019Q3", typed{"m1_2": "45"})
		if saved.Note == "" || len(saved.Remarks) != 1 || saved.Status != reporting.Returned {
			t.Errorf("after a correction it says %q, %v", saved.Note, saved.Remarks)
		}
		again := p.Submit(t, "community-01", "2019Q3", nil)
		if again.Note != "" || len(again.Remarks) != 0 || again.Revision != 2 || again.Values["m1_2"] != given(450) {
			t.Errorf("filed again: %+v", again)
		}
		p.Withdraw(t, "community-01", "2019Q3")
		p.Submit(t, "community-01", "2019Q3", nil)
		if _, err := p.Reports.Return(t.Context(), reviewer, ref, 0, "", typed{"practices": "请补充。"}); err != nil {
			t.Errorf("a remark alone: %v", err)
		}
		if _, err := p.Reports.Return(t.Context(), reviewer, ref, 0, "请核实。", nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("returned twice: %v", err)
		}
	})
}

func TestWithdrawKeepsWhatWasFiled(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		filed := p.Submit(t, "community-01", "2019Q3", reportingtest.Community)
		p.Withdraw(t, "community-01", "2019Q3")
		report := p.Report(t, "community-01", "2019Q3")
		if diff := cmp.Diff(filed.Values, report.Values); diff != "" || report.Status != reporting.Open || report.Prefilled || report.Revision != 1 {
			t.Errorf("%s, prefilled %v, revision %d\n%s", report.Status, report.Prefilled, report.Revision, diff)
		}
		p.Save(t, "community-01", "2019Q3", typed{"m2_1": ""})
		revisions, err := p.Reports.Revisions(t.Context(), p.Actor(t, "monitor"), reportingtest.Ref("community-01", "2019Q3"))
		if err != nil || len(revisions) != 1 {
			t.Fatalf("%d revisions, err %v", len(revisions), err)
		}
		if diff := cmp.Diff(filed.Values, revisions[0].Values); diff != "" {
			t.Error(diff)
		}
		again := p.Submit(t, "community-01", "2019Q3", typed{"m2_1": "65"})
		if again.Revision != 2 || !again.FirstSubmittedAt.Equal(filed.FirstSubmittedAt) || !again.SubmittedAt.After(filed.SubmittedAt) {
			t.Errorf("%+v", again)
		}
	})
}

func TestReopenRefusals(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		p.Past(t, "community-01", "2019Q2", reportingtest.Community)
		cases := []struct {
			name, reason, until, wrong string
		}{
			{"no reason", " ", "2019-10-20", "reason=report.reason_missing"},
			{"in the past", "更正", "2019-10-11", "until=report.until_past"},
			{"no day", "更正", "", "until=report.until_past"},
			{"everything", "", "2019-01-01", "reason=report.reason_missing until=report.until_past"},
			{"too long", strings.Repeat("字", reporting.MaxNote+1), "2019-10-20", "reason=cell.too_long"},
			{"NUL", "a\x00", "2019-10-20", "reason=cell.bad_text"},
		}
		before := p.kept(t)
		for _, c := range cases {
			var until period.Date
			if err := until.UnmarshalText([]byte(c.until)); err != nil {
				t.Fatal(err)
			}
			_, err := p.Reports.Reopen(t.Context(), p.Actor(t, "monitor"), reportingtest.Ref("community-01", "2019Q2"), 0, c.reason, until)
			wantFault(t, err, fault.Invalid, "report.reopen_invalid")
			if fields(err) != c.wrong {
				t.Errorf("%s: %s", c.name, fields(err))
			}
		}
		p.unchanged(t, before)
	})
}

// TestACorrectionReplacesTheFigureWhenItIsAccepted: until then the revision accepted before stays.
func TestACorrectionReplacesTheFigureWhenItIsAccepted(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		const unit, quarter = "community-01", "2019Q2"
		ref, monitor := reportingtest.Ref(unit, quarter), p.Actor(t, "monitor")
		p.Past(t, unit, quarter, reportingtest.Community)
		check := func(step string, status reporting.Status, revision, accepted int64) {
			t.Helper()
			r := p.Report(t, unit, quarter)
			if r.Status != status || r.Revision != revision || r.AcceptedRevision != accepted {
				t.Errorf("%s: %s, revision %d, accepted %d", step, r.Status, r.Revision, r.AcceptedRevision)
			}
			obligations, err := reporting.Obligations(p.DB.Read(t.Context()), []int64{r.Unit.ID})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range obligations {
				if o.Period == ref.Period && (!o.Submitted() || !o.Accepted() || !o.OnTime()) {
					t.Errorf("%s: it no longer counts: %+v", step, o)
				}
			}
			figures, err := reporting.AcceptedRevisions(p.DB.Read(t.Context()), reportingtest.Form, []int64{r.Unit.ID}, "")
			if err != nil || int64(len(figures)) != accepted || figures[accepted-1].No != accepted {
				t.Errorf("%s: figures %+v, err %v", step, figures, err)
			}
		}
		check("accepted", reporting.Accepted, 1, 1)
		reopened, err := p.Reports.Reopen(t.Context(), monitor, ref, 0, " 统计口径有误 ", period.MustParseDate("2019-10-20"))
		if err != nil || reopened.Note != "统计口径有误" || reopened.Values["m1_2"] != given(400) {
			t.Fatalf("%+v, err %v", reopened, err)
		}
		check("reopened", reporting.Open, 1, 1)
		p.Save(t, unit, quarter, typed{"m1_2": "55"})
		check("edited", reporting.Open, 1, 1)
		p.Submit(t, unit, quarter, nil)
		check("filed again", reporting.Submitted, 2, 1)
		p.Return(t, unit, quarter)
		check("returned", reporting.Returned, 2, 1)
		p.Submit(t, unit, quarter, typed{"m1_2": "60"})
		p.Accept(t, unit, quarter)
		r := p.Report(t, unit, quarter)
		if r.Status != reporting.Accepted || r.Revision != 3 || r.AcceptedRevision != 3 || r.Values["m1_2"] != given(600) || r.Note != "" {
			t.Errorf("at the end %+v", r)
		}
		old, err := p.Reports.Filed(t.Context(), monitor, ref, 1)
		if err != nil || old.Values["m1_2"] != given(400) || old.AcceptedAt.IsZero() {
			t.Errorf("the first revision is now %+v, err %v", old, err)
		}
	})
}

func TestEveryActIsInTheLedgerOnce(t *testing.T) {
	each(t, func(t *testing.T, p province) {
		const unit, quarter = "community-01", "2019Q3"
		ref := reportingtest.Ref(unit, quarter)
		p.Submit(t, unit, quarter, reportingtest.Community)
		p.Withdraw(t, unit, quarter)
		p.Submit(t, unit, quarter, typed{"m1_2": "45"})
		_, err := p.Reports.Return(t.Context(), p.Actor(t, "reviewer-340100"), ref, 0, "请核实。", typed{"m1_2": "?"})
		wantFault(t, err, 0, "")
		p.Submit(t, unit, quarter, nil)
		p.Accept(t, unit, quarter)
		_, err = p.Reports.Reopen(t.Context(), p.Actor(t, "admin"), ref, 0, "更正", period.MustParseDate("2019-11-11"))
		wantFault(t, err, 0, "")

		history, err := p.Reports.History(t.Context(), p.Actor(t, "viewer"), ref)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i, e := range history {
			var detail map[string]any
			if err := json.Unmarshal(e.Detail.(json.RawMessage), &detail); err != nil {
				t.Fatal(err)
			}
			line := strings.Join([]string{strings.TrimPrefix(e.Act, "report."), e.ActorName, string('0' + rune(e.Revision))}, " ")
			for _, key := range []string{"note", "reason", "until"} {
				if text, ok := detail[key].(string); ok {
					line += " " + key + "=" + text
				}
			}
			if hash, ok := detail["hash"].(string); ok && hash != p.chain(t, unit, quarter)[e.Revision-1].Hash {
				t.Errorf("entry %d speaks of another hash", i)
			}
			if i > 0 && !e.At.After(history[i-1].At) {
				t.Errorf("entry %d is not later than the one before", i)
			}
			got = append(got, line)
		}
		want := []string{
			"opened test 0", "saved clerk-community-01 0", "submitted clerk-community-01 1", "withdrawn clerk-community-01 1",
			"saved clerk-community-01 1", "submitted clerk-community-01 2", "returned reviewer-340100 2 note=请核实。",
			"saved clerk-community-01 2", "submitted clerk-community-01 3", "accepted monitor 3", "reopened admin 3 reason=更正 until=2019-11-11",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}
