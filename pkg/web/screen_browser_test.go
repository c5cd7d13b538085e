package web

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/labstack/echo/v4"

	"pilotboard/pkg/database"
	"pilotboard/pkg/database/databasetest"
	"pilotboard/pkg/reporting/reportingtest"
	"pilotboard/pkg/web/browsertest"
)

// plug is a server that can be pulled out and put in again at the same address.
type plug struct {
	t       *testing.T
	handler http.Handler
	at      string
	server  *http.Server
}

func (p *plug) in() {
	p.t.Helper()
	listener, err := net.Listen("tcp", p.at)
	if err != nil {
		p.t.Fatal(err)
	}
	p.at, p.server = listener.Addr().String(), &http.Server{Handler: p.handler}
	go func(server *http.Server) {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			p.t.Error(err)
		}
	}(p.server)
}

func (p *plug) out() {
	p.t.Helper()
	if err := p.server.Close(); err != nil {
		p.t.Error(err)
	}
}

// faultsOfScreen gives what is wrong with the picture: it scrolls, a text is too small to be read from
// afar, is cut off, covered or lies on another, or a drawing is stretched. Texts of drawings count too. Lines of
// text are taken as high as their letters: fonts claim more.
const faultsOfScreen = `(() => {
	const wrong = [], boxes = [], least = innerHeight * 0.02, root = document.scrollingElement;
	if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) wrong.push('it scrolls');
	function add(owner, words, size, left, right, middle) {
		if (size < least) wrong.push('too small: ' + words);
		boxes.push({ owner, words, left, right, top: middle - size / 2, bottom: middle + size / 2 });
	}
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node; node = walker.nextNode()) {
		const holder = node.parentElement, words = node.data.trim();
		if (!words || holder.closest('script, noscript, .unseen') || !holder.checkVisibility({ visibilityProperty: true })) continue;
		const range = document.createRange(), size = parseFloat(getComputedStyle(holder).fontSize);
		range.selectNodeContents(node);
		for (const line of range.getClientRects()) {
			const box = { left: line.left, right: line.right }, middle = (line.top + line.bottom) / 2;
			let gone = false;
			for (let around = holder; around; around = around.parentElement) {
				const style = getComputedStyle(around), frame = around.getBoundingClientRect();
				if (style.overflowX === 'visible' && around !== document.documentElement) continue;
				if (style.webkitLineClamp !== 'none') gone = gone || middle > frame.bottom;
				else if (middle - size / 2 < frame.top - 2 || middle + size / 2 > frame.bottom + 2) wrong.push('cut off: ' + words);
				if (style.textOverflow !== 'ellipsis' && box.right > frame.right + 2) wrong.push('cut off: ' + words);
				box.left = Math.max(box.left, frame.left);
				box.right = Math.min(box.right, frame.right);
			}
			for (let over = gone ? null : document.elementFromPoint(box.right - 2, middle); over && !over.contains(holder) && !holder.contains(over); over = over.parentElement) {
				if (getComputedStyle(over).backgroundColor !== 'rgba(0, 0, 0, 0)') wrong.push('covered: ' + words);
			}
			if (!gone) add(node, words, size, box.left, box.right, middle);
		}
	}
	for (const target of document.querySelectorAll('.slide.now .chart')) {
		const canvas = target.querySelector('canvas'), at = canvas.getBoundingClientRect();
		for (const [inside, outside] of [[canvas.width, at.width], [canvas.height, at.height]]) {
			if (Math.abs(inside - outside * devicePixelRatio) > 1.5) wrong.push('stretched: ' + target.id);
		}
		for (const part of echarts.getInstanceByDom(target).getZr().storage.getDisplayList(true)) {
			if (part.type !== 'tspan' || part.ignore || part.invisible) continue;
			const box = part.getBoundingRect().clone();
			if (part.transform) box.applyTransform(part.transform);
			add(part, part.style.text, parseFloat(part.style.font.match(/[\d.]+px/)), at.left + box.x, at.left + box.x + box.width, at.top + box.y + box.height / 2);
		}
	}
	for (const mark of document.querySelectorAll('#turns i')) {
		const box = mark.getBoundingClientRect();
		if (Math.abs(box.width - box.height) > 0.5 || box.width < 5) wrong.push('no circle');
	}
	boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => {
		if (a.owner !== b.owner && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1) {
			wrong.push(a.words + ' lies on ' + b.words);
		}
	}));
	if (boxes.length < 15) wrong.push('hardly anything to read');
	return [...new Set(wrong)].join('; ') || 'nothing';
})()`

const (
	slidesShown = `[...document.querySelectorAll(".slide.now")].map((one) => one.dataset.key).join()`
	isOld       = `!document.querySelector("#old").hidden`
	versionSeen = `document.querySelector("#slides").dataset.version`
)

// TestTheBigScreenInABrowser holds the big screen to its proportions at every size, lets it turn, and pulls
// the server out from under it.
func TestTheBigScreenInABrowser(t *testing.T) {
	s := newSite(t, databasetest.Open(t, database.SQLite))
	s.Past(t, "community-01", "2019Q2", reportingtest.Community)
	s.Past(t, "community-02", "2019Q2", reportingtest.Values{"m1_1": "false", "m2_1": "100"})
	s.refresh(t)
	s.server.askSession = 50 * time.Millisecond
	e := echo.New()
	s.server.Register(e)
	power := &plug{t: t, handler: e, at: "127.0.0.1:0"}
	power.in()
	t.Cleanup(func() { power.out() })
	s.Actor(t, "viewer")
	w := browsertest.Open(t, "http://"+power.at)
	w.LogIn("viewer", reportingtest.Password)

	for _, size := range []struct {
		width, height int64
		scale         float64
		turns         []string
	}{
		{1366, 768, 1.5, slideKeys},
		{1920, 1080, 1, slideKeys},
		{3840, 2160, 1, slideKeys},
		{5120, 1440, 1, []string{"stand,curve", "behind,places", "stand,workstreams"}},
	} {
		w.Do(chromedp.EmulateViewport(size.width, size.height, chromedp.EmulateScale(size.scale)))
		w.Go("/screen?rotate=3600")
		for _, shown := range size.turns {
			w.Becomes(slidesShown, shown)
			w.Becomes(fmt.Sprintf("innerWidth + 'x' + innerHeight + ': ' + %s", faultsOfScreen), fmt.Sprintf("%dx%d: nothing", size.width, size.height))
			w.Keys(kb.ArrowRight)
		}
	}

	w.Do(chromedp.EmulateViewport(1366, 768))
	w.Go("/screen")
	w.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#slides").dataset.rotate = 1`))
	w.Becomes(slidesShown, "curve")
	w.Keys(" ")
	held := `document.querySelector('[data-do="pause"]').title`
	w.Becomes(held, chinese("screen.resume"))

	w.Becomes(isOld, "false")
	power.out()
	w.Becomes(isOld, "true")
	w.Becomes(`document.querySelector("#old span").textContent.replace(/\d\d:\d\d/, "{time}")`, chinese("screen.lost"))
	w.Becomes(slidesShown+` + document.querySelectorAll(".slide.now canvas").length`, "curve1")
	s.Submit(t, "community-01", "2019Q3", reportingtest.Community)
	s.Accept(t, "community-01", "2019Q3")
	s.refresh(t)
	found, err := s.server.screenNews(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	power.in()
	w.Becomes(versionSeen, found.Version)
	w.Becomes(isOld, "false")
	w.Becomes(slidesShown, "curve") // where it was
	w.Becomes(held, chinese("screen.resume"))

	s.newPassword(t, "viewer")
	w.Becomes(`!document.querySelector("#old a").hidden`, "true")
	w.Becomes(slidesShown, "curve")
	w.Quiet()
}
