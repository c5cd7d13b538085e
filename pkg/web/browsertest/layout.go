package browsertest

import (
	"context"

	"github.com/chromedp/chromedp"
)

// misfits lists what is wrong with the page as it lies there: that it is wider than the window, a chart
// that was not drawn, and labels of charts that are cut off or lie on each other.
const misfits = `(() => new Promise((done) => setTimeout(() => {
	const wrong = [];
	const root = document.documentElement;
	if (root.scrollWidth > root.clientWidth) wrong.push('the page is ' + root.scrollWidth + ' wide');
	for (const place of document.querySelectorAll('.chart')) {
		const chart = window.echarts && echarts.getInstanceByDom(place);
		if (!chart) { wrong.push(place.id + ' is not drawn'); continue; }
		const labels = [];
		for (const part of chart.getZr().storage.getDisplayList(true)) {
			if (part.type !== 'tspan' || part.invisible || !String(part.style.text).trim()) continue;
			const box = part.getBoundingRect().clone();
			if (part.transform) box.applyTransform(part.transform);
			labels.push({ box, text: part.style.text, of: part.parent });
		}
		labels.forEach(({ box, text, of }, i) => {
			if (box.x < -1 || box.x + box.width > chart.getWidth() + 1 || box.y < -1 || box.y + box.height > chart.getHeight() + 1) {
				wrong.push(place.id + ': ' + text + ' is cut off');
			}
			for (const other of labels.slice(i + 1)) {
				const across = Math.min(box.x + box.width, other.box.x + other.box.width) - Math.max(box.x, other.box.x);
				const down = Math.min(box.y + box.height, other.box.y + other.box.height) - Math.max(box.y, other.box.y);
				if (of !== other.of && across > 2 && down > 3) wrong.push(place.id + ': ' + text + ' lies on ' + other.text);
			}
		});
	}
	done(wrong);
}, 350)))()`

// Fits fails the test when the page does not fit into windows of the given widths.
func (w *Window) Fits(widths ...int64) {
	w.t.Helper()
	for _, width := range widths {
		w.Do(chromedp.EmulateViewport(width, max(900, width*9/16)))
		ctx, cancel := context.WithTimeout(w.ctx, patience)
		wrong, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](misfits, chromedp.EvalAwaitPromise))
		cancel()
		if err != nil {
			w.t.Fatal(err)
		}
		for _, one := range wrong {
			w.t.Errorf("%d wide: %s", width, one)
		}
	}
}
