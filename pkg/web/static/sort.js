// Makes the columns of <table data-sortable> sort by a click on their heading: by data-sort, else by the
// text, as numbers where both are.
(() => {
  'use strict';

  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const value = (row, column) => {
    const cell = row.cells[column];
    return cell ? cell.dataset.sort || cell.textContent.trim() : '';
  };
  const number = (text) => /^-?[\d.,]+%?$/.test(text) ? parseFloat(text.replace(/,/g, '')) : NaN;

  // What is no number among numbers comes last, whichever way the column is sorted.
  function compare(a, b, way) {
    const [x, y] = [number(a), number(b)];
    if (!isNaN(x) && !isNaN(y)) return way * (x - y);
    if (isNaN(x) !== isNaN(y)) return isNaN(x) ? 1 : -1;
    return way * order.compare(a, b);
  }

  function sort(table, heading, column) {
    const down = heading.getAttribute('aria-sort') === 'ascending';
    for (const other of table.tHead.rows[table.tHead.rows.length - 1].cells) other.removeAttribute('aria-sort');
    heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const body = table.tBodies[0];
    const rows = [...body.rows].sort((a, b) => compare(value(a, column), value(b, column), down ? -1 : 1));
    body.append(...rows);
  }

  function prepare(root) {
    for (const table of root.querySelectorAll('table[data-sortable]')) {
      const headings = table.tHead.rows[table.tHead.rows.length - 1].cells;
      if (table.tBodies[0].rows.length < 2 || headings[0].classList.contains('sortable')) continue;
      [...headings].forEach((heading, column) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.append(...heading.childNodes);
        heading.append(button);
        heading.classList.add('sortable');
        button.addEventListener('click', () => sort(table, heading, column));
      });
    }
  }

  window.pilotboard = Object.assign(window.pilotboard || {}, { makeSortable: prepare });
  prepare(document);
})();
