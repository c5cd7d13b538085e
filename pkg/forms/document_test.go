package forms

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// givenValue draws a value that the item lets in.
func givenValue(item Item) *rapid.Generator[Value] {
	return rapid.Custom(func(t *rapid.T) Value {
		switch item.Type {
		case YesNo:
			return number(rapid.Int64Range(0, 1).Draw(t, "yes"))
		case Text:
			s := newlines.Replace(rapid.StringN(1, 60, -1).Filter(func(s string) bool {
				return utf8.ValidString(s) && !strings.ContainsRune(s, 0) && strings.TrimSpace(s) != ""
			}).Draw(t, "text"))
			return text(s)
		case Option:
			return number(rapid.SampledFrom(item.Options).Draw(t, "option").Code)
		case Date:
			first, last := firstDay, lastDay
			if item.Min > 0 {
				first, last = dayOf(item.Min), dayOf(item.Max)
			}
			return valueOfDay(first.AddDays(rapid.IntRange(0, last.DaysSince(first)).Draw(t, "day")))
		case Percent:
			return number(rapid.Int64Range(0, 100*pow10(item.Decimals)).Draw(t, "percent"))
		}
		greatest := item.Max
		if greatest == 0 {
			greatest = maxNumber
		}
		return number(rapid.Int64Range(item.Min, greatest).Draw(t, "number"))
	})
}

func TestWhatIsFormattedParsesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		item := Item{
			Type:     rapid.SampledFrom(types).Draw(t, "type"),
			Decimals: rapid.IntRange(0, 6).Draw(t, "decimals"),
			Options:  options,
		}
		if item.Type == Number || item.Type == Count || item.Type == Money {
			item.Max = rapid.Int64Range(0, maxNumber).Draw(t, "max")
			item.Min = rapid.Int64Range(-maxNumber, item.Max).Draw(t, "min")
		}
		v := givenValue(item).Draw(t, "value")
		written := item.Format(v)
		if back, message := item.Parse(written); message != nil || back != v {
			t.Fatalf("%+v was written %q and read as %+v (%v)", v, written, back, message)
		}
		if item.Type == Number && !strings.ContainsAny(written, ".-") {
			grouped := written
			for i := len(grouped) - 3; i > 0; i -= 3 {
				grouped = grouped[:i] + "," + grouped[i:]
			}
			if back, message := item.Parse(grouped); message != nil || back != v {
				t.Fatalf("%q was read as %+v (%v)", grouped, back, message)
			}
		}
	})
}

// TestParseNeverLetsInMoreThanItsRange: whatever is typed is refused, or is a value in range that
// stays the same when it is written and read again. What is computed has no range.
func TestParseNeverLetsInMoreThanItsRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		item := rapid.SampledFrom(testForm.items()).Filter(Item.Typed).Draw(t, "item")
		typed := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ 　]?[-+]?[0-9０-９,，.．]{0,18}[%％]?`),
			rapid.StringMatching(`[12][0-9]{3}[-/年][0-9]{1,2}[-/月][0-9]{1,2}日?`)).Draw(t, "typed")
		v, message := item.Parse(typed)
		if message != nil || v.State == Blank {
			return
		}
		if v.Number < min(item.Min, 0) || v.Number > maxNumber || (item.Max > 0 && v.Number > item.Max) || utf8.RuneCountInString(v.Text) > MaxNarrative {
			t.Fatalf("%q was let in as %+v", typed, v)
		}
		if back, message := item.Parse(item.Format(v)); message != nil || back != v {
			t.Fatalf("%q became %+v and then %+v (%v)", typed, v, back, message)
		}
	})
}

func TestADocumentReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := Values{}
		for _, s := range testForm.Sections {
			for _, item := range s.Items {
				switch rapid.SampledFrom([]State{Blank, Given, NotApplicable}).Draw(t, item.Key) {
				case Given:
					values[item.Key] = givenValue(item).Draw(t, "value")
				case NotApplicable:
					values[item.Key] = Value{State: NotApplicable}
				}
			}
		}
		document, err := testForm.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		back, err := testForm.Unmarshal(document)
		if diff := cmp.Diff(values, back); err != nil || diff != "" {
			t.Fatalf("err %v\n%s", err, diff)
		}
		if again, err := testForm.Marshal(back); err != nil || again != document {
			t.Fatalf("the same values gave %s and %s, err %v", document, again, err)
		}
	})
}

func FuzzItemParse(f *testing.F) {
	for _, seed := range []string{"125", "１，２３４．５", "-0.5", "80%", "是", "已上线", "LIVE", "2019-10-31", "2019年2月30日", "2019/1/5", "a\r\nb", "1e5", "", "\xff", "=1+1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		for _, item := range testForm.items() {
			v, message := item.Parse(typed)
			if message != nil {
				if v != (Value{}) || message.Key == "" {
					t.Fatalf("%q in %s gave %+v and %v", typed, item.Key, v, message)
				}
				continue
			}
			if back, message := item.Parse(item.Format(v)); message != nil || back != v {
				t.Fatalf("%q in %s became %+v and then %+v (%v)", typed, item.Key, v, back, message)
			}
		}
	})
}
