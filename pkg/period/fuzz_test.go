package period

import "testing"

// FuzzParse: whatever is read as a quarter or a day is written back to the same one.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"2019Q3", "2019q3", "0000Q1", "2019Q5", "2019-10-31", "2019-02-29", "9999-12-31", "２０１９Q3", "", "2019Q3 "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if q, err := Parse(text); err == nil {
			if back, err := Parse(q.String()); err != nil || back != q {
				t.Errorf("%q is %v, written %q and read as %v (%v)", text, q, q, back, err)
			}
			if q.Last().Before(q.First()) || QuarterOf(q.First()) != q || QuarterOf(q.Last()) != q {
				t.Errorf("%q has the days %v to %v", text, q.First(), q.Last())
			}
		}
		if d, err := ParseDate(text); err == nil {
			if back, err := ParseDate(d.String()); err != nil || back != d {
				t.Errorf("%q is %v, read back as %v (%v)", text, d, back, err)
			}
		}
	})
}
