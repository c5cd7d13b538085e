package analytics

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/fault"
)

// RankBy says what a ranking goes by: the smaller gap, or the greater earned value, is ahead.
type RankBy string

// The two ways to rank.
const (
	RankByGap    RankBy = "gap"
	RankByEarned RankBy = "earned"
)

// Ranked is a row with its place, 1 for the one furthest ahead, equal ones sharing a place, out of those
// that have figures. Place is 0 for a row without figures: who has not reported is not ranked.
type Ranked struct {
	Row
	Place, Of int64
}

// Rank ranks rows; last first when lastFirst is set. Rows without figures come at the end either way.
func Rank(rows []Row, by RankBy, lastFirst bool) []Ranked {
	list := make([]Ranked, len(rows))
	for i, r := range rows {
		list[i] = Ranked{Row: r}
	}
	ahead := func(a, b Row) int {
		if by == RankByEarned {
			return cmp.Compare(b.Earned, a.Earned)
		}
		return cmp.Compare(a.Gap, b.Gap)
	}
	slices.SortStableFunc(list, func(a, b Ranked) int {
		if a.HasFigures != b.HasFigures {
			return cmp.Compare(one(b.HasFigures), one(a.HasFigures))
		}
		return ahead(a.Row, b.Row)
	})
	n := slices.IndexFunc(list, func(r Ranked) bool { return !r.HasFigures })
	if n < 0 {
		n = len(list)
	}
	for i := range list[:n] {
		list[i].Place, list[i].Of = int64(i+1), int64(n)
		if i > 0 && ahead(list[i-1].Row, list[i].Row) == 0 {
			list[i].Place = list[i-1].Place
		}
	}
	if lastFirst {
		slices.Reverse(list[:n])
	}
	return list
}

// rankedFigure is a unit's figures with its place.
type rankedFigure struct {
	Figure    unitFigure `gorm:"embedded"`
	Place, Of int64
}

// rankings are the orders in which units are ranked, where %s is the column of what was earned.
var rankings = map[RankBy]string{RankByGap: "planned - %s", RankByEarned: "%s DESC"}

// Ranking gives one page of the units that the query chooses, which should name a batch, ranked among all of
// them; last first when lastFirst is set. Units without any report come at the end, unranked. The cursor is
// a row number, since a ranking can change between two pages.
func (s *Service) Ranking(ctx context.Context, actor accounts.Actor, query Query, by RankBy, lastFirst bool) (rows []Ranked, next string, err error) {
	query.By = ByUnit
	q, err := s.ask(ctx, actor, query)
	if err != nil {
		return nil, "", err
	}
	order, known := rankings[by]
	if !known {
		return nil, "", fault.New(fault.Invalid, "query.by_unknown", string(by))
	}
	figures, next, err := s.rankedPage(ctx, q, order, lastFirst)
	if err != nil {
		return nil, "", err
	}
	plain := make([]unitFigure, len(figures))
	for i, f := range figures {
		plain[i] = f.Figure
	}
	units, err := s.unitsOf(ctx, plain)
	if err != nil {
		return nil, "", err
	}
	lights, err := s.remember(ctx, q, plain)
	if err != nil {
		return nil, "", err
	}
	for _, f := range figures {
		ranked := Ranked{Row: q.unitRow(units[f.Figure.UnitID], f.Figure, lights[f.Figure.UnitID])}
		if f.Figure.Reported {
			ranked.Place, ranked.Of = f.Place, f.Of
		}
		rows = append(rows, ranked)
	}
	return rows, next, nil
}

func (s *Service) rankedPage(ctx context.Context, q question, order string, lastFirst bool) ([]rankedFigure, string, error) {
	limit, after, err := q.paging()
	if err != nil {
		return nil, "", err
	}
	reported, earned, way := "reported", "earned", "place"
	if q.Basis == AllSubmitted {
		reported, earned = "all_reported", "all_earned"
	}
	if lastFirst {
		way = "place DESC"
	}
	over := " OVER (PARTITION BY " + reported
	// what is ranked is narrow; the figures are read for the page alone
	page := q.chosen(s.db.Read(ctx).Model(&unitFigure{})).Where("period = ?", q.Period).
		Select("unit_id, since, " + reported + " AS ranked, RANK()" + over + " ORDER BY " + fmt.Sprintf(order, earned) + ") AS place, COUNT(*)" + over + ") AS of").
		Order("ranked DESC, " + way + ", unit_id").Offset(after).Limit(limit + 1)
	var figures []rankedFigure
	err = s.db.Read(ctx).Table("(?) p", page).Select("f.*, p.place, p.of").
		Joins("JOIN unit_figures f ON f.unit_id = p.unit_id AND f.form = ? AND f.period = ? AND f.since = p.since", q.Form, q.Period).
		Order("p.ranked DESC, p." + way + ", p.unit_id").Scan(&figures).Error
	if err != nil {
		return nil, "", fmt.Errorf("rank units: %w", err)
	}
	for i, f := range figures {
		figures[i].Figure = f.Figure.utc().on(q.Basis)
	}
	if len(figures) <= limit {
		return figures, "", nil
	}
	return figures[:limit], strconv.Itoa(after + limit), nil
}
