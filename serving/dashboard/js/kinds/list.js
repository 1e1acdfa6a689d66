// A list to search, filter, sort and save; an initiative can be opened.

import { bdi, button } from '../elements.js';
import { number } from '../format.js';
import { openInitiative } from '../navigate.js';
import { List } from '../table.js';

export const list = (panel, state) => {
  const { chart } = panel;
  const rows = chart.chosen(state);
  if (!rows.length) return panel.nothing(state);
  panel.say(chart.title, state);
  const { all } = panel.layout(() => ({ all: new List(chart) }));
  const { open, name } = chart.encoding;
  return all.show(rows, state, (column, row) =>
    open && column === name
      ? button('open', bdi(chart.get(name, row)), () => openInitiative(chart.get(open, row)))
      : null,
  );
};

/** How many rows it has: its `finding` with {rows} filled. */
export const findingOfRows = (chart, state) => {
  const { length } = chart.chosen(state);
  return length ? chart.finding.replace('{rows}', number(length)) : null;
};
