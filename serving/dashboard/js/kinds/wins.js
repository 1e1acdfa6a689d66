// Cards of the work that reached its goal.

import { bdi, button, el } from '../elements.js';
import { day, dotted, sentence, share, written } from '../format.js';
import { openInitiative } from '../navigate.js';
import { Behind, limitOf, moreButton } from '../table.js';

/** What it reached: its goal, or, where money alone shows it, what it returned. */
const reached = (chart, row) => {
  const goal = chart.role('goal', row);
  if (goal === null) return [el('p', {}, 'Returned more than it cost')];
  return [el('p', {}, bdi(sentence(goal)), ` – ${share(chart.role('score', row))} of the target`)];
};

const card = (chart, row) => {
  const [name, open] = [bdi(chart.role('name', row)), chart.role('open', row)];
  const celebrated = chart.role('celebrated', row);
  const own = Object.values(chart.encoding);
  const rest = chart.listed
    .filter(column => !own.includes(column.name) && chart.get(column.name, row) !== null)
    .map(
      column =>
        (column.unit === 'money' ? `${column.label.toLowerCase()} ` : '') +
        written(chart.get(column.name, row), column),
    );
  return el(
    'li',
    {},
    el('p', { class: 'win-name' }, open === null ? name : button('open', name, () => openInitiative(open))),
    ...reached(chart, row),
    ...(celebrated === null ? [] : [el('p', {}, `Celebrated on ${day(celebrated)}`)]),
    el('p', { class: 'quiet' }, bdi(dotted(rest))),
  );
};

export const wins = (panel, state) => {
  const { chart } = panel;
  const rows = chart.chosen(state);
  if (!rows.length) return panel.nothing(state);
  panel.say(chart.title, state);
  const { cards, more, behind } = panel.layout(() => ({
    cards: el('ul', { class: 'win-cards' }),
    more: el('div', { class: 'more' }),
    behind: new Behind(),
  }));
  const limit = limitOf(chart, state, 6);
  cards.replaceChildren(...rows.slice(0, limit).map(row => card(chart, row)));
  more.replaceChildren(...moreButton(chart, limit, rows.length, 24));
  return behind.show(chart, panel.heading, chart.listed, rows);
};
