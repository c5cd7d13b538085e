// The cells of <form data-filing>: what each holds, what is wrong with it, and how it says so. Saving is
// filing.js, keys are grid.js, pasted blocks paste.js.
(() => {
  'use strict';

  const form = document.querySelector('form[data-filing]');
  if (!form) return;

  const LARGEST = 1e12; // in the smallest unit, as the server has it
  const YES_NO = { true: ['true', 'yes', '是'], false: ['false', 'no', '否'] }; // as the server reads them

  // say gives a text of the page with its values put in.
  function say(from, key, ...values) {
    return (from.dataset['words' + key] || '').replace(/%\[(\d)\][sd]/g, (_, n) => values[n - 1]);
  }

  // A content as one text: "n" for not applicable, "=" and the value for the rest.
  const encode = (content) => (content.not_applicable ? 'n' : '=' + content.value);
  const decode = (text) => (text === 'n' ? { value: '', not_applicable: true } : { value: text.slice(1), not_applicable: false });

  // plain makes one of the ways in which people and spreadsheets write the same.
  const plain = (text) => text.normalize('NFKC').trim();

  class Cell {
    constructor(element) {
      const named = (kind) => [...element.querySelectorAll('[name="' + kind + '.' + element.dataset.item + '"]')];
      this.element = element;
      this.item = element.dataset.item;
      this.inputs = named('cell');
      [this.na] = named('na');
      [this.was] = named('was'); // what the server holds
      this.clean = this.was.value; // what was typed when the server last took it
      this.words = element.querySelector('.cell-state');
      this.refused = false; // something was pasted that the cell cannot even show
    }

    get radios() { return this.inputs[0].type === 'radio'; }
    get dirty() { return encode(this.read()) !== this.clean; }
    get filled() { return encode(this.read()) !== '='; }
    get measured() { return this.element.dataset.type !== 'text'; }
    get unsettled() { return this.dirty || this.refused || Boolean(this.clash); }

    // name is what people call the cell.
    get name() { return this.element.dataset.label; }

    // field is what gets the focus.
    get field() { return this.inputs.find((input) => input.checked) || this.inputs[0]; }

    read() {
      const checked = this.inputs.find((input) => input.checked);
      const value = this.radios ? (checked ? checked.value : '') : this.inputs[0].value;
      return this.na && this.na.checked ? { value: '', not_applicable: true } : { value, not_applicable: false };
    }

    write(content) {
      this.refused = false;
      if (this.na) this.na.checked = content.not_applicable;
      for (const input of this.inputs) {
        if (input.type === 'radio') input.checked = input.value === content.value;
        else input.value = content.value;
      }
    }

    // choices gives what can be chosen, as [value, words]; nothing where the cell is typed in.
    choices() {
      if (this.radios) return this.inputs.map((input) => [input.value, input.closest('label').textContent.trim()]);
      return [...(this.inputs[0].options || [])].map((option) => [option.value, option.textContent.trim()]);
    }

    // reading gives a content as people read it.
    reading(content) {
      if (content.not_applicable) return say(form, 'NotApplicable');
      if (content.value === '') return say(form, 'Blank');
      const choice = this.choices().find(([value]) => value === content.value);
      return choice ? choice[1] : content.value;
    }

    // take writes what a spreadsheet has in a cell. Where it is none of the choices the cell stays as it
    // is, and says so.
    take(text) {
      const wanted = plain(text);
      if (this.na && wanted === say(form, 'NotApplicable')) return this.write({ value: '', not_applicable: true });
      const choices = this.choices();
      if (!choices.length) return this.write({ value: this.measured ? text.trim() : text, not_applicable: false });
      const yesNo = this.element.dataset.type === 'yes_no' ? YES_NO : {};
      const is = ([value, words]) => plain(words) === wanted || plain(value).toLowerCase() === wanted.toLowerCase() ||
        (yesNo[value] || []).includes(wanted.toLowerCase());
      const choice = wanted === '' ? [''] : choices.find(is);
      if (choice) return this.write({ value: choice[0], not_applicable: false });
      this.refused = true;
      return this.show('invalid', say(form, 'NoChoice', text));
    }

    show(state, text) {
      if (state) this.element.dataset.state = state;
      else delete this.element.dataset.state;
      this.words.textContent = text;
      for (const input of this.inputs) input.setAttribute('aria-invalid', String(state === 'invalid'));
      form.dispatchEvent(new Event('shown'));
    }

    // wrong says what the server would say against the content; empty when nothing, or when only the
    // server can tell.
    wrong() {
      const { value, not_applicable: na } = this.read();
      const data = this.element.dataset;
      if (na || value.trim() === '' || !['number', 'count', 'percent', 'money', 'text'].includes(data.type)) return '';
      if (data.type === 'text') {
        const length = [...value].length;
        return length > Number(data.most) ? say(form, 'TooLong', length, data.most) : '';
      }
      let digits = plain(value);
      if (data.type === 'percent') digits = digits.replace(/%$/, '').trim();
      if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(digits)) digits = digits.replaceAll(',', '');
      if (!/^-?\d+(\.\d+)?$/.test(digits)) return say(form, 'NotANumber');
      return this.bounds(digits);
    }

    bounds(digits) {
      const data = this.element.dataset;
      const decimals = (digits.split('.')[1] || '').replace(/0+$/, '').length;
      if (decimals > Number(data.decimals)) {
        return data.decimals === '0' ? say(form, 'NotWhole') : say(this.element, 'TooManyDecimals');
      }
      const number = Number(digits);
      if (Math.abs(number) * 10 ** Number(data.decimals) > LARGEST) return say(form, 'TooLarge');
      const least = Number(data.least || 0);
      if (number < 0 && least >= 0) return say(form, 'Negative');
      if (number < least) return say(this.element, 'UnderMin');
      if (data.greatest && number > Number(data.greatest)) return say(this.element, 'OverMax');
      return '';
    }

    // dress shows what follows from the content alone.
    dress() {
      const data = this.element.dataset;
      this.element.toggleAttribute('data-na', Boolean(this.na && this.na.checked));
      if (data.last !== undefined) this.element.classList.toggle('cell-changed', encode(this.read()) !== data.last);
      const count = this.element.querySelector('[data-count]');
      if (count) count.textContent = [...this.read().value].length + '/' + data.most + ' · ';
    }

    // go puts the person into the cell, with what it holds selected as in a spreadsheet.
    go() {
      this.open();
      this.field.focus();
      this.element.scrollIntoView({ block: 'nearest' });
      if (this.field.matches('input[type="text"]')) this.field.select();
    }

    // open unfolds the block that the cell lies in.
    open() {
      const fold = this.element.closest('details:not([open])');
      if (fold) fold.open = true;
    }
  }

  const cells = [...form.querySelectorAll('.cell[data-item]:not([data-computed])')].map((element) => new Cell(element));

  window.pilotboard = window.pilotboard || {};
  window.pilotboard.filing = {
    form, cells, encode, decode, plain,
    say: (key, ...values) => say(form, key, ...values),
    list: (names) => new Intl.ListFormat(document.documentElement.lang, { type: 'conjunction' }).format(names),
    cellOf: (node) => cells.find((cell) => cell.inputs.includes(node) || cell.na === node),
  };
})();
