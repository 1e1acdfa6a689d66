// What a metric's figure says for the reader's choices: its amount, basis, change and remarks, in words.

import { DATA, PERIODS, WHOLE } from './data.js';
import { beforeOf, dotted, filled, number, quantity } from './format.js';
import { hasFigure, isFew, isKnown, rowAt, shownRow, sidesOf } from './figures.js';
import { comparedOf } from './state.js';

const CHANGES = { better: ['better', 'than'], worse: ['worse', 'than'], no_clear_change: ['no clear change', 'from'] };

/** The state of a figure: `missing`, `few`, `part` (incomplete) or `value`. */
const lookOf = (chart, row) => {
  if (row === undefined || !hasFigure(chart, row)) return 'missing';
  if (isFew(chart, row)) return 'few';
  return chart.get('status', row) === 'incomplete' ? 'part' : 'value';
};

/** A metric's figure for the reader's choices. */
export class Reading {
  constructor(chart, state, row = shownRow(chart, state.period, state.member)) {
    Object.assign(this, { chart, state, row, look: lookOf(chart, row) });
    this.metric = DATA.metrics[chart.metric];
    this.isShown = this.look === 'part' || this.look === 'value';
    this.value = this.isShown ? chart.role('value', row) : null;
    this.amount = this.isShown ? this.write(this.value) : '';
    this.period = row === undefined ? state.period : chart.get('period', row);
    const isOwn = this.period === state.period;
    this.compared = isOwn ? comparedOf(state) : null;
    // a change is tested against one period only
    this.verdict = isOwn && row !== undefined && state.against === null ? chart.get('verdict', row) : null;
  }

  write(value) {
    return quantity(value, this.metric.unit);
  }

  /** The figure, or what stands in its place. */
  get said() {
    const silent = { missing: DATA.words.not_measured, few: DATA.words.insufficient_sample };
    return silent[this.look] ?? this.amount;
  }

  get title() {
    const { missing, few, below, title } = this.chart;
    return { missing, few }[this.look] ?? (this.value < 0 && below ? below : title);
  }

  /** Sample size and interval. */
  get basis() {
    if (this.look === 'missing') return '';
    const n = this.chart.get('n', this.row);
    const size = n === null ? '' : `n = ${number(n)}`;
    if (this.look === 'few') return `${size}${this.metric.least ? `, ${number(this.metric.least)} needed` : ''}`;
    const [lower, upper] = ['lower', 'upper'].map(name => this.chart.get(name, this.row));
    return dotted([size, lower === null ? '' : `95% interval ${this.write(lower)} to ${this.write(upper)}`]);
  }

  /** Whether it changed, where that is tested, and compared with what. */
  get change() {
    return this.changeParts.join(' ');
  }

  get changeParts() {
    if (this.verdict === null) return [];
    const [how, word] = CHANGES[this.verdict];
    return [how, `${word} the ${this.chart.get('compared_with', this.row)}`];
  }

  /** The figure of the comparison period; two figures from which rows are missing may lack different ones. */
  get before() {
    if (this.compared === null || this.look !== 'value') return '';
    const then = rowAt(this.chart, this.compared, this.state.member);
    return lookOf(this.chart, then) === 'value' ? this.write(this.chart.role('value', then)) : '';
  }

  /** The same with its period. */
  get earlier() {
    return this.before && `${PERIODS[this.compared].label}: ${this.before}`;
  }

  /** The same in short: the period that the figure is usually compared with goes without its name. */
  get shortly() {
    return this.before && `${beforeOf(this.state.period, this.compared, true)}: ${this.before}`;
  }

  /** What checks that warned found about the metric. */
  get warnings() {
    return this.metric.warned.map(place => DATA.warnings[place]);
  }

  /** Rows left out, the comparison period, whether it changed, the sides. */
  get remarks() {
    if (this.row === undefined) return '';
    return dotted([
      this.look === 'part' ? `incomplete: ${number(this.chart.get('n_excluded', this.row) ?? 0)} left out` : '',
      this.chart.get('is_partial', this.row) && this.period !== WHOLE ? 'the period is not complete' : '',
      this.earlier,
      this.change,
      ...sidesOf(this.chart, [this.row], this.state).map(
        ({ name, rows: [one] }) => `${name} ${this.write(this.chart.role('value', one))}`,
      ),
    ]);
  }
}

/** The chart's title for its figure of exactly the chosen period; null if there is none that may be shown. */
export const told = (chart, state) => {
  const row = rowAt(chart, state.period, state.member);
  if (!isKnown(chart, row)) return null;
  const reading = new Reading(chart, state, row);
  const title = filled(reading.title, state.period, reading.amount);
  return reading.look === 'part' ? `${title.replace(/\.$/u, '')} (${DATA.words.incomplete}).` : title;
};
