// Search and sort the rows of a list.

import { isText } from './format.js';

const COLLATOR = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
export const compare = (a, b) => (typeof a === 'number' ? a - b : COLLATOR.compare(a, b));

/** Rows by `sort`: a column's name, with a minus for the greatest first; unknown values come last. */
export const sortedBy = (rows, sort, get) => {
  const name = sort.replace(/^-/, '');
  const sign = sort.startsWith('-') ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [get(name, a), get(name, b)];
    return x === null || y === null ? (x === null) - (y === null) : sign * compare(x, y);
  });
};
export const sorted = (chart, rows, sort) =>
  chart.has(sort.replace(/^-/, '')) ? sortedBy(rows, sort, (name, row) => chart.get(name, row)) : rows;

/** The search text of a row, made once. */
const haystack = (chart, row) => {
  chart.haystack ??= chart.all.map(one =>
    chart.named
      .filter(isText)
      .map(column => chart.get(column.name, one) ?? '')
      .join('\n')
      .toLowerCase(),
  );
  return chart.haystack[row];
};

/** The rows that contain the search text and match the filters. */
export const found = (chart, rows, choices) => {
  const wanted = chart.named.filter(column => column.choose && choices[column.name]);
  const text = (choices.q ?? '').trim().toLowerCase();
  return rows.filter(
    row =>
      wanted.every(({ name }) => String(chart.get(name, row)) === choices[name]) &&
      (!text || haystack(chart, row).includes(text)),
  );
};
