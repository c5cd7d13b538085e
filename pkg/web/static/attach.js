// Evidence of <form data-filing>: what is chosen goes up, one file after another, and is put to its item;
// each says how it stands. A file that did not get through stays chosen and can be sent again.
(() => {
  'use strict';

  const { filing } = window.pilotboard || {};
  if (!filing) return;
  const { form, say, line, attempt, call } = filing;

  const PATIENCE = 600000; // milliseconds for a file to go up
  const LARGEST = Number(form.dataset.largestFile); // bytes
  const uploads = []; // in the order in which they were chosen
  let busy = false;

  function make(tag, of, ...children) {
    const element = Object.assign(document.createElement(tag), of);
    element.append(...children);
    return element;
  }

  function button(key, name, act) {
    const one = make('button', { type: 'button', className: 'btn btn-sm', textContent: say(key) });
    one.setAttribute('aria-label', say(key) + ' ' + name);
    one.addEventListener('click', act);
    return one;
  }

  function amount(bytes) {
    return bytes < 1 << 20 ? Math.ceil(bytes / 1024) + ' KB' : (Math.ceil(bytes * 10 / (1 << 20)) / 10).toFixed(1) + ' MB';
  }

  // Upload is a chosen file on its way: waiting, going up, being put to the item, or failed. One that
  // failed for good holds nothing up.
  class Upload {
    constructor(place, file) {
      Object.assign(this, { place, file, state: '', hash: '' });
      this.words = make('span', { className: 'file-state', role: 'status' });
      this.again = button('FileRetry', file.name, () => this.wait());
      this.element = make('li', {},
        make('span', { className: 'file-name' }, file.name + ' ', make('span', { className: 'muted', textContent: amount(file.size) }), this.words),
        this.again, button('FileDrop', file.name, () => this.drop()));
      place.list.append(this.element);
      if (file.size > LARGEST) this.fail(say('FileTooLarge'), false);
      else this.wait();
    }

    get name() { return this.file.name; }
    get unsettled() { return this.state !== 'refused'; }

    go() {
      this.place.open();
      (this.again.hidden ? this.place.input : this.again).focus();
    }

    // show says how the file stands; unsaved is what the queue says of one that has to wait.
    show(state, text) {
      this.state = state;
      this.element.dataset.state = state;
      this.words.textContent = text;
      this.again.hidden = state !== 'lost';
    }

    wait() {
      if (this.hash) {
        this.show('saving', say('FileSaving'));
        line(this);
        return;
      }
      this.show('waiting', say('FileWaiting'));
      pump();
    }

    fail(text, again) { this.show(again ? 'lost' : 'refused', text); }

    drop() {
      uploads.splice(uploads.indexOf(this), 1);
      this.dropped = true;
      this.element.remove();
      this.place.input.focus();
    }

    async upload() {
      this.show('uploading', say('FileUploading'));
      const body = new FormData();
      body.append('file', this.file);
      let answer;
      try {
        answer = await call(this.place.files, {}, body, PATIENCE);
      } catch {
        return this.fail(say('FileLost'), true);
      }
      const { ok, status } = answer;
      if (!ok) return this.fail(answer.body.message, status === 401 || status === 403 || status === 429 || status >= 500);
      this.hash = answer.body.hash;
      if (this.dropped) return null;
      return this.wait();
    }

    // send puts the uploaded file to its item, in turn with the cells.
    async send() {
      if (this.dropped) return true;
      this.show('saving', say('FileSaving'));
      const answer = await attempt(this, this.place.path, { hash: this.hash });
      if (!answer) return false;
      if (!answer.ok) {
        this.fail(answer.body.message, false);
        return true;
      }
      uploads.splice(uploads.indexOf(this), 1);
      this.element.remove();
      this.place.follow(answer.body.files, say('FileAttached', this.name));
      return true;
    }
  }

  // Removal takes an attached file away.
  class Removal {
    constructor(place, hash, name) { Object.assign(this, { place, hash, name, words: place.words }); }

    show(_, text) { this.words.textContent = text; }

    async send() {
      const answer = await attempt(this, this.place.path + '/remove', { hash: this.hash });
      if (!answer) return false;
      if (answer.ok) this.place.follow(answer.body.files, say('FileRemoved', this.name));
      else this.show('', answer.body.message);
      return true;
    }
  }

  // Place is the evidence of one cell.
  class Place {
    constructor(element) {
      this.element = element;
      this.list = element.querySelector('.cell-files');
      this.input = element.querySelector('input[type="file"]');
      this.words = element.querySelector('.evidence-state');
      this.path = '/evidence/' + encodeURIComponent(element.dataset.evidence);
      this.files = form.dataset.files;
      this.input.className = 'visually-hidden'; // its label is the button
      element.querySelector('[data-choose]').className = 'btn btn-sm';
      element.querySelector('.attach > button').hidden = true;
      this.input.addEventListener('change', () => this.choose());
      this.list.addEventListener('click', (event) => this.remove(event));
    }

    open() {
      const fold = this.element.closest('details:not([open])');
      if (fold) fold.open = true;
    }

    choose() {
      this.words.textContent = '';
      for (const file of this.input.files) uploads.push(new Upload(this, file));
      this.input.value = '';
      pump();
    }

    remove(event) {
      const entry = event.target.closest('button') && event.target.closest('[data-hash]');
      if (!entry) return;
      event.preventDefault();
      line(new Removal(this, entry.dataset.hash, entry.querySelector('a').textContent));
    }

    // follow shows the files that the server has at the item, before those that are on their way.
    follow(files, told) {
      const focused = this.list.contains(document.activeElement) || document.activeElement === document.body;
      for (const old of this.list.querySelectorAll('[data-hash]')) old.remove();
      this.list.prepend(...files.map((file) => this.entry(file)));
      this.words.textContent = told;
      if (focused) this.input.focus();
    }

    entry(file) {
      const element = make('li', {},
        make('span', { className: 'file-name' }, make('a', { href: file.url, download: '', textContent: file.name }), ' ', make('span', { className: 'muted', textContent: file.amount })),
        button('FileRemove', file.name, () => {}));
      if (file.picture) element.prepend(make('img', { src: file.url + '/thumbnail', alt: '', width: 48, height: 48 }));
      element.dataset.hash = file.hash;
      return element;
    }
  }

  // pump lets the files that wait go up.
  async function pump() {
    if (busy) return;
    busy = true;
    for (let next; (next = uploads.find((one) => one.state === 'waiting'));) await next.upload();
    busy = false;
  }

  for (const element of form.querySelectorAll('[data-evidence]')) new Place(element);
  filing.files = () => uploads.filter((one) => one.unsettled);
})();
