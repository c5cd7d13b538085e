package divisions_test

import (
	"testing"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/divisions"
	"pilotboard/pkg/fault"
)

// The facts that the shipped data must hold.
func TestAnhui(t *testing.T) {
	databasetest.Each(t, func(t *testing.T, db *database.DB) {
		s := anhui(t, db)
		t.Run("denominators", func(t *testing.T) { checkDenominators(t, s) })
		t.Run("first edition by city", func(t *testing.T) { checkFirstEdition(t, s) })
		t.Run("codes in time", func(t *testing.T) { checkCodesInTime(t, s) })
		t.Run("幸福社区 lies under its district", func(t *testing.T) { checkXingfu(t, s) })
		t.Run("方兴社区 is a township with nine committees", func(t *testing.T) { checkFangxing(t, s) })
		t.Run("Wuhu merger", func(t *testing.T) { checkWuhu(t, s) })
		t.Run("the tree hangs together", func(t *testing.T) { checkTreeAgrees(t, s) })
	})
}

func checkDenominators(t *testing.T, s *divisions.Service) {
	cases := []struct {
		code, on string
		level    int
		want     int
	}{
		{"340000", "2018-12-31", divisions.Province, 1},
		{"340000", "2018-12-31", divisions.City, 16},
		{"340000", "2020-09-30", divisions.City, 16},
		{"340000", "2018-12-31", divisions.County, 105},
		{"340000", "2019-09-30", divisions.County, 105},
		{"340000", "2019-12-31", divisions.County, 105},
		{"340000", "2020-06-30", divisions.County, 105},
		{"340000", "2020-07-05", divisions.County, 105},
		{"340000", "2020-07-06", divisions.County, 104},
		{"340000", "2020-09-30", divisions.County, 104},
		{"340000", "2018-10-31", divisions.Township, 1641}, // the edition's 1645 rows less 4 placeholders
		{"340000", "2018-10-31", divisions.Village, 18265},
		{"340000", "2019-10-31", divisions.Village, 18246},
		{"340000", "2020-06-30", divisions.Village, 18306},
		{"340200", "2020-06-30", divisions.County, 8},
		{"340200", "2020-07-06", divisions.County, 7},
		{"340111", "2018-12-31", divisions.County, 1}, // at or under
		{"340111", "2018-12-31", divisions.City, 0},
		{"340171", "2018-12-31", divisions.County, 0}, // for statistics only
	}
	for _, c := range cases {
		got, err := s.Count(t.Context(), byCode(t, s, c.code, c.on).ID, c.level, day(c.on))
		if err != nil || got != c.want {
			t.Errorf("level %d under %s on %s: %d, want %d (err %v)", c.level, c.code, c.on, got, c.want, err)
		}
		if c.level > divisions.County {
			continue
		}
		listed := 0
		list, err := s.Under(t.Context(), byCode(t, s, c.code, c.on).ID, divisions.County, day(c.on))
		for _, d := range list {
			if d.Level == c.level && !d.StatisticsOnly {
				listed++
			}
		}
		if err != nil || listed != c.want {
			t.Errorf("level %d under %s on %s: %d listed, want %d (err %v)", c.level, c.code, c.on, listed, c.want, err)
		}
	}
}

// checkFirstEdition compares with the counts of the 2018-10-31 edition: county-level units, street
// offices, towns, similar units; residents' and villagers' committees. The edition's placeholders
// stand among the towns there and are no divisions here: one in each of 蚌埠 and 黄山, two in 铜陵.
func checkFirstEdition(t *testing.T, s *divisions.Service) {
	const on = "2018-10-31"
	placeholders := map[string]int{"340300": 1, "340700": 2, "341000": 1}
	cases := []struct {
		code, name                                                  string
		counties, streets, towns, similar, residential, villageRows int
	}{
		{"340100", "合肥市", 9, 51, 82, 16, 944, 850},
		{"340200", "芜湖市", 8, 19, 44, 19, 291, 640},
		{"340300", "蚌埠市", 7, 17, 56, 10, 205, 885},
		{"340400", "淮南市", 7, 19, 71, 5, 299, 795},
		{"340500", "马鞍山市", 6, 13, 35, 14, 167, 394},
		{"340600", "淮北市", 4, 14, 18, 5, 166, 276},
		{"340700", "铜陵市", 4, 5, 36, 5, 92, 367},
		{"340800", "安庆市", 10, 18, 131, 14, 269, 1277},
		{"341000", "黄山市", 7, 4, 102, 3, 74, 672},
		{"341100", "滁州市", 8, 17, 94, 10, 292, 940},
		{"341200", "阜阳市", 8, 19, 149, 4, 496, 1457},
		{"341300", "宿州市", 5, 12, 95, 11, 173, 1153},
		{"341500", "六安市", 7, 10, 130, 8, 199, 1745},
		{"341600", "亳州市", 4, 9, 79, 6, 329, 1016},
		{"341700", "池州市", 4, 11, 45, 10, 109, 575},
		{"341800", "宣城市", 7, 15, 80, 5, 160, 720},
	}
	for _, c := range cases {
		city := byCode(t, s, c.code, on)
		counties, err := s.Count(t.Context(), city.ID, divisions.County, day(on))
		if err != nil {
			t.Fatal(err)
		}
		streets, towns, similar, residential, villageRows := segments(t, s, city.ID, on)
		towns += placeholders[c.code]
		if city.Name != c.name || counties != c.counties || streets != c.streets || towns != c.towns ||
			similar != c.similar || residential != c.residential || villageRows != c.villageRows {
			t.Errorf("%s %s: counties %d, townships %d+%d+%d, villages %d+%d, want %v",
				c.code, city.Name, counties, streets, towns, similar, residential, villageRows, c)
		}
	}
}

// segments counts what lies under a city by the first digit of the township and village part of its code.
func segments(t *testing.T, s *divisions.Service, city int64, on string) (streets, towns, similar, residential, villageRows int) {
	t.Helper()
	var visit func(id int64)
	visit = func(id int64) {
		children, err := s.Children(t.Context(), id, day(on))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range children {
			switch first := d.Code[len(d.Code)-3]; {
			case d.Level == divisions.Village && first < '2':
				residential++
			case d.Level == divisions.Village && first < '4':
				villageRows++
			case d.Level == divisions.Township && first == '0':
				streets++
			case d.Level == divisions.Township && first < '4':
				towns++
			case d.Level == divisions.Township:
				similar++
			}
			if d.Level < divisions.Village {
				visit(d.ID)
			}
		}
	}
	visit(city)
	return
}

func checkCodesInTime(t *testing.T, s *divisions.Service) {
	cases := []struct{ name, key, on, code, known string }{
		{"广德 before", "341822", "2019-06-30", "341822", "广德县"},
		{"广德 after", "341822", "2019-10-31", "341882", "广德市"},
		{"无为 before", "340225", "2019-12-15", "340225", "无为县"},
		{"无为 after", "340225", "2019-12-16", "340281", "无为市"},
		{"a town of 无为 before", "340225100", "2019-12-15", "340225100", "无城镇"},
		{"a town of 无为 after", "340225100", "2019-12-16", "340281100", "无城镇"},
		{"方兴 before", "340111009", "2019-09-30", "340111009", "方兴社区"},
		{"方兴 after", "340111009", "2019-12-31", "340111009", "方兴社区街道"},
		{"时代城居委会 before", "340111009400", "2019-09-30", "340111009400", "时代城居民委员会"},
		{"时代城居委会 after", "340111009400", "2019-12-31", "340111009001", "时代城居民委员会"},
		{"幸福社区 2018", "340705198006", "2018-12-31", "340705198006", "幸福社区"},
		{"幸福社区 2019", "340705198006", "2019-12-31", "340705198006", "幸福社区"},
		{"幸福社区 2020", "340705198006", "2020-06-30", "340705406001", "幸福社区居委会"},
		{"镜湖 before", "340202401", "2019-10-14", "340202401", "张家山公共服务中心"},
		{"镜湖 after", "340202401", "2019-10-15", "340202013", "张家山街道"},
		{"湾沚 before", "340221", "2020-07-05", "340221", "芜湖县"},
		{"湾沚 after", "340221", "2020-07-06", "340210", "湾沚区"},
		{"繁昌 after", "340222", "2020-07-06", "340212", "繁昌区"},
	}
	for _, c := range cases {
		d, err := s.ByKey(t.Context(), c.key, day(c.on))
		if err != nil || d.Code != c.code || d.Name != c.known {
			t.Errorf("%s: %s %s (err %v), want %s %s", c.name, d.Code, d.Name, err, c.code, c.known)
			continue
		}
		if again := byCode(t, s, c.code, c.on); again != d {
			t.Errorf("%s: by code %v, by key %v", c.name, again, d)
		}
	}
	for _, gone := range []struct{ code, on string }{
		{"341822", "2019-12-31"}, {"341882", "2019-06-30"}, {"340705198", "2018-12-31"}, {"340208", "2020-07-06"}, {"34", "2019-12-31"},
	} {
		if _, err := s.ByCode(t.Context(), gone.code, day(gone.on)); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s on %s: %v", gone.code, gone.on, err)
		}
	}
}

func checkXingfu(t *testing.T, s *divisions.Service) {
	for _, c := range []struct{ on, parent string }{
		{"2018-12-31", "340705"}, {"2019-12-31", "340705"}, {"2020-06-29", "340705"}, {"2020-06-30", "340705406"},
	} {
		d, err := s.ByKey(t.Context(), "340705198006", day(c.on))
		if err != nil {
			t.Fatal(err)
		}
		if parent := byCode(t, s, c.parent, c.on); d.Parent != parent.ID || d.Level != divisions.Village {
			t.Errorf("on %s: %+v, want parent %+v", c.on, d, parent)
		}
	}
	way, err := s.Ancestors(t.Context(), byCode(t, s, "340705198006", "2019-09-30").ID, day("2019-09-30"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range way {
		names = append(names, d.Name)
	}
	if len(names) != 4 || names[0] != "安徽省" || names[1] != "铜陵市" || names[2] != "铜官区" || names[3] != "幸福社区" {
		t.Errorf("way down: %v", names)
	}
}

func checkFangxing(t *testing.T, s *divisions.Service) {
	var first []int64
	for _, on := range []string{"2018-12-31", "2019-12-31", "2020-06-30"} {
		fangxing := byCode(t, s, "340111009", on)
		if fangxing.Level != divisions.Township || fangxing.Parent != byCode(t, s, "340111", on).ID {
			t.Errorf("on %s: %+v", on, fangxing)
		}
		committees, err := s.Children(t.Context(), fangxing.ID, day(on))
		if err != nil || len(committees) != 9 {
			t.Fatalf("on %s: %d committees, err %v", on, len(committees), err)
		}
		if first == nil {
			for _, c := range committees {
				first = append(first, c.ID)
			}
		}
		for i, c := range committees {
			if c.ID != first[i] {
				t.Errorf("on %s committee %d is another division: %+v", on, i, c)
			}
		}
	}
}

func checkWuhu(t *testing.T, s *divisions.Service) {
	before, after := "2020-06-30", "2020-09-30"
	sanshan := byCode(t, s, "340208", before)
	old := byCode(t, s, "340203", before)
	merged := byCode(t, s, "340209", after)
	if merged.Name != "弋江区" || merged.ID == old.ID {
		t.Errorf("merged district: %+v", merged)
	}
	street := byCode(t, s, "340208001", after)
	if street.Parent != merged.ID || byCode(t, s, "340208001", before).Parent != sanshan.ID {
		t.Errorf("a street of 三山: %+v", street)
	}
	var parts int
	for _, id := range []int64{sanshan.ID, old.ID} {
		n, err := s.Count(t.Context(), id, divisions.Village, day(before))
		if err != nil {
			t.Fatal(err)
		}
		parts += n
		if left, err := s.Children(t.Context(), id, day(after)); err != nil || len(left) > 0 {
			t.Errorf("left under a district that has ended: %v, err %v", left, err)
		}
	}
	if whole, err := s.Count(t.Context(), merged.ID, divisions.Village, day(after)); err != nil || whole != parts {
		t.Errorf("villages: %d after, %d before, err %v", whole, parts, err)
	}
	places, err := s.Places(t.Context(), nil, []int64{sanshan.ID, street.ID}, day(after))
	if err != nil {
		t.Fatal(err)
	}
	if p := places[sanshan.ID]; p.County != merged.ID || p.Division != sanshan.ID || !p.Within(merged.ID) {
		t.Errorf("三山 as now: %+v", p)
	}
	if p := places[street.ID]; p.County != merged.ID || p.Within(sanshan.ID) {
		t.Errorf("a street of 三山 as now: %+v", p)
	}
	town := byCode(t, s, "340221100", after)
	if town.Parent != byCode(t, s, "340210", after).ID {
		t.Errorf("a town of 湾沚: %+v", town)
	}
}
