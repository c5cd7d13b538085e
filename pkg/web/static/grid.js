// Keys in <form data-filing> as in a spreadsheet: Up, Down, Enter and Shift+Enter go from cell to cell,
// Left and Right at the ends of a field too, Ctrl+D takes what the cell above holds, Escape gives back
// what the server holds. No key sends the form.
(() => {
  'use strict';

  const { filing } = window.pilotboard || {};
  if (!filing) return;
  const { form, cells, decode, cellOf, typed } = filing;

  // beside gives the next cell in one direction that is not folded away.
  function beside(cell, step) {
    let i = cells.indexOf(cell) + step;
    while (cells[i] && cells[i].element.closest('details:not([open])')) i += step;
    return cells[i];
  }

  // steps tells where a key leads from a field: 1 to the next cell, -1 back, 0 nowhere.
  function steps(event) {
    const field = event.target;
    const words = field.matches('textarea');
    const way = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1, Enter: event.shiftKey ? -1 : 1 }[event.key] || 0;
    if (event.key === 'Enter') return words ? 0 : way;
    if (event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return 0;
    const sideways = event.key === 'ArrowLeft' || event.key === 'ArrowRight';
    if (field.matches('select, input[type="date"]') || (sideways && !field.matches('input[type="text"], textarea'))) return 0;
    if (!words && !sideways) return way;
    const edge = way > 0 ? field.value.length : 0;
    return field.selectionStart === edge && field.selectionEnd === edge ? way : 0;
  }

  function fillDown(cell) {
    const above = beside(cell, -1);
    if (!above || !above.measured || !cell.measured) return;
    const content = above.read();
    if (!content.not_applicable) cell.take(content.value);
    else if (cell.na) cell.write(content);
    if (!cell.refused) typed(cell, true);
  }

  function giveBack(cell) {
    if (cell.clash) return;
    cell.write(decode(cell.was.value));
    cell.clean = cell.was.value;
    typed(cell, true);
    if (cell.field.matches('input[type="text"]')) cell.field.select();
  }

  form.addEventListener('keydown', (event) => {
    const cell = cellOf(event.target);
    if (event.isComposing || !event.target.matches('input, select, textarea')) return;
    if (!cell) {
      if (event.key === 'Enter' && event.target.matches('input:not([type="file"])')) event.preventDefault();
      return;
    }
    const step = steps(event);
    const next = step && beside(cell, step);
    if (next) next.go();
    else if (step) { /* there is no further cell */ }
    else if (event.key.toLowerCase() === 'd' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) fillDown(cell);
    else if (event.key === 'Escape') giveBack(cell);
    else return;
    event.preventDefault();
  });

  // A field would send the form at the character that Enter makes.
  form.addEventListener('keypress', (event) => {
    if (event.key === 'Enter' && event.target.matches('input:not([type="file"])')) event.preventDefault();
  });

  // A date is typed, or picked beside the field.
  for (const cell of cells) {
    const picker = cell.element.querySelector('[data-pick]');
    if (!picker) continue;
    picker.hidden = false;
    picker.addEventListener('change', () => {
      cell.write({ value: picker.value, not_applicable: false });
      typed(cell, true);
    });
  }
})();
