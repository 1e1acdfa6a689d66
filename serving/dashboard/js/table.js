// Elements and tables. Text becomes text nodes only: no string is ever read as HTML.

const el = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'on') for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
};
/** A box that scrolls sideways, which the keyboard reaches. */
const scroller = label => el('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': label });
const bdi = text => el('bdi', {}, String(text));

/** A cell that a spreadsheet would read as a formula gets an apostrophe; numbers are left alone. */
const harmless = text => (/^[\s\u0000-\u001f]*[=+\-@\t\r|%]/.test(text) ? `'${text}` : text);
const quoted = text => (/[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text);
const csvCell = (value, column) => {
  if (value === null || value === undefined) return '';
  if (column.unit === 'day') return isoDay(value);
  if (typeof value === 'number') return String(value);
  return quoted(harmless(String(value)));
};
const csv = (columns, rows, get) => [
  columns.map(column => quoted(harmless(column.label))).join(','),
  ...rows.map(row => columns.map(column => csvCell(get(column.name, row), column)).join(',')),
].join('\r\n') + '\r\n';

const download = (name, text) => {
  const link = el('a', {
    href: URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' })),
    download: `${name}.csv`,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
const csvButton = (chart, columns, rows, get) => el('button', {
  type: 'button', class: 'plain csv', 'aria-label': `Save as CSV: ${chart.heading ?? chart.title}`,
  on: { click: () => download(`${DATA.portfolio}-${chart.name}`, csv(columns, rows(), get)) },
}, 'Save as CSV');

const isFigure = column => !TEXTS.has(column.unit) && column.unit !== 'day' && column.unit !== 'flag';
const lookOf = column => (isFigure(column) ? 'figure' : column.unit === 'day' ? 'day' : null);
const namedColumns = chart => Object.entries(chart.shown)
  .filter(([, column]) => column.label)
  .map(([name, column]) => ({ name, ...column }));

const shownColumns = chart => namedColumns(chart).filter(column => !column.saved);

/** A plain table; `cell(name, row)` may give an element for a value. */
const table = (caption, columns, rows, get, cell = () => null, head = column => column.label) => el('table', { class: 'list', role: 'table' },
  el('caption', { class: 'unseen' }, caption),
  el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, ...columns.map(column => {
    const content = head(column);
    return el('th', {
      scope: 'col', role: 'columnheader', class: lookOf(column), 'aria-sort': content.dataset?.sorted ?? null,
    }, content);
  }))),
  el('tbody', { role: 'rowgroup' }, ...rows.map(row => el('tr', { role: 'row' }, ...columns.map((column, place) => {
    const content = cell(column.name, row) ?? writtenCell(get(column.name, row), column, row, get);
    return place === 0
      ? el('th', { scope: 'row', role: 'rowheader' }, content)
      : el('td', { role: 'cell', class: lookOf(column), 'data-label': column.label }, content);
  })))));

const writtenCell = (value, column) => {
  if (value === null || value === undefined) return el('span', { class: 'quiet' }, column.none ?? NONE);
  if (column.unit === 'link') return el('a', { href: value, rel: 'noreferrer noopener' }, 'source');
  const text = written(value, column);
  return column.unit === 'name' || column.unit === 'text' ? bdi(text) : text;
};

const compare = (a, b) => {
  if (a === null || b === null) return (a === null) - (b === null) || 0;
  return typeof a === 'number' ? a - b : COLLATOR.compare(a, b);
};
const COLLATOR = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Rows by `sort`: a column's name, with a minus for the greatest first; what is not known stands last. */
const sorted = (chart, rows, sort) => {
  const name = sort.replace(/^-/, '');
  if (!name || !chart.has(name)) return rows;
  const column = chart.columns[name];
  const sign = sort.startsWith('-') ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [column[a] ?? null, column[b] ?? null];
    return x === null || y === null ? compare(x, y) : sign * compare(x, y);
  });
};

/** The search text of each row, made once. */
const haystack = chart => (chart.haystack ??= chart.all.map(row => namedColumns(chart)
  .filter(column => TEXTS.has(column.unit))
  .map(column => chart.get(column.name, row) ?? '').join('\n').toLowerCase()));

const found = (chart, rows, choices) => {
  const wanted = Object.entries(chart.shown).filter(([name, column]) => column.choose && choices[name]);
  const text = (choices.q ?? '').trim().toLowerCase();
  return rows.filter(row => wanted.every(([name]) => String(chart.get(name, row)) === choices[name])
    && (!text || haystack(chart)[row].includes(text)));
};

/** A list that can be searched, narrowed, sorted and saved. */
const list = (chart, body, rows, cell) => {
  const choices = state.lists[chart.name] ?? {};
  const columns = shownColumns(chart).filter(column => !TEXTS.has(column.unit) || chart.columns[column.name].some(value => value !== null));
  const sort = choices.sort ?? chart.sort;
  const get = (name, row) => chart.get(name, row);
  const kept = sorted(chart, found(chart, rows, choices), sort);
  const limit = Math.max(chart.show, Number.parseInt(choices.show, 10) || 0);
  const shown = kept.slice(0, limit);

  if (!body.tools) {
    const typed = el('input', {
      type: 'search', 'aria-label': `Search: ${chart.title}`, placeholder: 'Search', autocomplete: 'off',
      on: { input: () => chooseIn(chart.name, { q: typed.value, show: null }, true) },
    });
    const chosen = columns.filter(column => column.choose).map(column => {
      const values = [...new Set(chart.columns[column.name])].filter(value => value !== null).sort(COLLATOR.compare);
      const select = el('select', {
        'aria-label': `${column.label}: ${chart.title}`,
        on: { change: () => chooseIn(chart.name, { [column.name]: select.value, show: null }) },
      }, el('option', { value: '' }, `${column.label}: any`), ...values.map(value => el('option', { value }, value)));
      return { name: column.name, select };
    });
    const told = el('span', { class: 'quiet told', role: 'status' });
    const save = csvButton(chart, namedColumns(chart), () => body.kept, get);
    body.tools = { typed, chosen, told };
    body.table = scroller(`List: ${chart.title}`);
    body.more = el('div', { class: 'more' });
    body.replaceChildren(
      el('div', { class: 'tools' }, typed, ...chosen.map(({ select }) => select), told, save), body.table, body.more);
  }
  body.kept = kept;
  const { typed, chosen, told } = body.tools;
  if (document.activeElement !== typed) typed.value = choices.q ?? '';
  for (const { name, select } of chosen) select.value = choices[name] ?? '';
  told.textContent = kept.length === rows.length ? count(rows.length, 'row') : `${number(kept.length)} of ${count(rows.length, 'row')}`;

  const head = column => {
    const direction = sort === column.name ? 'ascending' : sort === `-${column.name}` ? 'descending' : null;
    const first = isFigure(column) || column.unit === 'day' ? `-${column.name}` : column.name;
    const next = direction === null ? first : direction === 'ascending' ? `-${column.name}` : column.name;
    const made = el('button', { type: 'button', class: 'sort', on: { click: () => chooseIn(chart.name, { sort: next }) } }, column.label,
    el('span', { 'aria-hidden': 'true', class: 'arrow' }, direction === null ? '' : direction === 'ascending' ? ' ▲' : ' ▼'));
    made.dataset.sorted = direction ?? 'none';
    return made;
  };
  if (shown.length) body.table.replaceChildren(table(chart.title, columns, shown, get, cell, head));
  else body.table.replaceChildren(el('p', { class: 'quiet' }, 'No row matches.'));
  body.more.replaceChildren(...(kept.length > limit ? [el('button', {
    type: 'button', class: 'plain', on: { click: () => chooseIn(chart.name, { show: String(limit + 50) }, true) },
  }, `Show ${number(Math.min(50, kept.length - limit))} more of ${number(kept.length)}`)] : []));
};

/** The table behind a chart, made when it is opened. */
const behind = (chart, body, columns, rows, get) => {
  if (!body.behind) {
    const inside = scroller(`Figures as a table: ${chart.title}`);
    body.behind = el('details', { class: 'behind', on: { toggle: () => body.fill() } },
      el('summary', {}, 'Figures as a table'), inside, el('div', { class: 'more' }));
    body.append(body.behind);
    body.fill = () => {
      if (!body.behind.open) return;
      const { columns: now, rows: these, get: value } = body.figures;
      inside.replaceChildren(table(chart.heading ?? chart.title, now, these, value));
      body.behind.lastChild.replaceChildren(csvButton(chart, now, () => body.figures.rows, value));
    };
  }
  body.figures = { columns, rows, get };
  body.fill();
};
