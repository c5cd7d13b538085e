// Blocks of <form data-filing> in which nothing has changed since last quarter: one line and one button.
// What the server says of the whole report after every change decides which they are.
(() => {
  'use strict';

  const { filing } = window.pilotboard || {};
  if (!filing) return;
  const { form, cells, say, tell, line, attempt } = filing;

  const link = form.querySelector('[data-to-confirm]');

  class Section {
    constructor(element) {
      this.element = element;
      this.key = element.dataset.section;
      this.same = element.querySelector('.section-same');
      this.button = element.querySelector('.section-confirm');
      this.done = element.querySelector('.section-done');
      this.fold = element.querySelector('.section-cells');
      this.words = form.querySelector('.filing-news');
      this.button.addEventListener('click', (event) => this.confirm(event));
      this.fold.querySelector('summary').addEventListener('click', () => setTimeout(() => this.enter()));
    }

    // enter puts whoever has unfolded the block into its first cell.
    enter() {
      const first = cells.find((cell) => this.fold.open && this.fold.contains(cell.element));
      if (first) first.go();
    }

    get waits() { return !this.same.hidden && !this.button.hidden; }

    // show says why a confirmation has to wait.
    show(_, text) { tell(text); }

    confirm(event) {
      event.preventDefault();
      for (const cell of cells) if (this.element.contains(cell.element)) filing.hurry(cell);
      line(this);
    }

    async send() {
      const answer = await attempt(this, '/sections/' + encodeURIComponent(this.key) + '/confirm', {});
      if (!answer) return false;
      if (!answer.ok) tell(answer.body.message);
      else if (this.element.contains(document.activeElement) || document.activeElement === document.body) this.goOn();
      return true;
    }

    // goOn leads to the next block that waits, or to the end of the form.
    goOn() {
      tell('');
      this.fold.open = false;
      const next = sections.find((section) => section.waits);
      (next ? next.button : form.querySelector('[data-submit]') || form).focus();
    }

    follow(now) {
      this.same.hidden = !now.same[this.key];
      this.button.hidden = Boolean(now.confirmed[this.key]);
      this.done.hidden = !this.button.hidden;
    }
  }

  const sections = [...form.querySelectorAll('.section-same')].map((element) => new Section(element.closest('.form-section')));

  function count() {
    const waiting = sections.filter((section) => section.waits);
    if (!link) return;
    link.hidden = waiting.length === 0;
    link.textContent = say('ToConfirm', waiting.length);
    if (waiting.length) link.href = '#' + waiting[0].same.id;
  }

  form.addEventListener('answered', ({ detail }) => {
    for (const section of sections) section.follow(detail);
    for (const [item, value] of Object.entries(detail.computed)) {
      const sum = form.querySelector('[data-sum="' + CSS.escape(item) + '"] .value');
      if (sum) Object.assign(sum, { textContent: value.text, className: 'value value-' + value.kind });
    }
    count();
  });
  count();

  filing.toConfirm = () => sections.filter((section) => section.waits);
})();
