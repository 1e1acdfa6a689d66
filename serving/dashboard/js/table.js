// Tables: a plain one, the one behind a chart, and a list to search, filter, sort and save.

import { DATA } from './data.js';
import { bdi, button, el, quiet, scroller, swatch } from './elements.js';
import { count, isFigure, isText, NONE, number, written } from './format.js';
import { pictureButtons, tableButtons } from './saving.js';
import { compare, found, sorted } from './search.js';
import { chooseIn } from './state.js';

const lookOf = column => (isFigure(column) ? 'figure' : column.unit === 'day' ? 'day' : null);

/** The text that a figure's status adds: none if it is measured. */
export const remarkOf = status =>
  status === null || status === 'measured' || status === 'not_measured' ? '' : ` (${DATA.words[status]})`;

/** The content of a cell: a text or an element. `status` is that of a figure. */
export const cellOf = (value, column, status = null) => {
  if (value === null || value === undefined) return quiet(column.none ?? NONE);
  if (remarkOf(status)) return el('span', {}, written(value, column), quiet(remarkOf(status)));
  if (column.unit === 'link') return el('a', { href: value, rel: 'noreferrer noopener' }, 'source');
  if (column.unit === 'status') return el('span', { class: 'status' }, swatch(value), bdi(value));
  return isText(column) ? bdi(value) : written(value, column);
};

/** A table; `cell(name, row)` may give an element for a value, `head(column)` one for a heading. */
export const table = (caption, columns, rows, get, cell = () => null, head = column => column.label) => {
  const heading = column => {
    const content = head(column);
    const sorting = content.dataset?.sorted ?? null;
    return el('th', { scope: 'col', role: 'columnheader', class: lookOf(column), 'aria-sort': sorting }, content);
  };
  const body = (row, column, place) => {
    const status = column.status ? get(column.status, row) : null;
    const content = cell(column.name, row) ?? cellOf(get(column.name, row), column, status);
    if (place === 0) return el('th', { scope: 'row', role: 'rowheader' }, content);
    return el('td', { role: 'cell', class: lookOf(column), 'data-label': column.label }, content);
  };
  return el(
    'table',
    { class: 'list', role: 'table' },
    el('caption', { class: 'unseen' }, caption),
    el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, ...columns.map(heading))),
    el(
      'tbody',
      { role: 'rowgroup' },
      ...rows.map(row => el('tr', { role: 'row' }, ...columns.map((column, place) => body(row, column, place)))),
    ),
  );
};

/** The table behind a chart, made when it is opened. */
export class Behind {
  constructor() {
    this.inside = el('div');
    this.element = el(
      'details',
      { class: 'behind', on: { toggle: () => this.fill() } },
      el('summary', {}, 'Figures as a table'),
      this.inside,
    );
  }

  show(chart, title, columns, rows, get = (name, row) => chart.get(name, row)) {
    this.element.hidden = !rows.length;
    this.make = () => {
      const box = scroller(`Figures as a table: ${title}`);
      box.append(table(title, columns, rows, get));
      const save = tableButtons(chart, title, columns, () => rows, get);
      const picture = pictureButtons(chart, title, this.element.closest('figure'));
      this.inside.replaceChildren(box, el('div', { class: 'more' }, ...save, ...picture));
    };
    this.fill();
  }

  fill() {
    if (this.element.open) this.make?.();
  }
}

/** A button below a list that shows more of it, where there is more. */
export const moreButton = (chart, shown, all, step, noun = '') =>
  all > shown
    ? [
        button('plain', `Show ${number(Math.min(step, all - shown))} more of ${number(all)}${noun}`, () =>
          chooseIn(chart.name, { show: String(shown + step) }, true),
        ),
      ]
    : [];
/** How many rows of a list are shown, at least `least`. */
export const limitOf = (chart, state, least) =>
  Math.max(least, Number.parseInt(state.lists[chart.name]?.show, 10) || 0);

/** The heading of a column as a button that sorts by it; `act` takes the new sort. */
export const sortButton = ({ name, label }, sort, isDownFirst, act) => {
  const direction = { [name]: 'ascending', [`-${name}`]: 'descending' }[sort] ?? 'none';
  const down = direction === 'ascending' || (direction === 'none' && isDownFirst);
  const made = button('sort', label, () => act(down ? `-${name}` : name));
  const arrow = { ascending: ' ▲', descending: ' ▼', none: '' }[direction];
  made.append(el('span', { 'aria-hidden': 'true', class: 'arrow' }, arrow));
  made.dataset.sorted = direction;
  return made;
};

const PHONE = matchMedia('(max-width: 44rem)');

/** A list that can be searched, filtered, sorted and saved. */
export class List {
  constructor(chart) {
    this.chart = chart;
    // an empty text column is left out
    this.columns = chart.listed.filter(
      column => !isText(column) || chart.columns[column.name].some(value => value !== null),
    );
    const { title } = chart;
    this.typed = el('input', {
      type: 'search',
      'aria-label': `Search: ${title}`,
      placeholder: 'Search',
      autocomplete: 'off',
      on: { input: () => chooseIn(chart.name, { q: this.typed.value, show: null }, true) },
    });
    this.selects = this.columns.filter(column => column.choose).map(column => [column.name, this.select(column)]);
    this.told = el('span', { class: 'quiet told', role: 'status' });
    const save = tableButtons(chart, title, chart.named, () => this.kept, this.get);
    const tools = el('div', { class: 'tools' }, this.typed, ...this.selects.map(([, one]) => one), this.told, ...save);
    this.table = scroller(`List: ${title}`);
    this.more = el('div', { class: 'more' });
    this.element = el('div', {}, tools, this.table, this.more);
  }

  get = (name, row) => this.chart.get(name, row);

  /** The select box that filters a list by one value of a column. */
  select({ name, label }) {
    const values = [...new Set(this.chart.columns[name])].filter(value => value !== null).toSorted(compare);
    const box = el(
      'select',
      {
        'aria-label': `${label}: ${this.chart.title}`,
        on: { change: () => chooseIn(this.chart.name, { [name]: box.value, show: null }) },
      },
      el('option', { value: '' }, `${label}: any`),
      ...values.map(value => el('option', { value }, value)),
    );
    return box;
  }

  /** Show the matching `rows`; `cell` as for a table. */
  show(rows, state, cell) {
    const { chart } = this;
    const choices = state.lists[chart.name] ?? {};
    this.sort = choices.sort ?? chart.sort;
    this.kept = sorted(chart, found(chart, rows, choices), this.sort);
    const limit = limitOf(chart, state, PHONE.matches ? Math.min(chart.show, 5) : chart.show);
    const shown = this.kept.slice(0, limit);
    if (document.activeElement !== this.typed) this.typed.value = choices.q ?? '';
    for (const [name, box] of this.selects) box.value = choices[name] ?? '';
    const all = count(rows.length, 'row');
    this.told.textContent = this.kept.length === rows.length ? all : `${number(this.kept.length)} of ${all}`;
    this.table.replaceChildren(
      shown.length
        ? table(chart.title, this.columns, shown, this.get, cell, column => this.head(column))
        : el('p', { class: 'quiet' }, 'No row matches.'),
    );
    this.more.replaceChildren(...moreButton(chart, limit, this.kept.length, 50));
  }

  /** The heading of a column: figures and days are sorted the greatest first. */
  head(column) {
    const isDownFirst = isFigure(column) || column.unit === 'day';
    return sortButton(column, this.sort, isDownFirst, sort => chooseIn(this.chart.name, { sort }));
  }
}
