// The facts of the opened initiative, as a description list.

import { el } from '../elements.js';
import { cellOf } from '../table.js';

export const facts = (panel, state) => {
  const { chart } = panel;
  const [row] = chart.chosen(state);
  if (row === undefined) return panel.nothing(state, 'Nothing is known of it.');
  panel.say(chart.title, state);
  const { list } = panel.layout(() => ({ list: el('dl') }));
  const fact = column =>
    el(
      'div',
      {},
      el('dt', {}, column.label),
      el('dd', {}, cellOf(chart.get(column.name, row), column, chart.get(column.status, row))),
    );
  return list.replaceChildren(...chart.listed.map(fact));
};
