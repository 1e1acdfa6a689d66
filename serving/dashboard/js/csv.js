// A table as CSV.

import { isoDay } from './data.js';

/** A cell that a spreadsheet would read as a formula gets an apostrophe; numbers are left alone. */
const harmless = text => (/^[\s\p{Cc}]*[=+\-@\t\r|%]/u.test(text) ? `'${text}` : text);
const quoted = text => (/[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text);

export const csvCell = (value, column) => {
  if (value === null || value === undefined) return '';
  if (column.unit === 'day') return isoDay(value);
  if (typeof value === 'number') return String(value);
  return quoted(harmless(String(value)));
};

export const csv = (columns, rows, get) =>
  [
    columns.map(column => quoted(harmless(column.label))).join(','),
    ...rows.map(row => columns.map(column => csvCell(get(column.name, row), column)).join(',')),
    '',
  ].join('\r\n');
