// A list to search, filter, sort and save; an initiative can be opened, and the evidence of a deliverable or release.

import { bdi, button } from '../elements.js';
import { Evidence } from '../evidence.js';
import { number } from '../format.js';
import { openInitiative } from '../navigate.js';
import { List } from '../table.js';

export const list = (panel, state) => {
  const { chart } = panel;
  const rows = chart.chosen(state);
  if (!rows.length) return panel.nothing(state);
  panel.say(chart.title, state);
  const { all, evidence } = panel.layout(() => ({ all: new List(chart), evidence: new Evidence(chart) }));
  const { open, name } = chart.encoding;
  all.show(rows, state, (column, row) => {
    if (column !== name) return null;
    if (chart.evidence) return evidence.opener(row);
    return open ? button('open', bdi(chart.get(name, row)), () => openInitiative(chart.get(open, row))) : null;
  });
  return evidence.show(state);
};

/** How many rows it has: its `finding` with {rows} filled. */
export const findingOfRows = (chart, state) => {
  const { length } = chart.chosen(state);
  return length ? chart.finding.replace('{rows}', number(length)) : null;
};
