// What the page carries, unpacked: columns as arrays, rows found by period and member. Nothing is computed here.

const DATA = JSON.parse(document.getElementById('data').textContent);
const [KEY, GRAIN, LABEL, START, END, PARTIAL, COMPARED] = [0, 1, 2, 3, 4, 5, 6];
const DIMENSIONS = ['team', 'product', 'objective', 'initiative'];
const FINER = { all: ['fiscal_year', 'quarter', 'month'], fiscal_year: ['quarter', 'month'], quarter: ['month'], month: [] };

// v: values; c: one for all; r: value and how often, in turns; d: the distinct ones, of which the rest are places;
// p: what all begin with; s: another column says it
const unpack = ({ v, c, r, d, p }, rows) => {
  const values = v ?? [];
  if (r !== undefined) for (let place = 0; place < r.length; place += 2) for (let left = r[place + 1]; left > 0; left -= 1) values.push(r[place]);
  else if (v === undefined) for (let left = rows; left > 0; left -= 1) values.push(c);
  if (d !== undefined) return values.map(place => d[place]);
  return p === undefined ? values : values.map(rest => (rest === null ? null : p + rest));
};

const rowKey = (period, member) => `${period}|${member}`;

class Chart {
  constructor(said) {
    Object.assign(this, said);
    const packed = said.columns;
    this.columns = {};
    for (const [name, { s: same }] of Object.entries(packed)) this.columns[name] = same === undefined ? unpack(packed[name], said.rows) : this.columns[same];
    this.all = Array.from({ length: said.rows }, (_, row) => row);
  }

  has(name) { return name in this.columns; }

  get(name, row) { return this.columns[name]?.[row] ?? null; }

  /** A row's value in the role that the chart's file gives to one of its columns. */
  role(role, row) { return this.get(this.encoding[role], row); }

  /** Rows of one period and member; of a chart without periods those of all time. */
  at(chosen, member) {
    const period = this.has('period') ? chosen : 0;
    if (!this.index) {
      this.index = new Map();
      for (const row of this.all) {
        const key = rowKey(this.get('period', row) ?? 0, this.has('member') ? this.get('member', row) : 0);
        if (this.index.has(key)) this.index.get(key).push(row);
        else this.index.set(key, [row]);
      }
    }
    return this.index.get(rowKey(period, this.has('member') ? member : 0)) ?? [];
  }

  /** Does a row belong to what the reader chose? Columns that a chart hasn't, it doesn't follow. */
  matches(row, { period, member }) {
    const [, , , start, end] = DATA.periods[period];
    if (start !== null) {
      if (this.has('happened_on')) {
        const days = this.columns.happened_on[row];
        const lies = day => day !== null && day >= start && day < end;
        if (Array.isArray(days) ? !days.some(lies) : !lies(days)) return false;
      }
      if (this.has('runs_from')) {
        const [from, to] = [this.get('runs_from', row), this.get('runs_to', row)];
        if ((from !== null && from >= end) || (to !== null && to < start)) return false;
      }
    }
    const dimension = DATA.members[member][0];
    if (dimension === 'total' || !this.has(dimension)) return true;
    const of = this.columns[dimension][row];
    return Array.isArray(of) ? of.includes(member) : of === member;
  }

  /** Does the chart follow the dimension of a member? */
  follows(member) {
    const dimension = DATA.members[member][0];
    return dimension === 'total' || this.has(dimension) || this.has('member');
  }
}

const CHARTS = new Map(DATA.charts.map(said => [said.name, new Chart(said)]));
const PERIODS = new Map(DATA.periods.map((period, place) => [period[KEY], place]));
const MEMBERS = new Map(DATA.members.map(([dimension, id], place) => [`${dimension}/${id}`, place]));
