// The big screen: slides that take turns, keys, full screen and the clock. screenlive.js keeps the
// figures up to date.
(() => {
  'use strict';

  const wide = matchMedia('(min-aspect-ratio: 3/1)'); // room for two slides side by side
  const phone = matchMedia('(max-width: 767px)'); // all slides one under the other
  const language = document.documentElement.lang;
  const format = (parts) => new Intl.DateTimeFormat(language, { timeZone: 'Asia/Shanghai', ...parts });
  const day = format({ year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' });
  const time = format({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

  const stage = () => document.getElementById('slides');
  const slides = () => [...stage().querySelectorAll('.slide')];
  const pause = document.querySelector('[data-do="pause"]');
  let first = 0; // of the slides shown
  let shown = 1;
  let paused = false;
  let turned = Date.now();
  let ahead = 0; // of the server's clock before this machine's, in milliseconds

  // now is the moment by the server's clock, which may live on another day.
  const now = () => Date.now() + ahead;

  function show(index) {
    const all = slides();
    shown = Math.min(wide.matches ? 2 : 1, all.length);
    first = (index + all.length) % all.length;
    all.forEach((slide, i) => {
      const place = (i - first + all.length) % all.length;
      slide.classList.toggle('now', place < shown);
      slide.classList.toggle('alone', shown === 1);
      slide.classList.toggle('second', shown === 2 && place === 1);
      slide.inert = place >= shown && !phone.matches;
    });
    const marks = all.map((slide) => {
      const mark = document.createElement('i');
      mark.className = slide.classList.contains('now') ? 'now' : '';
      return mark;
    });
    document.getElementById('turns').replaceChildren(...(all.length > 1 ? marks : []));
    turned = Date.now();
  }

  function tick() {
    document.getElementById('day').textContent = day.format(now());
    document.getElementById('time').textContent = time.format(now());
    if (!paused && slides().length > shown && Date.now() - turned >= stage().dataset.rotate * 1000) show(first + shown);
  }

  const acts = {
    previous: () => show(first - shown),
    next: () => show(first + shown),
    pause() {
      paused = !paused;
      turned = Date.now();
      pause.querySelector('use').setAttribute('href', pause.dataset[paused ? 'play' : 'pause']);
      pause.title = pause.dataset[paused ? 'resume' : 'stop'];
      pause.setAttribute('aria-label', pause.title);
    },
    full() {
      const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
      done.catch(() => {}); // the browser does not want to
    },
  };
  const keys = { ArrowLeft: 'previous', ArrowRight: 'next', ' ': 'pause', f: 'full', F: 'full' };

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-do]');
    if (button) acts[button.dataset.do]();
  });
  document.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.altKey || event.metaKey || (event.key === ' ' && event.target.closest('a, button'))) return;
    event.preventDefault();
    acts[act]();
  });

  // swap puts what a fresh page shows in place of what is shown, and stays at the same slide.
  function swap(page) {
    const at = slides()[first].dataset.key;
    for (const id of ['top', 'slides', 'fresh']) {
      document.getElementById(id).replaceWith(document.adoptNode(page.getElementById(id)));
    }
    const since = turned;
    show(Math.max(0, slides().findIndex((slide) => slide.dataset.key === at)));
    turned = since;
    start();
    window.pilotboard.drawCharts(stage());
  }

  function start() {
    ahead = Date.parse(stage().dataset.now) - Date.now();
    tick();
  }

  for (const query of [wide, phone]) query.addEventListener('change', () => show(first));
  window.pilotboard = Object.assign(window.pilotboard || {}, { screen: { swap, now, format } });
  show(0);
  start();
  setInterval(tick, 1000);
})();
