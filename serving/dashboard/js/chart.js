// A chart's rows as column arrays, filtered by the reader's choices. Nothing is computed here.

import { DATA, MEMBERS, PERIODS, WHOLE } from './data.js';

const repeated = runs => {
  const values = [];
  for (let place = 0; place < runs.length; place += 2) {
    for (let left = runs[place + 1]; left > 0; left -= 1) values.push(runs[place]);
  }
  return values;
};

const summedUp = steps => {
  let sum = 0;
  return steps.map(step => (sum += step));
};

/**
 * A column's values. v: the values; c: one for all rows; r: value and how often, in turns; a: the same of the
 * differences between a row and the one before; d: the distinct ones, in which the others are places; p: what all
 * begin with.
 */
export const unpack = ({ v, c, r, a, d, p }, rows) => {
  const values = r ? repeated(r) : a ? summedUp(repeated(a)) : (v ?? Array.from({ length: rows }, () => c));
  if (d) return values.map(place => d[place]);
  return p === undefined ? values : values.map(rest => (rest === null ? null : p + rest));
};

const key = (period, member) => `${period}|${member}`;

export class Chart {
  constructor({ columns, rows, ...said }) {
    Object.assign(this, said);
    this.columns = {};
    // s: another column says the same
    for (const [name, packed] of Object.entries(columns)) {
      this.columns[name] = packed.s === undefined ? unpack(packed, rows) : this.columns[packed.s];
    }
    this.all = Array.from({ length: rows }, (_, row) => row);
    /** Columns that the table behind it shows; `saved` ones are in its CSV only. */
    this.named = Object.entries(this.shown).flatMap(([name, column]) => (column.label ? [{ name, ...column }] : []));
    this.listed = this.named.filter(column => !column.saved);
  }

  has(name) {
    return Object.hasOwn(this.columns, name);
  }

  get(name, row) {
    return this.columns[name]?.[row] ?? null;
  }

  /** A row's value in a role of the chart's encoding. */
  role(role, row) {
    return this.get(this.encoding[role], row);
  }

  /** Another chart that this one reads, undefined where the version can't show it. */
  reads(role) {
    return CHARTS.get(this.sources[role]);
  }

  /** Rows of one period and member, where they name them. */
  at(period, member) {
    if (!this.index) {
      this.index = new Map();
      for (const row of this.all) {
        const place = key(this.get('period', row) ?? WHOLE, this.get('member', row) ?? WHOLE);
        if (this.index.has(place)) this.index.get(place).push(row);
        else this.index.set(place, [row]);
      }
    }
    return this.index.get(key(this.has('period') ? period : WHOLE, this.has('member') ? member : WHOLE)) ?? [];
  }

  /** The rows for the reader's choices. A chart ignores choices for which it has no columns. */
  chosen({ period, member }) {
    return this.at(period, member).filter(row => this.liesIn(period, row) && this.isOf(member, row));
  }

  liesIn(period, row) {
    const { start, end } = PERIODS[period];
    if (start === null) return true;
    if (this.has('happened_on')) {
      const days = this.columns.happened_on[row];
      const lies = day => day !== null && day >= start && day < end;
      if (Array.isArray(days) ? !days.some(lies) : !lies(days)) return false;
    }
    if (!this.has('runs_from')) return true;
    const [from, to] = [this.get('runs_from', row), this.get('runs_to', row)];
    return (from === null || from < end) && (to === null || to >= start);
  }

  isOf(member, row) {
    const { dimension } = MEMBERS[member];
    if (member === WHOLE || !this.has(dimension)) return true;
    const of = this.columns[dimension][row];
    return Array.isArray(of) ? of.includes(member) : of === member;
  }

  followsPeriod() {
    return ['period', 'happened_on', 'runs_from'].some(name => this.has(name));
  }

  followsMember(member) {
    return member === WHOLE || this.has('member') || this.has(MEMBERS[member].dimension);
  }
}

export const CHARTS = new Map(DATA.charts.map(said => [said.name, new Chart(said)]));
