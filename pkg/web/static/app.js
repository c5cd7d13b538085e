// What every page needs: filters that apply at once, questions before grave acts, and pages that
// follow the data while someone looks at them. The sidebar opens by Tabler's own script.
(() => {
  'use strict';

  const EVERY = 800; // milliseconds between looks at the data's version
  const FOCUSABLE = 'a[href], button, input, select, textarea, summary';
  const REMEMBERED = 'pilotboard-focus';

  // Filters: <form method="get" data-filter>
  document.addEventListener('change', (event) => {
    const form = event.target.form;
    if (!form || !('filter' in form.dataset)) return;
    sessionStorage.setItem(REMEMBERED, event.target.id);
    form.requestSubmit();
  });
  document.addEventListener('formdata', (event) => {
    if (!('filter' in event.target.dataset)) return;
    for (const [name, value] of [...event.formData]) if (value === '') event.formData.delete(name);
  });
  const remembered = document.getElementById(sessionStorage.getItem(REMEMBERED) || '');
  sessionStorage.removeItem(REMEMBERED);
  if (remembered) remembered.focus({ preventScroll: true });

  // A link to something that folds opens it: the lights of the matrix lead to their explanation
  function unfold() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (const details of target ? target.querySelectorAll('details') : []) details.open = true;
  }
  window.addEventListener('hashchange', unfold);
  unfold();

  // Questions: data-confirm="…" on a form or on the button that sends it
  document.addEventListener('submit', (event) => {
    const question = (event.submitter && event.submitter.dataset.confirm) || event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // A page that stays open over another login, or over a day, has an old token. renewToken fetches the page
  // again for a new one, puts it into the page's forms and tells it; nothing when it is the same.
  async function renewToken(old) {
    const answer = await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(15000) });
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('meta[name="csrf"]');
    if (!fresh || fresh.content === old) return '';
    for (const field of document.querySelectorAll('input[name="_csrf"]')) field.value = fresh.content;
    return fresh.content;
  }
  window.pilotboard = Object.assign(window.pilotboard || {}, { renewToken });

  // Live pages: <body data-live-version="17">
  const offline = document.getElementById('offline');
  const content = () => document.getElementById('content');
  let checking = false;

  async function load(url) {
    const answer = await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(10000) });
    if (!answer.ok) throw new Error(url + ': ' + answer.status);
    return answer;
  }

  // A list or a field in use is not taken from under someone's hands.
  function busy() {
    const active = document.activeElement;
    return content().contains(active) && active.matches('input, select, textarea');
  }

  function swap(fresh) {
    const old = content();
    const place = (root) => [...root.querySelectorAll(FOCUSABLE)];
    const focused = place(old).indexOf(document.activeElement);
    const opened = [...old.querySelectorAll('details')].map((one) => one.open);
    const scrolled = [...old.querySelectorAll('.matrix, .table-responsive')].map((one) => [one.scrollLeft, one.scrollTop]);
    const [left, top] = [scrollX, scrollY];

    fresh.querySelectorAll('details').forEach((one, i) => { one.open = opened[i] || one.open; });
    old.replaceWith(fresh);
    if (window.pilotboard && window.pilotboard.drawCharts) window.pilotboard.drawCharts(fresh);
    if (window.pilotboard && window.pilotboard.makeSortable) window.pilotboard.makeSortable(fresh);
    fresh.querySelectorAll('.matrix, .table-responsive').forEach((one, i) => { if (scrolled[i]) one.scrollTo(...scrolled[i]); });
    if (focused >= 0 && place(fresh)[focused]) place(fresh)[focused].focus({ preventScroll: true });
    scrollTo({ left, top, behavior: 'instant' });
  }

  async function follow() {
    const version = (await (await load('/version')).text()).trim();
    if (version === document.body.dataset.liveVersion || busy()) return;
    const answer = await load(location.href);
    if (answer.redirected) return location.reload(); // logged out meanwhile
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    swap(document.adoptNode(page.getElementById('content')));
    document.title = page.title;
    document.body.dataset.liveVersion = page.body.dataset.liveVersion;
  }

  async function check() {
    if (checking || document.hidden) return;
    checking = true;
    try {
      await follow();
      if (offline) offline.hidden = true;
    } catch {
      if (offline) offline.hidden = false;
    }
    checking = false;
  }

  if ('liveVersion' in document.body.dataset) {
    setInterval(check, EVERY);
    document.addEventListener('visibilitychange', check);
  }
})();
