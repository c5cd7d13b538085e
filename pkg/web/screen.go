package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"pilotboard/pkg/accounts"
	"pilotboard/pkg/analytics"
	"pilotboard/pkg/fault"
	"pilotboard/pkg/period"
)

// The slides of the big screen, in their order; each answers one question in ten seconds.
const (
	slideStand       = "stand"       // where do we stand?
	slideCurve       = "curve"       // since when, and how does it go on?
	slideBehind      = "behind"      // who is behind, and who has not reported?
	slidePlaces      = "places"      // which city, or county in a city?
	slideWorkstreams = "workstreams" // in which work?
)

var slideKeys = []string{slideStand, slideCurve, slideBehind, slidePlaces, slideWorkstreams}

// Seconds that a slide stays.
const (
	usualTurn    = 15
	shortestTurn = 5
	longestTurn  = 3600
)

// screenQuery is what the address of the big screen asks for: the figures as on the monitoring home, how
// long a slide stays, and the one slide to stay on, if any.
type screenQuery struct {
	homeQuery
	Rotate int
	Slide  string
}

func readScreenQuery(c echo.Context, today period.Date) (q screenQuery, err error) {
	if q.homeQuery, err = readHomeQuery(c, today); err != nil {
		return q, err
	}
	q.After = ""
	q.Rotate, q.Slide = usualTurn, c.QueryParam("slide")
	if text := c.QueryParam("rotate"); text != "" {
		q.Rotate, err = strconv.Atoi(text)
		if err != nil || q.Rotate < shortestTurn || q.Rotate > longestTurn {
			return q, fault.New(fault.Invalid, "screen.bad_rotate", shortestTurn, longestTurn)
		}
	}
	if q.Slide != "" && !slices.Contains(slideKeys, q.Slide) {
		return q, fault.New(fault.Invalid, "screen.bad_slide", q.Slide)
	}
	return q, nil
}

// screenFigures is what the services answer for the big screen.
type screenFigures struct {
	homeFigures
	workstreams, milestones []analytics.Row
	version                 string // of all of it
}

// screenData is what the template shows. Figures is the address for fetching the screen anew, Now the
// moment that its clock starts from.
type screenData struct {
	Place, Quarter, Fresh string
	Sample                bool
	Version, Now          string
	Rotate                int
	Figures, Login, Home  string
	Slides                []slide
}

// slide is one picture. Empty says what there is to say when it has nothing to show.
type slide struct {
	Key, Title, About, Empty string

	Stand  *standSlide
	Chart  *chartCard
	Behind *behindSlide
	Bars   []barRow
}

// showScreen is the big screen: no menu, slides that take turns, and a script that keeps them up to date.
// It also answers the script itself, which takes the slides out of a fresh page, so that all that is seen
// is of one version.
func (s *Server) showScreen(c echo.Context) error {
	actor, _ := actorOf(c)
	asked, err := readScreenQuery(c, s.today())
	if err != nil {
		return err
	}
	words := s.words(c)
	query := queryText(c.QueryParams())
	data := screenData{
		Rotate: asked.Rotate, Now: s.options.Clock().UTC().Format(time.RFC3339), Figures: "/screen/figures" + query,
		Login: "/login?next=" + url.QueryEscape("/screen"+query), Home: "/home" + queryText(asked.values()),
	}
	figures, err := s.screenFigures(c.Request().Context(), actor, asked)
	key, nothing := nothingYet(err)
	switch {
	case nothing:
		data.Slides = []slide{{Key: slideStand, Title: words.T("screen.title"), Empty: words.T(key)}}
		data.Version = figures.version
	case err != nil:
		return err
	default:
		home := homeBuilder{words: words, today: asked.today(s.today()), now: s.today(), actor: actor, asked: asked.at(figures.answer.Period), demo: !s.options.DemoToday.IsZero(), homeFigures: figures.homeFigures}
		b := screenBuilder{home, figures, asked.Slide}
		if err := b.fill(&data); err != nil {
			return err
		}
	}
	return s.write(c, http.StatusOK, "screen.html", s.page(c, view{Title: words.T("screen.title"), Data: data}))
}

// screenFigures asks the services. Figures that changed between two of the questions are asked for again,
// so that a screen never shows half of a change; should they never rest, the next news mend it.
func (s *Server) screenFigures(ctx context.Context, actor accounts.Actor, asked screenQuery) (f screenFigures, err error) {
	for range 3 {
		ctx, before, err := s.epochs.Pin(ctx)
		if err != nil {
			return f, err
		}
		f.version = s.screenVersion(before.Figures)
		if f.homeFigures, err = s.homeFigures(ctx, actor, asked.homeQuery); err != nil {
			return f, err
		}
		query := asked.figures()
		query.By = analytics.ByWorkstream
		answer, err := s.Figures.Progress(ctx, actor, query)
		if err != nil {
			return f, err
		}
		f.workstreams = answer.Rows
		query.By = analytics.ByMilestone
		if answer, err = s.Figures.Progress(ctx, actor, query); err != nil {
			return f, err
		}
		f.milestones = answer.Rows
		if _, after, err := s.epochs.Pin(ctx); err != nil || after.Figures == before.Figures {
			return f, err
		}
	}
	return f, nil
}
