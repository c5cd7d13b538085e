// Keeps in the browser what the server does not have yet, cell by cell, so that it outlives a dead
// network, a crash, an ended login and a closed tab. The key names the user, who alone gets it back.
(() => {
  'use strict';

  const { filing } = window.pilotboard || {};
  if (!filing) return;

  const ALL = 'pilotboard-draft/';
  const OURS = ALL + filing.form.dataset.keep + '/'; // user, unit, form, period
  const OLD = 120 * 24 * 3600 * 1000; // milliseconds; the report has long been locked then

  // Without a store, as in some private windows, what is typed is in the page alone.
  function attempt(act) {
    try {
      return act();
    } catch {
      return null;
    }
  }

  function entry(key) {
    return attempt(() => JSON.parse(localStorage.getItem(key)));
  }

  filing.keep = {
    // put keeps what is typed in the cell, and what it was typed over.
    put(cell) {
      const kept = { base: cell.was.value, content: filing.encode(cell.read()), at: Date.now() };
      attempt(() => localStorage.setItem(OURS + cell.item, JSON.stringify(kept)));
    },
    // drop forgets what was kept of the cell; where a content is named, only if it is that: another tab
    // may have kept more.
    drop(cell, content) {
      const kept = entry(OURS + cell.item);
      if (kept && (content === undefined || kept.content === content)) attempt(() => localStorage.removeItem(OURS + cell.item));
    },
    get: (cell) => entry(OURS + cell.item),
  };

  for (const key of attempt(() => Object.keys(localStorage)) || []) {
    if (!key.startsWith(ALL)) continue;
    const kept = entry(key);
    if (!kept || Date.now() - kept.at > OLD) attempt(() => localStorage.removeItem(key));
  }
})();
