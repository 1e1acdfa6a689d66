// Bars, the longest first. One of them narrows a list, or chooses a member.

import { memberAt } from '../data.js';
import { button, colourOf, el } from '../elements.js';
import { count, money, number, sentence } from '../format.js';
import { showList } from '../navigate.js';
import { FONT, grid, INK, LINE, Plot, tooltip } from '../plot.js';
import { choose } from '../state.js';
import { Behind } from '../table.js';

const SHOWN = 12;

/** What choosing a row does, and what the button for it says. */
const actOf = (chart, row) => {
  const { chooses, narrows } = chart;
  const part = chart.role('part', row);
  if (!chooses) return [`List: ${part}`, () => showList(narrows, part)];
  const member = memberAt(chooses.dimension, chart.get(chooses.id, row));
  return [`Figures of ${part}`, () => member === undefined || choose({ member })];
};

const bars = (chart, rows, width) => {
  const [part, these, amount] = ['part', 'count', 'amount'].map(role => rows.map(row => chart.role(role, row)));
  const isCosted = amount.some(value => value > 0);
  const written = place => count(these[place], 'deliverable');
  return {
    grid: grid({ right: 112, top: 4, bottom: 4, outerBounds: { left: 0, right: 0 } }),
    xAxis: { type: 'value', show: false, min: 0 },
    yAxis: {
      type: 'category',
      data: part.map(sentence),
      axisLine: { lineStyle: { color: LINE } },
      axisTick: { show: false },
      axisLabel: { ...FONT, color: INK, width: Math.min(150, width / 3), overflow: 'truncate' },
    },
    tooltip: tooltip(({ dataIndex }) => [
      sentence(part[dataIndex]),
      `${written(dataIndex)}, ${money(amount[dataIndex])}`,
    ]),
    series: [
      {
        type: 'bar',
        barWidth: 18,
        cursor: 'pointer',
        emphasis: { disabled: true },
        data: rows.map((_, place) => ({
          value: (isCosted ? amount : these)[place],
          itemStyle: { color: colourOf(part[place]) },
        })),
        label: {
          show: true,
          position: 'right',
          ...FONT,
          color: INK,
          formatter: ({ dataIndex }) =>
            isCosted ? `${money(amount[dataIndex])} · ${number(these[dataIndex])}` : written(dataIndex),
        },
      },
    ],
  };
};

export const ranking = (panel, state) => {
  const { chart } = panel;
  const rows = chart.chosen(state);
  if (!rows.length) return panel.nothing(state);
  panel.say(chart.title, state);
  const { plot, behind, acts } = panel.layout(() => ({
    plot: new Plot(({ dataIndex }) => panel.acts[dataIndex]()),
    behind: new Behind(),
    acts: el('ul', { class: 'acts' }),
  }));
  const shown = rows.slice(0, SHOWN).toReversed();
  panel.acts = shown.map(row => actOf(chart, row)[1]);
  plot.draw(8 + 34 * shown.length, panel.heading, bars(chart, shown, panel.body.clientWidth));
  behind.show(chart, panel.heading, chart.listed, rows);
  return acts.replaceChildren(...rows.slice(0, SHOWN).map(row => el('li', {}, button('plain', ...actOf(chart, row)))));
};

/** Its longest bar: its `finding` with {part}, {amount} and {count} filled; none where no amount is known. */
export const findingOfRanking = (chart, state) => {
  const [row] = chart.chosen(state);
  if (row === undefined || chart.role('amount', row) === null) return null;
  return chart.finding
    .replace('{part}', chart.role('part', row))
    .replace('{amount}', money(chart.role('amount', row)))
    .replace('{count}', count(chart.role('count', row), 'deliverable'));
};
