// The list of what a returned report was about: whenever a cell has been saved, it is asked again which
// remarks have been dealt with.
(() => {
  'use strict';

  const form = document.querySelector('[data-filing]');
  if (!form || !document.getElementById('checklist')) return;
  let waiting = 0;

  async function tick() {
    const answer = await fetch(location.href, { cache: 'no-store' });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.getElementById('checklist');
    const old = document.getElementById('checklist');
    if (!fresh || old.contains(document.activeElement)) return;
    old.replaceWith(document.adoptNode(fresh));
  }

  new MutationObserver((changes) => {
    if (!changes.some((change) => change.target.dataset.state === 'saved')) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => tick().catch(() => {}), 300); // offline: at the next save
  }).observe(form, { subtree: true, attributeFilter: ['data-state'] });
})();
