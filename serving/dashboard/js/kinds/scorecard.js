// Figures of many metrics as a table; folded where it follows the period: then metrics with a chart of their own have
// the figure of that.

import { CHARTS } from '../chart.js';
import { DATA } from '../data.js';
import { bdi, el, quiet, scroller, warnedMark } from '../elements.js';
import { rowAt } from '../figures.js';
import { NONE, quantity } from '../format.js';
import { tableButtons } from '../saving.js';
import { table } from '../table.js';

const BOUNDS = new Set(['lower', 'upper']);
const trends = [...CHARTS.values()].filter(({ kind }) => kind === 'trend');
const order = Object.keys(DATA.metrics);

/** A line for each metric that has a figure: its name, its chart, and the row of that. */
const linesOf = (chart, state) => {
  const own = chart.chosen(state).map(row => ({ metric: chart.role('id', row), from: chart, row }));
  if (!chart.followsPeriod()) return own;
  const others = trends.flatMap(from => {
    const row = rowAt(from, state.period, state.member);
    return row === undefined ? [] : [{ metric: from.metric, from, row }];
  });
  return [...own, ...others].toSorted((a, b) => order.indexOf(a.metric) - order.indexOf(b.metric));
};

export const scorecard = (panel, state) => {
  const { chart } = panel;
  const lines = linesOf(chart, state);
  if (!lines.length) return panel.nothing(state);
  panel.say(chart.title, state);
  const { id, value } = chart.encoding;
  const metric = line => DATA.metrics[line.metric] ?? { label: line.metric, unit: '', warned: [] };
  const own = (name, { from, row }) => (name === value ? from.role('value', row) : from.get(name, row));
  const isFew = line => own('status', line) === 'insufficient_sample';
  const get = (name, line) => {
    if (name === id) return metric(line).label;
    if (name === 'status') return DATA.words[own(name, line)] ?? own(name, line);
    return name === value && isFew(line) ? null : own(name, line);
  };
  const cell = (name, line) => {
    if (name === id) {
      const mark = metric(line).warned.length ? warnedMark() : null;
      return el('span', {}, el('a', { href: `#about-${line.metric}` }, bdi(metric(line).label)), mark);
    }
    if (name !== value && !BOUNDS.has(name)) return null;
    const amount = get(name, line);
    if (amount !== null) return quantity(amount, metric(line).unit);
    return quiet(name !== value ? NONE : DATA.words[isFew(line) ? 'insufficient_sample' : 'not_measured']);
  };
  const columns = chart.listed.filter(({ name }) => name !== 'n_excluded' || lines.some(line => own(name, line)));
  const { box } = panel.layout(() => ({ box: el('div') }));
  const held = scroller(panel.heading);
  held.append(table(panel.heading, columns, lines, get, cell));
  const all = [held, ...tableButtons(chart, panel.heading, columns, () => lines, get)];
  if (!chart.followsPeriod()) return box.replaceChildren(...all);
  const isOpen = box.firstElementChild?.open ?? false;
  return box.replaceChildren(el('details', { class: 'behind', open: isOpen }, el('summary', {}, 'Show them'), ...all));
};
