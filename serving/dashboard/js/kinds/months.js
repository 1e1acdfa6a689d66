// Each month's budget as a step, what was spent of it as a bar, and the forecast of the months without a cost.

import { DATA, isoDay } from '../data.js';
import { el, lineKey } from '../elements.js';
import { money } from '../format.js';
import { LINK, Plot, QUIET, STILL, categories, grid, tooltip, values } from '../plot.js';
import { Behind } from '../table.js';

const monthOf = place => {
  const [year, month] = isoDay(place).split('-').map(Number);
  return `${DATA.months[month - 1]} ${year}`;
};

const drawn = (chart, rows) => {
  const role = name => rows.map(row => chart.role(name, row));
  const [budget, cost, forecast] = ['budget', 'cost', 'forecast'].map(role);
  const labels = rows.map(row => monthOf(chart.role('day', row)));
  const isSpent = place => cost[place] !== null;
  const bar = { type: 'bar', stack: 'spent', barCategoryGap: '25%', emphasis: { disabled: true } };
  return {
    grid: grid({ outerBounds: { left: 0, right: 0, top: 6, bottom: 0 } }),
    xAxis: categories(labels),
    yAxis: values(money),
    tooltip: {
      trigger: 'axis',
      ...tooltip(({ dataIndex: place }) => [
        labels[place],
        `Budget: ${money(budget[place])}`,
        isSpent(place) ? `Cost: ${money(cost[place])}` : `Forecast: ${money(forecast[place])}`,
      ]),
    },
    series: [
      { ...bar, color: LINK, data: cost },
      {
        ...bar,
        color: QUIET,
        itemStyle: { opacity: 0.35 },
        data: forecast.map((one, at) => (isSpent(at) ? null : one)),
      },
      { ...STILL, type: 'line', step: 'middle', color: 'var(--warn-line)', lineStyle: { width: 2 }, data: budget },
    ],
  };
};

export const months = (panel, state) => {
  const { chart } = panel;
  const rows = chart.chosen(state);
  if (!rows.length) return panel.nothing(state);
  panel.say(chart.title, state);
  const { plot, behind } = panel.layout(() => ({
    plot: new Plot(),
    legend: el(
      'ul',
      { class: 'key' },
      ...lineKey([
        ['Budget', 'var(--warn-line)', 'solid'],
        ['Cost to date', LINK, 'solid'],
        ['Forecast', QUIET, 'dotted'],
      ]),
    ),
    behind: new Behind(),
  }));
  plot.draw(200, panel.heading, drawn(chart, rows));
  return behind.show(chart, panel.heading, chart.listed, rows);
};
