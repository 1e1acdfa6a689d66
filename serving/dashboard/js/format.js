// Format figures and texts. Values are already rounded; the data has the format of each unit.

import { DATA, PERIODS, WHOLE, isoDay } from './data.js';

export const NONE = '–';
const { decimal, group, groups, styles } = DATA.format;
const STYLES = new Map(Object.entries(styles));

/** Of a small figure the first significant place, so that it doesn't look like none. */
const placesOf = (value, most) =>
  value && !Number(value.toFixed(most)) ? Math.ceil(-Math.log10(Math.abs(value))) : most;

const digits = (value, [least, most]) => {
  let [whole, rest = ''] = Math.abs(value).toFixed(most).split('.');
  while (rest.length > least && rest.endsWith('0')) rest = rest.slice(0, -1);
  const parts = [];
  const [last, others] = groups;
  for (let size = last; size && whole.length > size; size = others) {
    parts.unshift(whole.slice(-size));
    whole = whole.slice(0, -size);
  }
  return [whole, ...parts].join(group) + (rest ? decimal + rest : '');
};

const styled = (value, style) => {
  const { around, places, shift = 0, signed, small, large } = style;
  if (large && Math.abs(value) >= 1000) return styled(value, large);
  const text = digits(value * 10 ** shift, [places[0], small ? placesOf(value, places[1]) : places[1]]);
  const [before, after] = value < 0 ? around.slice(2) : around;
  return `${signed && value > 0 ? '+' : ''}${before}${text}${after}`;
};

/** A value by its unit, as `words.quantity` in Python writes it. */
export const quantity = (value, unit) => {
  if (value === null) return NONE;
  const style = STYLES.get(unit);
  if (style) return styled(value, style);
  const words = unit.replaceAll('_', ' ');
  return `${number(value)} ${value === 1 ? words.replace(/s$/, '') : words}`;
};
export const number = value => quantity(value, 'count');
export const share = value => quantity(value, 'share');
export const money = value => quantity(value, 'money');
export const precise = value => quantity(value, 'number');
/** Does a unit go without words, so that an axis can be written in it? */
export const isShort = unit => STYLES.has(unit);
export const count = (value, noun) => `${number(value)} ${value === 1 ? noun : `${noun}s`}`;

export const day = place => (place === null ? NONE : DATA.days[place][1]);

const TEXTS = new Set(['text', 'name', 'link', 'status', 'code']);
export const isText = column => TEXTS.has(column.unit);
export const isFigure = column => !isText(column) && column.unit !== 'day' && column.unit !== 'flag';

/** A cell of a list in words. */
export const written = (value, column) => {
  if (value === null || value === undefined) return column.none ?? NONE;
  if (isText(column)) return value;
  if (column.unit === 'day') return day(value);
  if (column.unit === 'flag') return value ? 'yes' : 'no';
  return quantity(value, column.unit);
};

export const sentence = text => text.charAt(0).toUpperCase() + text.slice(1);
/** Parts as a list in words: a, b and c. */
export const listing = parts =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
/** The non-empty parts, joined. */
export const dotted = parts => parts.filter(Boolean).join(' · ');

/** A period in a sentence: over all time, in 2025, from Jul 2025 to Jun 2026. */
export const during = period => {
  if (period === WHOLE) return 'over all time';
  const ends = PERIODS[period].label.split(' – ');
  return ends.length > 1 ? `from ${ends.join(' to ')}` : `in ${ends[0]}`;
};
const until = period => (period === WHOLE ? 'by now' : `by the end of ${PERIODS[period].label.split(' – ').at(-1)}`);

/** The name of the period that another is compared with; in `short` for a tile. */
export const beforeOf = (period, compared, short = false) => {
  const { start, compared: usual } = PERIODS[period];
  if (compared !== usual) return short ? PERIODS[compared].label : 'In comparison';
  const isYear = isoDay(start).slice(4) === isoDay(PERIODS[compared].start).slice(4);
  if (short) return isYear ? 'year before' : 'period before';
  return isYear ? 'A year before' : 'In the period before';
};

/** A title with its placeholders filled. */
export const filled = (text, period, value = '') =>
  sentence(
    text
      .replaceAll('{value}', value.replace('−', '−\u2060')) // no break of the line after a minus
      .replaceAll('{until}', until(period))
      .replaceAll('{during}', during(period)),
  );
