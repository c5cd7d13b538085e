// What is not right with the report of <form data-filing>, as the server finds it after every change: at
// the cells, and in a list at the end, where a warning takes its explanation.
(() => {
  'use strict';

  const { filing } = window.pilotboard || {};
  if (!filing) return;
  const { form, cells, say, tell, line, attempt, keep } = filing;

  const PAUSE = 800; // milliseconds without a key before an explanation is saved
  const card = document.getElementById('findings');
  const list = card.querySelector('.finding-list');
  const explanations = new Map(); // by check

  function make(tag, of, ...children) {
    const element = Object.assign(document.createElement(tag), of);
    element.append(...children);
    return element;
  }

  // Explanation is the field for one warning; it is kept and saved like a cell.
  class Explanation {
    constructor(element) {
      this.element = element;
      this.check = element.dataset.check;
      this.item = 'explanation.' + this.check;
      this.field = element.querySelector('textarea');
      this.words = element.querySelector('.cell-state');
      this.clean = this.field.value.trim(); // what the server holds
      const kept = keep.get(this);
      if (kept && kept.base === this.was.value) this.field.value = kept.content.slice(1);
      this.field.addEventListener('input', () => this.typed());
      this.field.addEventListener('change', () => this.hurry());
      this.hurry();
    }

    get was() { return { value: '=' + this.clean }; }
    get name() { return say('Explanation'); }
    get unsettled() { return this.field.value.trim() !== this.clean; }
    read() { return { value: this.field.value.trim(), not_applicable: false }; }
    go() { this.field.focus(); }

    show(state, text) {
      this.element.dataset.state = state;
      this.words.textContent = text;
    }

    typed() {
      clearTimeout(this.timer);
      if (!this.unsettled) return keep.drop(this);
      keep.put(this);
      this.show('unsaved', say('Unsaved'));
      this.timer = setTimeout(() => this.hurry(), PAUSE);
      return null;
    }

    hurry() {
      clearTimeout(this.timer);
      if (this.unsettled) line(this);
    }

    async send() {
      const { value } = this.read();
      if (!this.unsettled) return true;
      this.show('saving', say('Saving'));
      const answer = await attempt(this, '/explanations/' + encodeURIComponent(this.check), { text: value });
      if (!answer) return false;
      if (!answer.ok) {
        this.show('invalid', answer.body.message);
        return true;
      }
      this.clean = value;
      keep.drop(this, '=' + value);
      this.show('saved', say('AllSaved'));
      return true;
    }
  }

  function links(finding) {
    return finding.items.flatMap(({ key, label }) => [make('a', { href: '#cell-' + key, textContent: label }), ' ']);
  }

  // entry makes the entry of a finding that is new.
  function entry(finding) {
    const warning = finding.severity === 'warning';
    const element = make('li', { id: 'finding-' + finding.check, className: 'finding finding-' + finding.severity },
      make('p', {}, make('strong', { className: 'finding-kind', textContent: say(warning ? 'Warning' : 'Error') }), ' ',
        make('span', { className: 'finding-text' }), ' ', make('span', { className: 'finding-items' })));
    Object.assign(element.dataset, { check: finding.check, severity: finding.severity });
    if (warning) {
      const field = make('textarea', { className: 'form-control', name: 'explanation.' + finding.check, rows: 2, maxLength: 1000, value: finding.explanation });
      element.append(make('label', { className: 'finding-explain' }, make('span', { textContent: say('Explanation') }), field), make('p', { className: 'cell-state', role: 'status' }));
    }
    return element;
  }

  // show puts the findings into the list; fields that stay are left alone, for somebody may be in them.
  function show(findings) {
    const old = new Map([...list.children].map((element) => [element.dataset.check, element]));
    const fresh = findings.map((finding) => {
      const element = old.get(finding.check) || entry(finding);
      old.delete(finding.check);
      element.querySelector('.finding-text').textContent = finding.text;
      element.querySelector('.finding-items').replaceChildren(...links(finding));
      return element;
    });
    for (const [check, element] of old) {
      element.remove();
      explanations.delete(check);
    }
    fresh.forEach((element, i) => { if (list.children[i] !== element) list.insertBefore(element, list.children[i] || null); });
    card.hidden = findings.length === 0;
    watch();
  }

  // watch follows the fields of the list.
  function watch() {
    for (const element of list.querySelectorAll('.finding-warning')) {
      if (!explanations.has(element.dataset.check)) explanations.set(element.dataset.check, new Explanation(element));
    }
  }

  function atCells(findings) {
    for (const place of form.querySelectorAll('.cell-findings')) {
      const item = place.closest('.cell').dataset.item;
      const own = findings.filter((finding) => finding.items.some(({ key }) => key === item));
      place.hidden = own.length === 0;
      place.replaceChildren(...own.map((finding) => make('li', { className: 'finding-' + finding.severity },
        make('a', { href: '#finding-' + finding.check, textContent: finding.text }))));
    }
  }

  form.addEventListener('answered', ({ detail }) => {
    show(detail.findings || []);
    atCells(detail.findings || []);
  });

  // open gives the entries that keep the report from being filed.
  const open = () => [...list.children].filter((element) =>
    element.dataset.severity === 'error' || !element.querySelector('textarea').value.trim());

  // What keeps the report from being filed is named before anything is asked.
  function showBlocked() {
    const parts = open().map((element) => make('a', { href: '#' + element.id, textContent: element.querySelector('.finding-text').textContent }));
    for (const section of filing.toConfirm()) {
      parts.push(make('a', { href: '#' + section.same.id, textContent: section.button.getAttribute('aria-label') }));
    }
    tell(say('Blocked'));
    form.querySelector('.filing-news').append(make('ul', {}, ...parts.map((part) => make('li', {}, part))));
    parts[0].focus();
  }

  Object.assign(filing, {
    explanations: () => [...explanations.values()],
    blocked: () => open().length + filing.toConfirm().length > 0,
    showBlocked,
  });
  watch();
})();
