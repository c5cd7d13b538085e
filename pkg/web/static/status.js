// Says how the whole form stands: what is saved, what is wrong, what is filled in.
(() => {
  'use strict';

  const { filing } = window.pilotboard || {};
  if (!filing) return;
  const { form, cells, say } = filing;

  const note = form.querySelector('.save-state');
  const news = form.querySelector('.filing-news');
  filing.others = false; // somebody else edits this report too

  function summarize() {
    const wrong = cells.filter((cell) => cell.element.dataset.state === 'invalid').length;
    const unsaved = cells.filter((cell) => cell.dirty && cell.element.dataset.state !== 'invalid').length;
    const parts = [];
    if (wrong) parts.push(say('SomeWrong', wrong));
    if (unsaved) parts.push(say('SomeUnsaved', unsaved));
    if (!navigator.onLine) parts.push(say('Offline'));
    if (filing.others) parts.push(say('Others'));
    if (!parts.length && cells.some((cell) => cell.element.dataset.state === 'saved')) parts.push(say('AllSaved'));
    note.dataset.state = wrong ? 'invalid' : unsaved || filing.others || !navigator.onLine ? 'unsaved' : 'saved';
    const text = parts.join(' ');
    if (note.textContent !== text) note.textContent = text;
    for (const place of form.querySelectorAll('[data-filled]')) {
      const section = place.closest('.form-section') || form;
      const own = cells.filter((cell) => cell.measured && section.contains(cell.element));
      place.textContent = say('Filled', own.filter((cell) => cell.filled).length, own.length);
    }
  }

  // makeRoom keeps whatever is scrolled to from under the bar at the bottom.
  const bar = form.querySelector('.form-actions');
  function makeRoom() {
    document.documentElement.style.scrollPaddingBottom = bar.offsetHeight + 16 + 'px';
  }
  new ResizeObserver(makeRoom).observe(bar);

  // tell says something about the whole form, where it is seen whatever cell one is in; button, when
  // there is one, is [words, what it does].
  function tell(text, button) {
    news.replaceChildren(text);
    news.hidden = !text;
    makeRoom();
    if (!button) return;
    const undo = document.createElement('button');
    Object.assign(undo, { type: 'button', className: 'btn btn-sm', textContent: button[0] });
    undo.addEventListener('click', button[1]);
    news.append(' ', undo);
  }

  form.addEventListener('shown', summarize);
  addEventListener('offline', summarize);
  addEventListener('online', summarize);
  Object.assign(filing, { summarize, tell });
})();
