// Saves the cells of <form data-filing> one by one while they are typed in, and says of each how it
// stands. Without this script the form posts as a whole. What is typed is never thrown away: when it
// cannot be saved it stays in its field and is tried again.
(() => {
  'use strict';

  const form = document.querySelector('form[data-filing]');
  if (!form) return;

  const PAUSE = 800; // milliseconds without a key before a cell is saved
  const PATIENCE = 15000; // for an answer
  const SOON = 4000; // until the next try
  const LATER = 15000;
  const LARGEST = 1e12; // in the smallest unit, as the server has it

  const version = form.elements.namedItem('version');
  const token = document.querySelector('meta[name="csrf"]').content;
  const note = form.querySelector('.save-state');

  // say gives a text of the page with its values put in.
  function say(from, key, ...values) {
    return (from.dataset['words' + key] || '').replace(/%\[(\d)\][sd]/g, (_, n) => values[n - 1]);
  }

  // A content as one text: "n" for not applicable, "=" and the value for the rest.
  const encode = (content) => (content.not_applicable ? 'n' : '=' + content.value);
  const decode = (text) => (text === 'n' ? { value: '', not_applicable: true } : { value: text.slice(1), not_applicable: false });

  class Cell {
    constructor(element) {
      const named = (kind) => [...element.querySelectorAll('[name="' + kind + '.' + element.dataset.item + '"]')];
      this.element = element;
      this.inputs = named('cell');
      [this.na] = named('na');
      [this.was] = named('was'); // what the server holds
      this.clean = this.was.value; // what was typed when the server last took it
      this.words = element.querySelector('.cell-state');
    }

    read() {
      const checked = this.inputs.find((input) => input.type === 'radio' && input.checked);
      const value = this.inputs[0].type === 'radio' ? (checked ? checked.value : '') : this.inputs[0].value;
      return this.na && this.na.checked ? { value: '', not_applicable: true } : { value, not_applicable: false };
    }

    write(content) {
      if (this.na) this.na.checked = content.not_applicable;
      for (const input of this.inputs) {
        if (input.type === 'radio') input.checked = input.value === content.value;
        else input.value = content.value;
      }
    }

    get dirty() { return encode(this.read()) !== this.clean; }
    get filled() { return encode(this.read()) !== '='; }
    get measured() { return this.element.dataset.type !== 'text'; }

    show(state, text) {
      if (state) this.element.dataset.state = state;
      else delete this.element.dataset.state;
      this.words.textContent = text;
      for (const input of this.inputs) input.setAttribute('aria-invalid', String(state === 'invalid'));
      summarize();
    }

    // wrong says what the server would say against the content; empty when nothing.
    wrong() {
      const { value, not_applicable: na } = this.read();
      const data = this.element.dataset;
      if (na || value.trim() === '' || data.type === 'yes_no') return '';
      if (data.type === 'text') {
        const length = [...value].length;
        return length > Number(data.most) ? say(form, 'TooLong', length, data.most) : '';
      }
      let digits = value.normalize('NFKC').trim();
      if (data.type === 'percent') digits = digits.replace(/%$/, '').trim();
      if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(digits)) digits = digits.replaceAll(',', '');
      if (!/^-?\d+(\.\d+)?$/.test(digits)) return say(form, 'NotANumber');
      const decimals = (digits.split('.')[1] || '').replace(/0+$/, '').length;
      if (decimals > Number(data.decimals)) {
        return data.decimals === '0' ? say(form, 'NotWhole') : say(this.element, 'TooManyDecimals');
      }
      const number = Number(digits);
      if (Math.abs(number) * 10 ** Number(data.decimals) > LARGEST) return say(form, 'TooLarge');
      if (number < 0) return say(form, 'Negative');
      if (data.greatest && number > Number(data.greatest)) return say(this.element, 'OverMax');
      return '';
    }

    // typed follows a change: at once when the field was left, else after a pause.
    typed(now) {
      clearTimeout(this.timer);
      this.dress();
      if (!this.dirty) {
        this.drop();
        this.show(this.element.dataset.state === 'saved' ? 'saved' : '', this.element.dataset.state === 'saved' ? this.words.textContent : '');
        return;
      }
      if (now) {
        this.hurry();
        return;
      }
      if (this.element.dataset.state !== 'invalid' || !this.wrong()) this.show('unsaved', say(form, 'Unsaved'));
      this.timer = setTimeout(() => this.hurry(), PAUSE);
    }

    // hurry asks for the content to be saved now, unless it cannot be right.
    hurry() {
      clearTimeout(this.timer);
      if (!this.dirty || this.clash) return;
      const wrong = this.wrong();
      if (wrong) {
        this.drop();
        this.show('invalid', wrong);
        return;
      }
      if (!queue.includes(this)) queue.push(this);
      pump();
    }

    drop() {
      const place = queue.indexOf(this);
      if (place >= 0) queue.splice(place, 1);
    }

    // dress shows what follows from the content alone.
    dress() {
      const data = this.element.dataset;
      this.element.toggleAttribute('data-na', Boolean(this.na && this.na.checked));
      if (data.last !== undefined) this.element.classList.toggle('cell-changed', encode(this.read()) !== data.last);
      const count = this.element.querySelector('[data-count]');
      if (count) count.textContent = [...this.read().value].length + '/' + data.most + ' · ';
    }

    // save sends the content and tells whether the queue can go on.
    async save() {
      const content = this.read();
      if (!this.dirty || this.clash) return true;
      this.show('saving', say(form, 'Saving'));
      let answer, body;
      try {
        answer = await fetch(form.getAttribute('action') + '/cells/' + encodeURIComponent(this.element.dataset.item), {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRF-Token': token },
          body: JSON.stringify({ base: decode(this.was.value), ...content }),
          signal: AbortSignal.timeout(PATIENCE),
        });
        body = await answer.json();
      } catch {
        unsure += 1; // it may have been saved all the same
        return this.later(SOON, say(form, 'Retry'));
      }
      if (answer.ok) this.saved(encode(content), body);
      else if (answer.status === 401) return this.later(LATER, say(form, 'Login'), true);
      else if (answer.status === 403) return this.later(LATER, say(form, 'Forbidden'));
      else if (answer.status >= 500) return this.later(SOON, say(form, 'Retry'));
      else if (answer.status === 409 && body.content) this.choose(body);
      else this.show('invalid', body.message);
      return true;
    }

    saved(sent, body) {
      this.was.value = encode(body);
      this.clean = sent;
      advance(body.version);
      if (this.dirty) this.typed(false); // typed on meanwhile
      else this.show('saved', body.message);
    }

    // later keeps the content and lets the whole queue wait.
    later(wait, text, login) {
      this.show('unsaved', text);
      if (login) {
        const link = document.createElement('a');
        Object.assign(link, { href: '/login', target: '_blank', rel: 'noopener', textContent: say(form, 'LoginLink') });
        this.words.append(' ', link);
      }
      if (!queue.includes(this)) queue.unshift(this);
      clearTimeout(retry);
      retry = setTimeout(pump, wait);
      return false;
    }

    // choose lets the person decide between their content and that of somebody else.
    choose(body) {
      const choices = document.createElement('div');
      choices.className = 'cell-choice';
      const offer = (key, text, act) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'btn btn-sm';
        button.textContent = say(form, key) + ' ' + text;
        button.addEventListener('click', () => {
          this.clash = false;
          choices.remove();
          this.was.value = encode(body.content);
          act();
        });
        choices.append(button);
      };
      offer('Mine', body.mine, () => { this.clean = this.was.value; this.typed(true); });
      offer('Theirs', body.theirs, () => { this.write(body.content); this.clean = this.was.value; this.dress(); this.show('', ''); });
      this.clash = true;
      this.words.after(choices);
      this.show('unsaved', body.message);
    }
  }

  const queue = [];
  let busy = false;
  let retry;
  let unsure = 0; // requests whose end is not known
  let others = false; // somebody else edits this report too
  let leaving = false;
  let idle = () => {};

  // pump saves what waits, one cell at a time and in order.
  async function pump() {
    if (busy) return;
    busy = true;
    clearTimeout(retry);
    while (queue.length > 0 && await queue.shift().save()) { /* the next one */ }
    busy = false;
    idle();
    summarize();
  }

  // advance follows the version of the report. When it has moved further than we moved it, somebody
  // else has saved, and the version stays what this page has seen: the server then asks before it files.
  function advance(to) {
    const from = Number(version.value);
    if (to > from + 1 + unsure) others = true;
    if (!others) {
      version.value = to;
      unsure = 0;
    }
  }

  const cells = [...form.querySelectorAll('.cell[data-item]')].map((element) => new Cell(element));
  const cellOf = (node) => cells.find((cell) => cell.element.contains(node));

  function summarize() {
    const wrong = cells.filter((cell) => cell.element.dataset.state === 'invalid').length;
    const unsaved = cells.filter((cell) => cell.dirty && cell.element.dataset.state !== 'invalid').length;
    const parts = [];
    if (wrong) parts.push(say(form, 'SomeWrong', wrong));
    if (unsaved) parts.push(say(form, 'SomeUnsaved', unsaved));
    if (others) parts.push(say(form, 'Others'));
    if (!parts.length && cells.some((cell) => cell.element.dataset.state === 'saved')) parts.push(say(form, 'AllSaved'));
    note.dataset.state = wrong ? 'invalid' : unsaved || others ? 'unsaved' : 'saved';
    const text = parts.join(' ');
    if (note.textContent !== text) note.textContent = text;
    for (const place of form.querySelectorAll('[data-filled]')) {
      const section = place.closest('.form-section') || form;
      const own = cells.filter((cell) => cell.measured && section.contains(cell.element));
      place.textContent = say(form, 'Filled', own.filter((cell) => cell.filled).length, own.length);
    }
  }

  form.addEventListener('input', (event) => {
    const cell = cellOf(event.target);
    if (!cell) return;
    if (cell.na && cell.na.checked && cell.inputs.includes(event.target)) cell.na.checked = false;
    cell.typed(false);
  });
  form.addEventListener('change', (event) => {
    const cell = cellOf(event.target);
    if (cell) cell.typed(true);
  });

  // Enter goes to the next cell, as in a spreadsheet, and files nothing.
  form.addEventListener('keydown', (event) => {
    const cell = cellOf(event.target);
    if (event.key !== 'Enter' || event.isComposing || !cell || !event.target.matches('input')) return;
    event.preventDefault();
    const next = cells[cells.indexOf(cell) + (event.shiftKey ? -1 : 1)];
    if (next) (next.inputs.find((input) => input.checked) || next.inputs[0]).focus();
  });

  // The form goes off when everything that can be saved is saved, so that it does not overtake itself.
  let waited = false;
  form.addEventListener('submit', (event) => {
    for (const cell of cells) cell.hurry();
    if (busy && !waited) {
      event.preventDefault();
      event.stopPropagation(); // no question is asked yet
      idle = () => {
        idle = () => {};
        waited = true;
        form.requestSubmit(event.submitter);
        waited = false;
      };
      return;
    }
    leaving = true;
    setTimeout(() => { leaving = !event.defaultPrevented; }); // the person may have thought better of it
  });
  addEventListener('beforeunload', (event) => {
    if (!leaving && cells.some((cell) => cell.dirty)) event.preventDefault();
  });
  addEventListener('pageshow', () => { leaving = false; });
  addEventListener('online', pump);
  addEventListener('focus', pump); // perhaps back from logging in
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) for (const cell of cells) cell.hurry();
  });

  // What the browser kept from before, or what the server gave back as wrong, is not saved yet.
  for (const cell of cells) {
    cell.dress();
    if (cell.dirty) cell.typed(true);
  }
  summarize();
})();
