// Blocks copied from a spreadsheet, pasted into a cell of <form data-filing>: one column fills the cells
// from there on, two columns fill the cells that the first one names.
(() => {
  'use strict';

  const { filing } = window.pilotboard || {};
  if (!filing) return;
  const { form, cells, say, encode, decode, plain, cellOf, typed, tell } = filing;

  // read gives the rows of what a spreadsheet put on the clipboard: tabs between cells, quotes around
  // those that have tabs, line ends or quotes in them.
  function read(text) {
    const rows = [[]];
    const one = /("(?:[^"]|"")*"(?=[\t\r\n]|$)|[^\t\r\n]*)(\t|\r\n|\r|\n|$)/y;
    for (let found = one.exec(text); found && one.lastIndex <= text.length; found = one.exec(text)) {
      const [, cell, end] = found;
      rows.at(-1).push(cell.startsWith('"') && cell.endsWith('"') && cell.length > 1 ? cell.slice(1, -1).replaceAll('""', '"') : cell);
      if (end === '') break;
      if (end !== '\t') rows.push([]);
    }
    if (rows.length > 1 && rows.at(-1).join('') === '') rows.pop();
    return rows;
  }

  // Names are compared without spaces and colons; a unit in brackets may stand behind.
  const bare = (text) => plain(text).replace(/[\s:]/g, '').toLowerCase();

  function called(name) {
    const wanted = [bare(name), bare(name).replace(/\([^()]*\)$/, '')];
    const own = ({ name: label, item, element }) => [label, item, element.dataset.code, element.dataset.code + label];
    return cells.filter((cell) => own(cell).some((one) => one && wanted.includes(bare(one))));
  }

  // byName pairs rows of name and value with their cells; wrong are the names that no cell has, or more
  // than one. A head above the values and rows without one are no names.
  function byName(rows) {
    const pairs = [], wrong = [];
    rows.forEach(([name, value], i) => {
      const found = called(name);
      if (found.length === 1) pairs.push([found[0], value]);
      else if (value.trim() !== '' && !(i === 0 && found.length === 0 && !/\d/.test(value))) wrong.push(name.trim());
    });
    return { pairs, wrong };
  }

  const inOrder = (start, values) => values.map((value, i) => [cells[cells.indexOf(start) + i], value]);

  // pairsOf gives which cell gets which value, or says why none does.
  function pairsOf(start, rows) {
    const width = Math.max(...rows.map((row) => row.length));
    if (width === 1) return inOrder(start, rows.map(([value]) => value));
    if (width === 2) {
      const { pairs, wrong } = byName(rows.map(([name, value = '']) => [name, value]));
      if (pairs.length && !wrong.length) return pairs;
      if (pairs.length || rows.length > 1) {
        tell(say('PasteNames', filing.list((wrong.length ? wrong : [rows[0][0]]).slice(0, 5))));
        return null;
      }
    }
    if (rows.length === 1) return inOrder(start, rows[0]);
    tell(say('PasteColumns', width));
    return null;
  }

  function fill(pairs) {
    const there = pairs.filter(([cell]) => cell);
    const before = there.map(([cell]) => [cell, encode(cell.read())]);
    for (const [cell, value] of there) {
      cell.open();
      cell.take(value);
      if (!cell.refused) typed(cell, true);
    }
    const after = there.map(([cell]) => encode(cell.read()));
    const wrong = there.filter(([cell]) => cell.refused || (cell.dirty && cell.wrong())).length;
    const parts = [say('Pasted', there.length - wrong)];
    if (wrong) parts.push(say('PastedWrong', wrong));
    if (there.length < pairs.length) parts.push(say('PastedOver', pairs.length - there.length));
    tell(parts.join(' '), [say('Undo'), () => takeBack(before, after)]);
  }

  // takeBack gives every cell what it held before, but for those that were changed again since.
  function takeBack(before, after) {
    before.forEach(([cell, content], i) => {
      if (encode(cell.read()) !== after[i]) return;
      cell.write(decode(content));
      typed(cell, true);
    });
    tell(say('Undone'));
    before[0][0].go();
  }

  form.addEventListener('paste', (event) => {
    const cell = cellOf(event.target);
    if (!cell || event.target.matches('textarea')) return;
    const rows = read(event.clipboardData.getData('text/plain'));
    const single = rows.length === 1 && rows[0].length === 1;
    if (single && !cell.choices().length) return; // the field takes it as it is
    event.preventDefault();
    const pairs = pairsOf(cell, rows);
    if (pairs) fill(pairs);
  });
})();
