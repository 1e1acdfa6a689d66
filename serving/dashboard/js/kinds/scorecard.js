// Figures of many metrics as a table, folded where it follows the period.

import { DATA } from '../data.js';
import { bdi, el, quiet, scroller } from '../elements.js';
import { NONE, quantity } from '../format.js';
import { csvButton, table } from '../table.js';

const BOUNDS = new Set(['lower', 'upper']);

export const scorecard = (panel, state) => {
  const { chart } = panel;
  const rows = chart.chosen(state);
  if (!rows.length) return panel.nothing(state);
  panel.say(chart.title, state);
  const { id, value } = chart.encoding;
  const metric = row => DATA.metrics[chart.role('id', row)] ?? { label: chart.role('id', row), unit: '' };
  const isFew = row => chart.get('status', row) === 'insufficient_sample';
  const get = (name, row) => {
    if (name === id) return metric(row).label;
    if (name === 'status') return DATA.words[chart.get(name, row)] ?? chart.get(name, row);
    return name === value && isFew(row) ? null : chart.get(name, row);
  };
  const cell = (name, row) => {
    if (name === id) return el('a', { href: `#about-${chart.role('id', row)}` }, bdi(metric(row).label));
    if (name !== value && !BOUNDS.has(name)) return null;
    const amount = get(name, row);
    if (amount !== null) return quantity(amount, metric(row).unit);
    return quiet(name !== value ? NONE : DATA.words[isFew(row) ? 'insufficient_sample' : 'not_measured']);
  };
  const columns = chart.listed.filter(({ name }) => name !== 'n_excluded' || rows.some(row => chart.get(name, row)));
  const { box } = panel.layout(() => ({ box: el('div') }));
  const held = scroller(panel.heading);
  held.append(table(panel.heading, columns, rows, get, cell));
  const all = [held, csvButton(chart, panel.heading, columns, () => rows, get)];
  if (!chart.followsPeriod()) return box.replaceChildren(...all);
  const isOpen = box.firstElementChild?.open ?? false;
  return box.replaceChildren(el('details', { class: 'behind', open: isOpen }, el('summary', {}, 'Show them'), ...all));
};
