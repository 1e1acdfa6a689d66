// Figures written as the version's locale writes them. Values come rounded; only separators and signs are put to them.

const FORMAT = DATA.format;
const NONE = '–';
const SHARES = new Set(['share', 'ratio', 'rate', 'percent', 'percentage', 'fraction']);
const MONEY = new Set(['currency', 'money', 'amount', 'reporting_currency']);

const digits = (value, least, most) => {
  let [whole, rest = ''] = Math.abs(value).toFixed(most).split('.');
  while (rest.length > least && rest.endsWith('0')) rest = rest.slice(0, -1);
  const [last, others] = FORMAT.groups;
  const parts = [];
  for (let size = last; size && whole.length > size; size = others) {
    parts.unshift(whole.slice(-size));
    whole = whole.slice(0, -size);
  }
  parts.unshift(whole);
  return parts.join(FORMAT.group) + (rest ? FORMAT.decimal + rest : '');
};
const around = ([before, after, minusBefore, minusAfter], value, text) =>
  value < 0 ? minusBefore + text + minusAfter : before + text + after;

const number = value => around(FORMAT.number, value, digits(value, 0, 1));
const signed = value => (value > 0 ? '+' : '') + number(value);
// moving the point by two places of decimal text, as 100 × 0.147 is 14.700000000000001
const share = value => around(FORMAT.share, value, digits(Number(`${value}e2`), 0, 1));
const money = value => Math.abs(value) >= 1000
  ? around(FORMAT.whole, value, digits(value, 0, 0))
  : around(FORMAT.cents, value, digits(value, FORMAT.digits, FORMAT.digits));
const precise = value => around(FORMAT.number, value, digits(value, 0, 6));

/** A value by its unit, as `words.quantity` in Python writes it. */
const quantity = (value, unit) => {
  if (value === null) return NONE;
  const name = (unit ?? '').trim().toLowerCase();
  if (SHARES.has(name)) return share(value);
  if (MONEY.has(name)) return money(value);
  if (name === 'points') return signed(value);
  if (name === 'score') return around(FORMAT.number, value, digits(value, 0, 2));
  if (name === 'number') return precise(value);
  if (name === '' || name === 'count') return number(value);
  const words = name.replaceAll('_', ' ');
  return `${number(value)} ${value === 1 ? words.replace(/s$/, '') : words}`;
};
const day = place => (place === null ? NONE : DATA.days[place][1]);
const isoDay = place => (place === null ? '' : DATA.days[place][0]);
const count = (value, noun) => `${number(value)} ${value === 1 ? noun : `${noun}s`}`;
const sentence = text => text.charAt(0).toUpperCase() + text.slice(1);
const slug = text => String(text).replaceAll(/[^a-z]+/g, '-');

const TEXTS = new Set(['text', 'name', 'link']);
/** A cell of a list in words. */
const written = (value, column) => {
  if (value === null || value === undefined) return column.none ?? NONE;
  if (TEXTS.has(column.unit)) return value;
  if (column.unit === 'day') return day(value);
  if (column.unit === 'flag') return value ? 'yes' : 'no';
  return quantity(value, column.unit);
};

const period = state => DATA.periods[state.period];
const during = place => (place === 0 ? 'over all time' : `in ${DATA.periods[place][LABEL]}`);
const until = place => (place === 0 ? 'now' : `the end of ${DATA.periods[place][LABEL]}`);
const filled = (text, state, value = '') => sentence(text
  .replaceAll('{value}', value.replace('−', '−\u2060')) // no break of the line after a minus
  .replaceAll('{until}', `by ${until(state.period)}`)
  .replaceAll('{during}', during(state.period)));
