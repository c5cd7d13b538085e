package locale

import "testing"

func TestQuantity(t *testing.T) {
	cases := []struct {
		name             string
		q                Quantity
		chinese, english string
	}{
		{"a count", Quantity{Number: 17792, Unit: "个"}, "17792个", "17792"},
		{"a share", Quantity{Number: 688, Decimals: 1, Unit: "%"}, "68.8%", "68.8%"},
		{"a whole share", Quantity{Number: 750, Decimals: 1, Unit: "%"}, "75.0%", "75.0%"},
		{"ten thousands", Quantity{Number: 1215, Decimals: 2, Scale: 10000, Unit: "人"}, "12.15万人", "121500"},
		{"a lower bound", Quantity{Number: 45, Decimals: 1, Scale: 10000, AtLeast: true, Unit: "人"}, "4.5万余人", "at least 45000"},
		{"a small lower bound", Quantity{Number: 30, AtLeast: true, Unit: "项"}, "30余项", "at least 30"},
		{"another scale", Quantity{Number: 5, Scale: 1000}, "5000", "5000"},
		{"below nought", Quantity{Number: -5, Decimals: 2}, "-0.05", "-0.05"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := For(Chinese).Quantity(c.q); got != c.chinese {
				t.Errorf("got %s", got)
			}
			if got := For(English).Quantity(c.q); got != c.english {
				t.Errorf("got %s", got)
			}
		})
	}
}
