// A metric: its figure, sample size and interval, and its line with targets and changes of definition.

import { course } from '../course.js';
import { DATA, MEMBERS, PERIODS, WHOLE } from '../data.js';
import { bdi, el, lineKey, warnedMark } from '../elements.js';
import { dotted, sentence } from '../format.js';
import { hasFigure, rowsOver, sidesOf } from '../figures.js';
import { LINK, Plot } from '../plot.js';
import { Reading, told } from '../reading.js';
import { Behind } from '../table.js';

/** A metric without a figure for the chosen member, in any period, has no panel. */
export const isUnmeasured = (chart, { member }) =>
  !chart.all.some(row => (chart.get('member', row) ?? WHOLE) === member && hasFigure(chart, row));

const columnsOf = (chart, { unit, label }) =>
  [
    { name: 'when', label: 'Period', unit: 'text' },
    { name: chart.encoding.value, label, unit, none: DATA.words.not_measured },
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
  const reading = new Reading(chart, state);
  const { metric, row } = reading;
  panel.say(reading.title, state, reading.amount);

  const { headline, plot, legend, behind } = panel.layout(() => ({
    headline: el('div'),
    plot: new Plot(),
    legend: el('ul', { class: 'key' }),
    behind: new Behind(),
    about: definition(chart.metric),
  }));
  headline.className = `told-figure ${reading.look}`;
  headline.replaceChildren(
    el('p', { class: 'label' }, metric.label, ...(reading.warnings.length ? [warnedMark()] : [])),
    el('p', { class: 'amount' }, reading.said),
    el('p', { class: 'quiet line' }, dotted([sentence(PERIODS[reading.period].label), reading.basis])),
    el('p', { class: 'quiet line' }, reading.remarks || '\u00a0'),
    ...reading.warnings.map(text =>
      el('p', { class: 'line warned' }, 'A check warned: ', el('a', { href: '#trust' }, bdi(text)), '.'),
    ),
  );
  const rows = rowsOver(chart, state, row);
  const sides = sidesOf(chart, rows, state);
  const write = value => reading.write(value);
  if (rows.length > 1) plot.draw(150, panel.heading, course(chart, rows, sides, state, write));
  else plot.hide();
  const all = { name: MEMBERS[WHOLE].name, look: { color: LINK, type: 'solid' } };
  legend.replaceChildren(
    ...lineKey(sides.length ? [all, ...sides].map(side => [sentence(side.name), side.look.color, side.look.type]) : []),
  );
  return behind.show(chart, panel.heading, columnsOf(chart, metric), rows.toReversed(), (name, one) => {
    if (name === 'when') return PERIODS[chart.get('period', one)].label;
    const value = chart.get(name, one);
    return name === 'status' ? (DATA.words[value] ?? value) : value;
  });
};

/** Its title, and whether it changed. */
export const finding = (chart, state) => {
  const title = told(chart, state);
  if (title === null) return null;
  const { change } = new Reading(chart, state);
  return change ? `${title.replace(/\.$/u, '')}, ${change}.` : title;
};
