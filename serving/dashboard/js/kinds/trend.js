// A metric: its figure, sample size and interval, and its line with targets and changes of definition.

import { course } from '../course.js';
import { DATA, MEMBERS, PERIODS, WHOLE } from '../data.js';
import { el, lineKey } from '../elements.js';
import { dotted, filled, number, quantity, sentence } from '../format.js';
import { isKnown, hasFigure, rowAt, rowsOver, shownRow, sidesOf } from '../figures.js';
import { LINK, Plot } from '../plot.js';
import { Behind } from '../table.js';

const CHANGES = { better: 'better than', worse: 'worse than', no_clear_change: 'no clear change from' };

/** A metric without a figure for the chosen member, in any period, has no panel. */
export const isUnmeasured = (chart, { member }) =>
  !chart.all.some(row => (chart.get('member', row) ?? WHOLE) === member && hasFigure(chart, row));

/** The state of a figure: `missing`, `few`, `part` (incomplete) or `value`. */
const lookOf = (chart, row) => {
  if (row === undefined || !hasFigure(chart, row)) return 'missing';
  return { insufficient_sample: 'few', incomplete: 'part' }[chart.get('status', row)] ?? 'value';
};

const titleOf = (chart, row, look) => {
  const titles = { missing: chart.missing, few: chart.few };
  return titles[look] ?? (chart.role('value', row) < 0 && chart.below ? chart.below : chart.title);
};
const amountOf = (chart, row, look) =>
  look === 'missing' || look === 'few' ? '' : quantity(chart.role('value', row), DATA.metrics[chart.metric].unit);

/** The chart's title for its figure of exactly the chosen period; null if there is none that may be shown. */
export const told = (chart, { period, member }) => {
  const row = rowAt(chart, period, member);
  if (!isKnown(chart, row)) return null;
  const look = lookOf(chart, row);
  const title = filled(titleOf(chart, row, look), period, amountOf(chart, row, look));
  return look === 'part' ? `${title.replace(/\.$/u, '')} (${DATA.words.incomplete}).` : title;
};

/** Sample size and interval. */
const basis = (chart, row, look, write) => {
  if (look === 'missing') return '';
  const n = chart.get('n', row);
  const size = n === null ? '' : `n = ${number(n)}`;
  const { least } = DATA.metrics[chart.metric];
  if (look === 'few') return `${size}${least ? `, ${number(least)} needed` : ''}`;
  const [lower, upper] = [chart.get('lower', row), chart.get('upper', row)];
  return dotted([size, lower === null ? '' : `95% interval ${write(lower)} to ${write(upper)}`]);
};

/** Remarks: rows left out, the comparison period, whether it changed, the sides. */
const remarks = (chart, row, look, write, state) => {
  if (row === undefined) return '';
  const period = chart.get('period', row);
  const isOwn = period === state.period;
  const { compared } = PERIODS[period];
  const then = isOwn && compared !== null ? rowAt(chart, compared, state.member) : undefined;
  const verdict = isOwn ? chart.get('verdict', row) : null;
  return dotted([
    look === 'part' ? `incomplete: ${number(chart.get('n_excluded', row) ?? 0)} left out` : '',
    chart.get('is_partial', row) && period !== WHOLE ? 'the period is not complete' : '',
    // two figures from which rows are missing may lack different ones
    look === 'value' && lookOf(chart, then) === 'value'
      ? `${PERIODS[compared].label}: ${write(chart.role('value', then))}`
      : '',
    verdict === null ? '' : `${CHANGES[verdict]} the ${chart.get('compared_with', row)}`,
    ...sidesOf(chart, [row], state).map(({ name, rows: [one] }) => `${name} ${write(chart.role('value', one))}`),
  ]);
};

const columnsOf = (chart, unit) =>
  [
    { name: 'when', label: 'Period', unit: 'text' },
    { name: chart.encoding.value, label: DATA.metrics[chart.metric].label, unit, none: DATA.words.not_measured },
    { name: 'lower', label: '95% interval from', unit },
    { name: 'upper', label: 'to', unit },
    { name: 'n', label: 'n', unit: 'count' },
    { name: 'status', label: 'Status', unit: 'text' },
    { name: 'metric_version', label: 'Definition', unit: 'count' },
  ].filter(({ name }) => name === 'when' || chart.has(name));

/** The metric's definition, copied from the page's end when it is opened. */
const definition = name => {
  const made = el('details', { class: 'behind definition-of' }, el('summary', {}, 'Definition'));
  made.addEventListener('toggle', () => {
    if (made.childElementCount > 1) return;
    const text = document.getElementById(`about-${name}`)?.cloneNode(true);
    text?.removeAttribute('id');
    made.append(text ?? '');
  });
  return made;
};

export const trend = (panel, state) => {
  const { chart } = panel;
  const { unit, label } = DATA.metrics[chart.metric];
  const write = value => quantity(value, unit);
  const row = shownRow(chart, state.period, state.member);
  const look = lookOf(chart, row);
  const amount = amountOf(chart, row, look);
  panel.say(titleOf(chart, row, look), state, amount);

  const { headline, plot, legend, behind } = panel.layout(() => ({
    headline: el('div'),
    plot: new Plot(),
    legend: el('ul', { class: 'key' }),
    behind: new Behind(),
    about: definition(chart.metric),
  }));
  const when = PERIODS[row === undefined ? state.period : chart.get('period', row)].label;
  const silent = { missing: DATA.words.not_measured, few: DATA.words.insufficient_sample };
  headline.className = `told-figure ${look}`;
  headline.replaceChildren(
    el('p', { class: 'label' }, label),
    el('p', { class: 'amount' }, silent[look] ?? amount),
    el('p', { class: 'quiet line' }, dotted([sentence(when), basis(chart, row, look, write)])),
    el('p', { class: 'quiet line' }, remarks(chart, row, look, write, state) || '\u00a0'),
  );
  const rows = rowsOver(chart, state, row);
  const sides = sidesOf(chart, rows, state);
  if (rows.length > 1) plot.draw(150, panel.heading, course(chart, rows, sides, state, write));
  else plot.hide();
  const all = { name: MEMBERS[WHOLE].name, look: { color: LINK, type: 'solid' } };
  legend.replaceChildren(
    ...lineKey(sides.length ? [all, ...sides].map(side => [sentence(side.name), side.look.color, side.look.type]) : []),
  );
  return behind.show(chart, panel.heading, columnsOf(chart, unit), rows.toReversed(), (name, one) => {
    if (name === 'when') return PERIODS[chart.get('period', one)].label;
    const value = chart.get(name, one);
    return name === 'status' ? (DATA.words[value] ?? value) : value;
  });
};
