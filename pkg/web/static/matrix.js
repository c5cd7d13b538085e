// Matrix entry: <div data-sheet> holds a table of cells that are typed in as in a spreadsheet, by keys,
// filled down and pasted in blocks from WPS and Excel, and saved one by one. What is typed stays in its
// cell until the server has taken it.
(() => {
  'use strict';

  const PATIENCE = 15000; // milliseconds for an answer
  const SOON = 4000; // until the next try
  const LATER = 15000;
  const ABREAST = 4; // rows that are saved at the same time
  const LISTED = 20; // problems that are listed

  // parseBlock reads what a spreadsheet puts on the clipboard: rows of cells between tabs; a cell in
  // quotes may hold tabs and line ends, and two quotes for one.
  function parseBlock(text) {
    const rows = [[]];
    let cell = '';
    let quoted = false;
    let fresh = true; // nothing of the cell has been read
    const put = () => {
      rows[rows.length - 1].push(cell);
      cell = '';
      fresh = true;
    };
    for (let i = 0; i < text.length; i += 1) {
      const c = text[i];
      if (quoted) {
        if (c !== '"') cell += c;
        else if (text[i + 1] === '"') { cell += c; i += 1; } else quoted = false;
      } else if (c === '"' && fresh) {
        quoted = true;
        fresh = false;
      } else if (c === '\t') {
        put();
      } else if (c === '\n' || c === '\r') {
        if (c === '\r' && text[i + 1] === '\n') i += 1;
        put();
        rows.push([]);
      } else {
        cell += c;
        fresh = false;
      }
    }
    put();
    const last = rows[rows.length - 1];
    if (rows.length > 1 && last.length === 1 && last[0] === '') rows.pop();
    return rows;
  }
  window.pilotboard = Object.assign(window.pilotboard || {}, { parseBlock });

  const sheet = document.querySelector('[data-sheet]');
  if (!sheet) return;

  let token = document.querySelector('meta[name="csrf"]').content;
  const about = document.getElementById('sheet-cell');
  const status = document.querySelector('.sheet-status');
  const problems = document.querySelector('.sheet-problems');
  const say = (key, ...values) => (sheet.dataset['words' + key] || '').replace(/%\[(\d)\][sd]/g, (_, n) => values[n - 1]);

  // A content as one text: "n" for not applicable, "=" and the value for the rest.
  const encode = (content) => (content.not_applicable ? 'n' : '=' + content.value);
  const decode = (text) => (text === 'n' ? { value: '', not_applicable: true } : { value: text.slice(1), not_applicable: false });
  const same = (a, b) => encode(a) === encode(b);

  class Column {
    constructor(th) {
      Object.assign(this, { item: th.dataset.item, name: th.dataset.name, optional: 'optional' in th.dataset, computed: 'computed' in th.dataset });
      this.choices = JSON.parse(th.dataset.choices || '[]');
    }

    // read makes a content of what was typed.
    read(text) {
      const trimmed = text.trim();
      if (this.optional && [sheet.dataset.na, 'N/A', 'n/a'].includes(trimmed)) return { value: '', not_applicable: true };
      const choice = this.choices.find((one) => one.name === trimmed);
      return { value: choice ? choice.value : trimmed, not_applicable: false };
    }

    text(content) {
      if (content.not_applicable) return sheet.dataset.na;
      const choice = this.choices.find((one) => one.value === content.value);
      return choice ? choice.name : content.value;
    }
  }

  class Cell {
    constructor(td, row, column) {
      Object.assign(this, { td, row, column, typed: null, message: '' });
      this.asked = 'cell' in td.dataset;
      this.editable = this.asked && Boolean(row.url) && !column.computed;
      if (!this.editable) td.setAttribute('aria-readonly', 'true');
      if (this.asked) this.was = decode(td.dataset.was); // what the server holds
    }

    get text() {
      if (!this.asked) return '';
      return this.typed === null ? this.column.text(this.was) : this.typed;
    }

    get name() { return this.row.name + ' · ' + this.column.name; }
    get state() { return this.td.dataset.state || ''; }

    // set takes what was typed; false when nothing can be typed here.
    set(text) {
      if (!this.editable) return false;
      if (text === this.text || this.state === 'clash') return true;
      this.typed = text;
      if (!this.sending && same(this.column.read(text), this.was)) {
        this.typed = null;
        waiting.delete(this);
        this.show('', '');
        return true;
      }
      waiting.add(this);
      this.show('unsaved', say('Unsaved'));
      pump();
      return true;
    }

    show(state, message) {
      this.message = message;
      if (state) this.td.dataset.state = state;
      else delete this.td.dataset.state;
      if (state === 'invalid' || state === 'clash') this.td.setAttribute('aria-invalid', 'true');
      else this.td.removeAttribute('aria-invalid');
      if (!this.td.classList.contains('editing')) this.td.textContent = this.text;
      this.td.classList.toggle('same', this.typed === null && encode(this.was) === this.td.dataset.last);
      summarize();
    }

    // save sends the content; it gives how long to wait before anything else is tried.
    async save() {
      const sent = this.typed;
      const content = this.column.read(sent);
      if (same(content, this.was)) return this.taken(sent, this.was, '');
      this.sending = true;
      this.show('saving', say('Saving'));
      let answer;
      let body;
      try {
        answer = await fetch(this.row.url + '/cells/' + encodeURIComponent(this.column.item), {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRF-Token': token },
          body: JSON.stringify({ user: Number(sheet.dataset.user), base: this.was, ...content }),
          signal: AbortSignal.timeout(PATIENCE),
        });
        body = await answer.json();
      } catch {
        return this.later(SOON, say('Retry'));
      } finally {
        this.sending = false;
      }
      if (answer.ok) return this.taken(sent, body, body.message);
      if (answer.status === 403) {
        const fresh = await window.pilotboard.renewToken(token).catch(() => '');
        if (fresh) {
          token = fresh;
          return this.later(1, say('Saving'));
        }
      }
      if (answer.status === 401) return this.later(LATER, say('Login'));
      if (answer.status === 403) return this.later(LATER, body.message);
      if (answer.status === 429 || answer.status >= 500) return this.later(SOON, say('Retry'));
      if (answer.status === 409 && body.content) {
        this.clash = body;
        this.show('clash', body.message);
      } else if (this.typed === sent) {
        this.show('invalid', body.message);
      }
      return 0;
    }

    taken(sent, content, message) {
      this.was = { value: content.value, not_applicable: content.not_applicable };
      if (this.typed !== sent) { // typed on meanwhile
        waiting.add(this);
        return 0;
      }
      this.typed = null;
      this.show(message ? 'saved' : '', message);
      for (const other of this.row.cells) if (other.column.computed) other.td.dataset.stale = '';
      return 0;
    }

    later(wait, message) {
      waiting.add(this);
      this.show('unsaved', message);
      return wait;
    }

    // settle ends a clash with the content of one of the two.
    settle(mine) {
      this.was = this.clash.content;
      this.clash = null;
      delete this.td.dataset.state;
      if (mine) {
        waiting.add(this);
        this.show('unsaved', say('Unsaved'));
        pump();
      } else {
        this.typed = null;
        this.show('saved', '');
      }
    }
  }

  const columns = [...sheet.querySelectorAll('thead th[data-item]')].map((th) => new Column(th));
  const rows = [...sheet.querySelectorAll('tbody tr')].map((tr) => {
    const row = { url: tr.dataset.edit || '', name: tr.dataset.name };
    row.cells = [...tr.querySelectorAll('td:not(.sheet-state)')].map((td, i) => new Cell(td, row, columns[i]));
    return row;
  });
  const cells = rows.flatMap((row) => row.cells);

  // Saving: several rows at a time, and of one row one cell, in the order in which they were typed.
  const waiting = new Set();
  const busy = new Set(); // rows
  let retry = 0;

  function pump() {
    if (retry) return;
    for (const cell of waiting) {
      if (busy.size >= ABREAST) return;
      if (busy.has(cell.row)) continue;
      waiting.delete(cell);
      busy.add(cell.row);
      cell.save().then((wait) => {
        busy.delete(cell.row);
        if (wait) hold(wait);
        else pump();
        summarize();
      });
    }
  }

  function hold(wait) {
    clearTimeout(retry);
    retry = setTimeout(again, wait);
  }

  function again() {
    clearTimeout(retry);
    retry = 0;
    pump();
  }
  window.addEventListener('focus', again);
  window.addEventListener('online', again);
  window.addEventListener('beforeunload', (event) => {
    if (waiting.size || busy.size) event.preventDefault();
  });

  // What the foot of the sheet says
  let planned = false;
  let skipped = 0; // cells of the last block that found no place
  function summarize() {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => {
      planned = false;
      const wrong = cells.filter((cell) => cell.state === 'invalid' || cell.state === 'clash');
      const unsaved = cells.filter((cell) => cell.state === 'unsaved' || cell.state === 'saving');
      const parts = [];
      if (wrong.length) parts.push(say('SomeWrong', wrong.length));
      if (unsaved.length) parts.push(say('SomeUnsaved', unsaved.length));
      if (!parts.length && cells.some((cell) => cell.state === 'saved')) parts.push(say('AllSaved'));
      if (skipped) parts.push(say('Skipped', skipped));
      status.dataset.state = wrong.length ? 'invalid' : unsaved.length ? 'unsaved' : 'saved';
      const text = parts.join(' ');
      if (status.textContent !== text) status.textContent = text;
      list(wrong, retry ? unsaved.find((cell) => cell.message) : null);
      describe();
    });
  }

  function list(wrong, stuck) {
    problems.replaceChildren(...wrong.slice(0, LISTED).map((cell) => {
      const line = document.createElement('li');
      const button = (text, act) => {
        const one = document.createElement('button');
        Object.assign(one, { type: 'button', className: 'btn btn-sm', textContent: text });
        one.addEventListener('click', act);
        return one;
      };
      line.append(cell.message, button(cell.name, () => go(...placeOf(cell.td))));
      if (cell.clash) {
        line.append(button(say('Mine', cell.typed), () => cell.settle(true)), button(say('Theirs', cell.clash.theirs), () => cell.settle(false)));
      }
      return line;
    }));
    if (stuck) {
      const line = document.createElement('li');
      line.append(stuck.message);
      if (stuck.message === say('Login')) {
        const link = document.createElement('a');
        Object.assign(link, { href: '/login', target: '_blank', rel: 'noopener', textContent: say('LoginLink') });
        line.append(' ', link);
      }
      problems.prepend(line);
    }
    problems.hidden = !problems.children.length;
  }

  // The chosen block: from its anchor to where the focus is
  let anchor = [0, 0];
  let head = [0, 0];
  let editor = null;
  const at = ([r, c]) => rows[r].cells[c];
  const placeOf = (td) => {
    const r = rows.findIndex((row) => row.cells.some((cell) => cell.td === td));
    return [r, rows[r].cells.findIndex((cell) => cell.td === td)];
  };
  const bounds = () => [Math.min(anchor[0], head[0]), Math.min(anchor[1], head[1]), Math.max(anchor[0], head[0]), Math.max(anchor[1], head[1])];

  function describe() {
    const cell = at(head);
    const parts = [cell.name];
    if (!cell.asked) parts.push(say('NotAsked'));
    else if (cell.column.computed) parts.push(say('Computed'));
    else if (!cell.editable) parts.push(say('ReadOnly'));
    if (cell.td.dataset.last) parts.push(say('Last', cell.column.text(decode(cell.td.dataset.last)) || sheet.dataset.blank));
    if (cell.message) parts.push(cell.message);
    about.textContent = parts.join(' · ');
  }

  // choose moves the focus; with extend the block grows from where it began.
  function choose(r, c, extend) {
    at(head).td.tabIndex = -1;
    head = [Math.max(0, Math.min(rows.length - 1, r)), Math.max(0, Math.min(columns.length - 1, c))];
    if (!extend) anchor = head;
    const [top, left, bottom, right] = bounds();
    rows.forEach((row, i) => row.cells.forEach((cell, j) => {
      const chosen = i >= top && i <= bottom && j >= left && j <= right && (top !== bottom || left !== right);
      if (cell.td.classList.contains('chosen') !== chosen) cell.td.classList.toggle('chosen', chosen);
    }));
    const { td } = at(head);
    td.tabIndex = 0;
    td.setAttribute('aria-describedby', 'sheet-cell');
    describe();
  }

  function go(r, c, extend) {
    choose(r, c, extend);
    const { td } = at(head);
    td.focus({ preventScroll: true });
    reveal(td);
  }

  // reveal scrolls the box until a cell is clear of the head and the first column.
  function reveal(td) {
    const box = sheet.getBoundingClientRect();
    const cell = td.getBoundingClientRect();
    const left = box.left + sheet.querySelector('tbody th').offsetWidth;
    const top = box.top + sheet.querySelector('thead').offsetHeight;
    if (cell.left < left) sheet.scrollLeft -= left - cell.left;
    else if (cell.right > box.left + sheet.clientWidth) sheet.scrollLeft += cell.right - box.left - sheet.clientWidth;
    if (cell.top < top) sheet.scrollTop -= top - cell.top;
    else if (cell.bottom > box.top + sheet.clientHeight) sheet.scrollTop += cell.bottom - box.top - sheet.clientHeight;
  }

  // edit opens a field in the cell; with a text in place of what it holds.
  function edit(text) {
    const cell = at(head);
    if (!cell.editable || editor || cell.state === 'clash') return;
    const field = document.createElement(cell.column.choices.length ? 'select' : 'input');
    field.className = 'sheet-editor';
    field.setAttribute('aria-label', cell.name);
    if (field.tagName === 'SELECT') {
      const names = ['', ...cell.column.choices.map((one) => one.name), ...(cell.column.optional ? [sheet.dataset.na] : [])];
      if (!names.includes(cell.text)) names.push(cell.text);
      field.append(...names.map((name) => new Option(name, name)));
      field.value = cell.text;
    } else {
      Object.assign(field, { type: 'text', autocomplete: 'off', inputMode: cell.column.optional ? 'text' : 'decimal', value: text === undefined ? cell.text : text });
    }
    editor = { cell, field };
    cell.td.classList.add('editing');
    cell.td.replaceChildren(field);
    field.focus();
    if (field.select && text === undefined) field.select();
    field.addEventListener('blur', () => finish(true));
  }

  function finish(keep) {
    if (!editor) return;
    const { cell, field } = editor;
    editor = null;
    cell.td.classList.remove('editing');
    cell.td.textContent = cell.text;
    if (keep) cell.set(field.value);
  }

  // put writes a block of texts from the top left of what is chosen; one text alone fills all of it.
  function put(block) {
    const [top, left, bottom, right] = bounds();
    const alone = block.length === 1 && block[0].length === 1;
    const high = alone ? bottom - top + 1 : block.length;
    let width = alone ? right - left + 1 : 0;
    skipped = 0;
    for (let r = 0; r < high; r += 1) {
      const line = alone ? Array(width).fill(block[0][0]) : block[r];
      width = Math.max(width, line.length);
      line.forEach((text, c) => {
        const cell = rows[top + r] && rows[top + r].cells[left + c];
        if (!cell || !cell.set(text)) skipped += 1;
      });
    }
    choose(top, left);
    choose(top + high - 1, left + width - 1, true);
    at(head).td.focus({ preventScroll: true });
    summarize();
  }

  // fillDown copies the first row of what is chosen over the others, and into a single row the one above.
  function fillDown() {
    const [top, left, bottom, right] = bounds();
    const from = top === bottom ? top - 1 : top;
    if (from < 0) return;
    skipped = 0;
    for (let c = left; c <= right; c += 1) {
      for (let r = from + 1; r <= bottom; r += 1) {
        if (!rows[from].cells[c].asked || !rows[r].cells[c].set(rows[from].cells[c].text)) skipped += 1;
      }
    }
    summarize();
  }

  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  // tab goes to the next cell and on to the next row; from the last one the page's own order goes on.
  function tab(event) {
    const next = head[0] * columns.length + head[1] + (event.shiftKey ? -1 : 1);
    if (next < 0 || next >= rows.length * columns.length) {
      finish(true);
      return;
    }
    event.preventDefault();
    finish(true);
    go(Math.floor(next / columns.length), next % columns.length);
  }

  function editingKey(event) {
    if (event.isComposing) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      finish(true);
      go(head[0] + (event.shiftKey ? -1 : 1), head[1]);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      finish(false);
      go(...head);
    } else if (event.key === 'Tab') {
      tab(event);
    } else if (steps[event.key] && steps[event.key][0] && editor.field.tagName === 'INPUT') {
      event.preventDefault();
      finish(true);
      go(head[0] + steps[event.key][0], head[1]);
    }
  }

  function movingKey(event) {
    const command = event.ctrlKey || event.metaKey;
    if (steps[event.key]) {
      event.preventDefault();
      const [r, c] = steps[event.key];
      if (command) go(r ? (r > 0 ? rows.length - 1 : 0) : head[0], c ? (c > 0 ? columns.length - 1 : 0) : head[1], event.shiftKey);
      else go(head[0] + r, head[1] + c, event.shiftKey);
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault();
      const last = event.key === 'End';
      go(command ? (last ? rows.length - 1 : 0) : head[0], last ? columns.length - 1 : 0, event.shiftKey);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      go(head[0] + (event.shiftKey ? -1 : 1), head[1]);
    } else if (event.key === 'Tab') {
      tab(event);
    } else if (event.key === 'F2') {
      event.preventDefault();
      edit();
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      put([['']]);
    } else if (command && event.key.toLowerCase() === 'd') {
      event.preventDefault();
      fillDown();
    } else if (event.key === 'Escape') {
      status.focus(); // out of the sheet, wherever the focus is in it
    } else if (event.key === ' ') {
      event.preventDefault();
      edit();
    } else if (event.key === 'Process' || (!command && !event.altKey && event.key.length === 1)) {
      edit(''); // what is typed, also by an input method, goes into the field
    }
  }

  sheet.addEventListener('keydown', (event) => {
    if (editor) editingKey(event);
    else if (event.target.tagName === 'TD') movingKey(event);
  });
  sheet.addEventListener('focusin', (event) => {
    if (event.target.matches('tbody td:not(.sheet-state)') && event.target !== at(head).td) choose(...placeOf(event.target));
  });
  sheet.addEventListener('pointerdown', (event) => {
    const td = event.target.closest('tbody td:not(.sheet-state)');
    if (!td || (editor && editor.cell.td === td)) return;
    if (event.pointerType === 'mouse') {
      event.preventDefault();
      finish(true);
      go(...placeOf(td), event.shiftKey);
    }
  });
  sheet.addEventListener('pointerover', (event) => {
    const td = event.target.closest('tbody td:not(.sheet-state)');
    if (td && event.buttons === 1 && event.pointerType === 'mouse' && !editor) go(...placeOf(td), true);
  });
  sheet.addEventListener('click', (event) => {
    const td = event.target.closest('tbody td:not(.sheet-state)');
    if (!td || event.pointerType !== 'touch' || (editor && editor.cell.td === td)) return;
    finish(true);
    go(...placeOf(td));
    edit();
  });
  sheet.addEventListener('dblclick', (event) => {
    if (event.target.closest('td[data-cell]')) edit();
  });
  sheet.addEventListener('copy', (event) => {
    if (editor) return;
    const [top, left, bottom, right] = bounds();
    const quote = (text) => (/["\t\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);
    event.preventDefault();
    event.clipboardData.setData('text/plain', rows.slice(top, bottom + 1)
      .map((row) => row.cells.slice(left, right + 1).map((cell) => quote(cell.text)).join('\t')).join('\r\n'));
  });
  sheet.addEventListener('paste', (event) => {
    const text = event.clipboardData.getData('text/plain');
    if (editor && !/[\t\r\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    finish(false);
    put(parseBlock(text));
  });

  choose(0, 0);
})();
