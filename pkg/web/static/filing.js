// Saves the cells of <form data-filing> one by one while they are typed in. Without this script the form
// posts as a whole. What is typed is never thrown away: when it cannot be saved it stays in its field
// and in the browser (keep.js), and is tried again.
(() => {
  'use strict';

  const { filing } = window.pilotboard || {};
  if (!filing) return;
  const { form, cells, say, encode, decode, cellOf, keep, tell, summarize } = filing;

  const PAUSE = 800; // milliseconds without a key before a cell is saved
  const PATIENCE = 15000; // for an answer
  const SOON = 4000; // until the next try
  const LATER = 15000;

  const version = form.elements.namedItem('version');
  const user = Number(form.dataset.user);
  let token = document.querySelector('meta[name="csrf"]').content;

  const queue = [];
  let busy = false;
  let retry;
  let unsure = 0; // requests whose end is not known
  let leaving = false;
  let idle = () => {};

  // typed follows a change: at once when the field was left, else after a pause.
  function typed(cell, now) {
    clearTimeout(cell.timer);
    cell.refused = false;
    cell.dress();
    if (!cell.dirty) {
      unqueue(cell);
      keep.drop(cell);
      const saved = cell.element.dataset.state === 'saved';
      cell.show(saved ? 'saved' : '', saved ? cell.words.textContent : '');
      return;
    }
    keep.put(cell);
    if (now) {
      hurry(cell);
      return;
    }
    if (cell.element.dataset.state !== 'invalid' || !cell.wrong()) cell.show('unsaved', say('Unsaved'));
    cell.timer = setTimeout(() => hurry(cell), PAUSE);
  }

  // hurry asks for the content to be saved now, unless it cannot be right.
  function hurry(cell) {
    clearTimeout(cell.timer);
    if (!cell.dirty || cell.clash) return;
    const wrong = cell.wrong();
    if (wrong) {
      unqueue(cell);
      cell.show('invalid', wrong);
      return;
    }
    cell.show('unsaved', say('Unsaved'));
    line(cell);
  }

  // line puts something into the queue; its send tells whether the queue can go on.
  function line(one) {
    if (!queue.includes(one)) queue.push(one);
    pump();
  }

  function unqueue(one) {
    const place = queue.indexOf(one);
    if (place >= 0) queue.splice(place, 1);
  }

  // pump sends what waits, one at a time and in order.
  async function pump() {
    if (busy) return;
    busy = true;
    clearTimeout(retry);
    while (queue.length > 0 && await queue.shift().send()) { /* the next one */ }
    busy = false;
    idle();
    summarize();
  }

  // post sends something about the report; the answer comes with its body.
  const post = (path, body) => call(form.getAttribute('action') + path, { 'Content-Type': 'application/json' }, JSON.stringify({ ...body, user }), PATIENCE);

  // call posts with the token of the page, and once more when there is a new one.
  async function call(address, headers, body, patience) {
    const send = () => fetch(address, {
      method: 'POST',
      headers: { ...headers, Accept: 'application/json', 'X-CSRF-Token': token },
      body,
      signal: AbortSignal.timeout(patience),
    });
    let answer = await send();
    if (answer.status === 403 && await renew()) answer = await send();
    return { ok: answer.ok, status: answer.status, body: await answer.json() };
  }

  // renew fetches this page again for its token, which another login or a day of waiting has changed. It
  // tells whether there is a new one.
  async function renew() {
    const fresh = await window.pilotboard.renewToken(token);
    if (fresh) token = fresh;
    return fresh !== '';
  }

  // attempt posts what one of the queue has to say and gives the answer, or nothing when it has to wait:
  // then one says why, and is tried again.
  async function attempt(one, path, body) {
    let answer;
    try {
      answer = await post(path, body);
    } catch {
      unsure += 1; // it may have been saved all the same
      return later(one, SOON, say('Retry'));
    }
    const { status } = answer;
    if (status === 401) return later(one, LATER, say('Login'), true);
    if (status === 403) return later(one, LATER, answer.body.message + ' ' + say('Forbidden'), true);
    if (status === 429 || status >= 500) return later(one, SOON, say('Retry'));
    if (answer.ok) {
      advance(answer.body.version);
      form.dispatchEvent(new CustomEvent('answered', { detail: answer.body }));
    }
    return answer;
  }

  // later keeps what is to be said and lets the whole queue wait.
  function later(one, wait, text, login) {
    one.show('unsaved', text);
    if (login) {
      const link = document.createElement('a');
      Object.assign(link, { href: '/login?next=' + encodeURIComponent(location.pathname), target: '_blank', rel: 'noopener', textContent: say('LoginLink') });
      one.words.append(' ', link);
    }
    if (!queue.includes(one)) queue.unshift(one);
    clearTimeout(retry);
    retry = setTimeout(pump, wait);
    return null;
  }

  // save sends the content of a cell and tells whether the queue can go on.
  async function save(cell) {
    const content = cell.read();
    if (!cell.dirty || cell.clash) return true;
    cell.show('saving', say('Saving'));
    const answer = await attempt(cell, '/cells/' + encodeURIComponent(cell.item), { base: decode(cell.was.value), ...content });
    if (!answer) return false;
    const { body } = answer;
    if (answer.ok) saved(cell, encode(content), body);
    else if (answer.status === 409 && body.content) choose(cell, body);
    else cell.show('invalid', body.message);
    return true;
  }

  function saved(cell, sent, body) {
    cell.was.value = encode(body);
    cell.clean = sent;
    keep.drop(cell, sent);
    if (cell.dirty) typed(cell, false); // typed on meanwhile
    else cell.show('saved', body.message);
  }

  // choose lets the person decide between their content and that of somebody else.
  function choose(cell, { message, mine, theirs, content }) {
    const choices = document.createElement('div');
    choices.className = 'cell-choice';
    const offer = (key, text, act) => {
      const button = document.createElement('button');
      Object.assign(button, { type: 'button', className: 'btn btn-sm', textContent: say(key) + ' ' + text });
      button.addEventListener('click', () => {
        cell.clash = false;
        choices.remove();
        cell.was.value = encode(content);
        act();
        cell.field.focus();
      });
      choices.append(button);
    };
    offer('Mine', mine, () => { cell.clean = cell.was.value; typed(cell, true); });
    offer('Theirs', theirs, () => { cell.write(content); cell.clean = cell.was.value; typed(cell, true); });
    cell.clash = true;
    cell.words.after(choices);
    cell.show('unsaved', message);
  }

  // advance follows the version of the report. When it has moved further than we moved it, somebody
  // else has saved, and the version stays what this page has seen: the server then asks before it files.
  function advance(to) {
    const from = Number(version.value);
    if (to > from + 1 + unsure) filing.others = true;
    if (!filing.others) {
      version.value = to;
      unsure = 0;
    }
  }

  form.addEventListener('input', (event) => {
    const cell = cellOf(event.target);
    if (!cell) return;
    if (cell.na && cell.na.checked && cell.inputs.includes(event.target)) cell.na.checked = false;
    typed(cell, false);
  });
  form.addEventListener('change', (event) => {
    const cell = cellOf(event.target);
    if (cell) typed(cell, true);
  });

  // The form goes off when everything is saved, so that it does not overtake itself and nothing that
  // cannot be saved is lost on the way.
  let waited = false;
  form.addEventListener('submit', (event) => {
    for (const cell of cells) hurry(cell);
    for (const one of filing.explanations()) one.hurry();
    const stuck = [...cells, ...filing.explanations(), ...filing.files()].filter((one) => one.unsettled);
    if (busy && !waited) {
      idle = () => {
        idle = () => {};
        waited = true;
        form.requestSubmit(event.submitter);
        waited = false;
      };
    } else if (stuck.length) {
      tell(say('Stuck', filing.list(stuck.map((cell) => cell.name))));
      stuck[0].go();
    } else if (!navigator.onLine) {
      tell(say('Offline'));
    } else if (event.submitter && 'submit' in event.submitter.dataset && filing.blocked()) {
      filing.showBlocked();
    } else {
      leaving = true;
      setTimeout(() => { leaving = !event.defaultPrevented; }); // the person may have thought better of it
      return;
    }
    event.preventDefault();
    event.stopPropagation(); // no question is asked yet
  });
  addEventListener('beforeunload', (event) => {
    if (!leaving && (filing.files().length || cells.some((cell) => cell.dirty))) event.preventDefault();
  });
  addEventListener('pageshow', () => { leaving = false; });
  addEventListener('online', pump);
  addEventListener('focus', pump); // perhaps back from logging in
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) for (const cell of cells) hurry(cell);
  });

  // restore brings back what was typed and never saved. Where the server holds something else by now,
  // the person chooses. It tells whether the cell was filled with it.
  function restore(cell) {
    const kept = keep.get(cell);
    if (!kept || cell.dirty) return false;
    if (kept.content === cell.was.value) {
      keep.drop(cell);
      return false;
    }
    cell.write(decode(kept.content));
    if (kept.base === cell.was.value) return true;
    const held = decode(cell.was.value);
    const at = new Date(kept.at).toLocaleString(document.documentElement.lang, { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' });
    cell.dress();
    cell.open();
    choose(cell, { message: say('KeptDiffers', at), mine: cell.reading(cell.read()), theirs: cell.reading(held), content: held });
    return false;
  }

  for (const cell of cells) cell.send = () => save(cell);
  Object.assign(filing, { typed, hurry, line, attempt, call });
  // the other scripts are there when this runs
  document.addEventListener('DOMContentLoaded', () => {
    const restored = cells.filter(restore).length;
    if (restored) tell(say('Restored', restored));
    for (const cell of cells) {
      cell.dress();
      if (cell.dirty) typed(cell, true);
    }
    summarize();
  });
})();
