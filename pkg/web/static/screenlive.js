// Keeps the big screen up to date. The server's stream says which figures there are; when they are other
// than those shown, the slides of a fresh page take their place. Whatever breaks, the last figures stay,
// with a note of when they are from, and it is tried again: soon at first, then once a minute.
(() => {
  'use strict';

  const SILENT = 40000; // milliseconds without a word: the stream is broken, whatever the browser thinks
  const GRACE = 3000; // a break this short is not worth a note
  const SOON = 2000;
  const LATE = 60000;

  const { swap, now, format } = window.pilotboard.screen;
  const note = document.getElementById('old');
  const link = note.querySelector('a');
  const stage = () => document.getElementById('slides');

  let source = null;
  let heard = Date.now(); // when the server last said something
  let current = now(); // until when the shown figures are known to hold
  let lost = 0; // since when there is trouble; 0 when there is none
  let ended = false; // the login has
  let waiting = ''; // since when the server's own figures lack something
  let tries = 0;
  let again = 0; // when to try again
  let busy = false;

  function moment(at) {
    const days = format({ year: 'numeric', month: 'numeric', day: 'numeric' });
    const today = days.format(at) === days.format(now());
    return format({ ...(today ? {} : { month: 'long', day: 'numeric' }), hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  }

  function tell() {
    let words = '';
    if (ended) words = note.dataset.ended.replace('{time}', moment(current));
    else if (lost && Date.now() - lost >= GRACE) words = note.dataset.lost.replace('{time}', moment(current));
    else if (waiting) words = note.dataset.waiting.replace('{time}', moment(Date.parse(waiting)));
    if (note.firstElementChild.textContent !== words) note.firstElementChild.textContent = words;
    note.hidden = !words;
    link.hidden = !ended;
  }

  function lose() {
    if (source) source.close();
    source = null;
    lost = lost || Date.now();
    // screens do not all come back in the same moment after a restart
    again = Date.now() + (ended ? LATE : Math.min(LATE, SOON * 2 ** tries)) * (0.75 + Math.random() / 2);
    tries++;
    tell();
  }

  const files = (page) => [...page.querySelectorAll('head [src], head [href]')].map((one) => one.getAttribute('src') || one.getAttribute('href')).join();

  async function refresh() {
    const answer = await fetch(stage().dataset.figures, { cache: 'no-store', signal: AbortSignal.timeout(15000) });
    ended = answer.status === 401;
    if (!answer.ok) throw new Error('the figures answer ' + answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (!page.getElementById('slides')) throw new Error('there are no slides');
    if (files(page) !== files(document)) location.reload(); // the server has become a newer one
    else swap(page);
    hold();
  }

  // hold notes that the shown figures are those of the server.
  function hold() {
    heard = Date.now();
    current = now();
    lost = 0;
    tell();
  }

  async function attempt(step) {
    if (busy) return;
    busy = true;
    try {
      await step();
    } catch {
      lose();
    }
    busy = false;
  }

  function listen() {
    const mine = new EventSource('/screen/events');
    source = mine;
    mine.addEventListener('figures', (event) => {
      const news = JSON.parse(event.data);
      heard = Date.now();
      tries = 0;
      waiting = news.waiting || '';
      if (news.version === stage().dataset.version) hold();
      else attempt(refresh);
    });
    mine.addEventListener('ended', () => { ended = true; lose(); });
    mine.addEventListener('error', () => { if (source === mine) lose(); });
  }

  function look() {
    if (source && Date.now() - heard > SILENT) lose();
    if (!source && Date.now() >= again) {
      attempt(async () => {
        await refresh();
        listen();
      });
    }
    tell();
  }

  addEventListener('online', () => { again = 0; look(); });
  addEventListener('pagehide', () => { if (source) source.close(); });
  listen();
  setInterval(look, 1000);
})();
