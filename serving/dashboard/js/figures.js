// Which of a metric's rows is shown: that of the chosen period, or the latest shorter one with a figure.

import { MEMBERS, PERIODS, WHOLE, isWithin } from './data.js';
import { GOOD, QUIET } from './plot.js';

const FINER = {
  all: ['fiscal_year', 'quarter', 'month'],
  fiscal_year: ['quarter', 'month'],
  quarter: ['month'],
  month: [],
};
const SIDES = [
  { color: GOOD, type: 'solid', symbol: 'diamond' },
  { color: QUIET, type: 'dashed', symbol: 'circle' },
  { color: 'var(--s-mixed)', type: 'solid', symbol: 'triangle' },
  { color: 'var(--s-no-effect)', type: 'dashed', symbol: 'rect' },
];

export const rowAt = (chart, period, member) => chart.at(period, member)[0];

/** Is there a figure, even from too small a sample? */
export const hasFigure = (chart, row) =>
  chart.role('value', row) !== null && chart.get('status', row) !== 'not_measured';
export const isFew = (chart, row) => chart.get('status', row) === 'insufficient_sample';
/** Is there a figure that may be shown? */
export const isKnown = (chart, row) => row !== undefined && hasFigure(chart, row) && !isFew(chart, row);

/** The row of a period; where the metric has none of that length, that of its latest shorter period inside. */
export const shownRow = (chart, period, member) => {
  const own = rowAt(chart, period, member);
  if (own !== undefined) return own;
  for (const grain of FINER[PERIODS[period].grain]) {
    const inside = PERIODS.filter(one => one.grain === grain && isWithin(one.place, period)); // the newest first
    const rows = inside.map(({ place }) => rowAt(chart, place, member));
    const known = rows.find(row => row !== undefined && chart.role('value', row) !== null);
    if (known !== undefined) return known;
  }
  // for a metric with only an all-time figure, that one
  const hasPeriods = chart.all.some(row => chart.get('period', row) !== WHOLE && chart.get('member', row) === member);
  return hasPeriods ? undefined : rowAt(chart, WHOLE, member);
};

/** Rows over time, the oldest first: by months where a month is chosen or shown, else by quarters, else by years. */
export const rowsOver = (chart, { period, member }, shown) => {
  const grains = [period, shown === undefined ? WHOLE : chart.get('period', shown)].map(place => PERIODS[place].grain);
  const wanted = grains.includes('month') ? ['month', 'quarter', 'fiscal_year'] : ['quarter', 'month', 'fiscal_year'];
  for (const grain of wanted) {
    const newest = PERIODS.filter(one => one.grain === grain).map(({ place }) => rowAt(chart, place, member));
    const rows = newest.filter(row => row !== undefined).toReversed();
    const first = rows.findIndex(row => chart.role('value', row) !== null);
    if (first >= 0) return rows.slice(first);
  }
  return [];
};

/** May the parts of a period be held against those of the period before? Not while some are too early to judge. */
export const isComparable = (parts, period, member) =>
  parts.at(period, member).every(row => parts.role('comparable', row) !== 0);

/** The members beside the whole portfolio: those that the reader drew, else those that the chart compares. */
const besideOf = (chart, { member, beside }) => {
  if (beside.length) return beside.map(place => MEMBERS[place]);
  return chart.compare && member === WHOLE ? MEMBERS.filter(({ dimension }) => dimension === chart.compare) : [];
};

/** The same for each known side that is drawn beside the chosen member: name, rows, look. */
export const sidesOf = (chart, rows, state) =>
  besideOf(chart, state)
    .map(({ place, name }, order) => ({
      name,
      rows: rows.map(row => rowAt(chart, chart.get('period', row), place)),
      look: SIDES[order],
    }))
    .filter(side => side.rows.some(row => isKnown(chart, row)));
