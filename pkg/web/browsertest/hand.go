package browsertest

import (
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Keys presses keys where the focus is: text, or the names of package kb. With are held meanwhile.
func (w *Window) Keys(keys string, with ...chromedp.Modifier) {
	w.t.Helper()
	w.Do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(with...)))
}

// Focus puts the cursor into a field, behind what it holds.
func (w *Window) Focus(selector string) {
	w.t.Helper()
	w.See(selector)
	w.Becomes(fmt.Sprintf("(field => { field.focus(); if (field.matches('input[type=text], textarea')) field.setSelectionRange(field.value.length, field.value.length); return document.activeElement === field; })(document.querySelector(%q))", selector), "true")
}

// Paste pastes text from another program into a field. What the page leaves to the browser is not done.
func (w *Window) Paste(selector, text string) {
	w.t.Helper()
	w.Focus(selector)
	w.Do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => {
		const clipboardData = new DataTransfer();
		clipboardData.setData('text/plain', %q);
		document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
	})()`, text)))
}

// Network cuts the window off the network, or connects it again.
func (w *Window) Network(there bool) {
	w.t.Helper()
	w.offline = !there
	conditions := &network.Conditions{Offline: !there, DownloadThroughput: -1, UploadThroughput: -1}
	_, err := chromedp.Call(w.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{conditions}})
	if err != nil {
		w.t.Fatal(err)
	}
	_, err = chromedp.Call(w.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: !there, DownloadThroughput: -1, UploadThroughput: -1})
	if err != nil {
		w.t.Fatal(err)
	}
}

// Close leaves the page, as it stands with its network, and closes the tab. What a page sends while it is
// left passes by the emulated network, so a dead one is dead to the page's own calls too.
func (w *Window) Close() {
	w.t.Helper()
	if w.offline {
		w.Do(chromedp.Evaluate[chromedp.Void]("window.fetch = () => Promise.reject(new TypeError('offline'))"))
	}
	w.Do(chromedp.Navigate("about:blank"))
	if err := chromedp.Cancel(w.ctx); err != nil {
		w.t.Fatal(err)
	}
}

// ForgetCookies is what the browser does when it is closed.
func (w *Window) ForgetCookies() {
	w.t.Helper()
	if _, err := chromedp.Call(w.ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		w.t.Fatal(err)
	}
}

// Unfold opens every block of a filing form.
func (w *Window) Unfold() {
	w.t.Helper()
	w.See(".filing")
	w.Do(chromedp.Evaluate[chromedp.Void]("document.querySelectorAll('.section-cells').forEach(fold => { fold.open = true; })"))
}

// ConfirmBlocks confirms every block of a filing form in which nothing has changed.
func (w *Window) ConfirmBlocks() {
	w.t.Helper()
	w.Do(chromedp.Evaluate[chromedp.Void]("document.querySelectorAll('.section-same:not([hidden]) .section-confirm:not([hidden])').forEach(button => button.click())"))
	w.Becomes("document.querySelectorAll('.section-same:not([hidden]) .section-confirm:not([hidden])').length", "0")
}
