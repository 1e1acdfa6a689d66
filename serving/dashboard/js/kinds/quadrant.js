// Initiatives as circles: delivered on time (x) and outcome reached (y).

import { DATA } from '../data.js';
import { el } from '../elements.js';
import { count, money, number, sentence, share } from '../format.js';
import { openInitiative } from '../navigate.js';
import { FAMILY, FONT, GOOD, LINE, Plot, QUIET, tooltip } from '../plot.js';
import { Behind, remarkOf } from '../table.js';

const EVIDENCE = {
  direct: { colour: GOOD, symbol: 'circle', words: 'Linked to the outcome itself' },
  inherited: { colour: 'var(--s-too-early)', symbol: 'diamond', words: 'Linked through its initiative or objective' },
  mixed: { colour: 'var(--s-mixed)', symbol: 'triangle', words: 'Mixed: outcome and money disagree' },
};

const corners = isNarrow =>
  [
    ['Late, outcome reached', 'left', 'top'],
    ['On time, outcome reached', 'right', 'top'],
    ['Late, outcome not reached', 'left', 'bottom'],
    ['On time, outcome not reached', 'right', 'bottom'],
  ].map(([text, side, end]) => ({
    type: 'text',
    silent: true,
    z: -1,
    [side]: side === 'left' ? 88 : 18,
    [end]: end === 'top' ? 16 : 60,
    style: {
      text: isNarrow ? text.replace(', ', ',\n') : text,
      textAlign: side,
      fill: QUIET,
      font: `12px ${FAMILY}`,
      lineHeight: 15,
    },
  }));

const axes = (x, isNarrow) => {
  const most = isNarrow ? 1.6 : 1.3;
  const axis = {
    type: 'value',
    splitLine: { show: false },
    axisLine: { show: true, onZero: false, lineStyle: { color: LINE } },
  };
  const level = value => (value === 0 ? 'no change' : value > 0 ? 'target' : 'worse');
  return {
    grid: { left: 76, right: 8, top: 8, bottom: 50, outerBoundsMode: 'none' },
    graphic: corners(isNarrow),
    xAxis: {
      ...axis,
      min: -0.06,
      max: 1.06,
      interval: 0.5,
      name: x,
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: { ...FONT },
      axisLabel: { ...FONT, customValues: [0, 0.5, 1], formatter: share },
      axisTick: { show: false },
    },
    yAxis: {
      ...axis,
      min: -most,
      max: most,
      axisLabel: { ...FONT, customValues: [-1, 0, 1], formatter: level },
      axisTick: { show: false },
    },
  };
};

/** Which circles it is among: those of its evidence, or those whose outcome and money disagree. */
const groupOf = (chart, row) =>
  chart.role('status', row) === 'mixed' ? 'mixed' : (chart.role('colour', row) ?? 'inherited');

const circles = (chart, rows) => {
  const sizeOf = row => chart.role('size', row) ?? 0;
  const greatest = Math.max(...rows.map(sizeOf), 1);
  const lines = {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color: LINE, type: 'dashed' },
    data: [{ yAxis: 0 }, { yAxis: DATA.good ?? 0.7 }],
  };
  return Object.entries(EVIDENCE).map(([evidence, { colour, symbol }], place) => ({
    type: 'scatter',
    name: evidence,
    cursor: 'pointer',
    symbol,
    emphasis: { disabled: true },
    itemStyle: { color: colour, opacity: 0.75, borderColor: 'var(--sheet)', borderWidth: 1 },
    markLine: place ? undefined : lines,
    data: rows
      .filter(row => groupOf(chart, row) === evidence)
      .map(row => ({
        row,
        name: chart.role('name', row),
        value: [chart.role('x', row), chart.role('y', row)],
        symbolSize: 8 + 34 * Math.sqrt(sizeOf(row) / greatest),
      })),
  }));
};

const tooltipLines = (chart, row) => {
  const size = chart.role('size', row);
  const remark = remarkOf(chart.get(chart.shown[chart.encoding.x].status, row));
  return [
    chart.role('name', row),
    sentence(chart.role('status', row)),
    `${share(chart.role('x', row))} on time${remark}, ${share(chart.role('y', row))} of the outcome`,
    size === null ? 'cost not known' : money(size),
  ];
};

export const quadrant = (panel, state) => {
  const { chart } = panel;
  const rows = chart.chosen(state);
  if (!rows.length) return panel.nothing(state);
  panel.say(chart.title, state);
  const { plot, legend, behind } = panel.layout(() => ({
    plot: new Plot(({ data }) => data && openInitiative(chart.role('open', data.row))),
    legend: el('ul', { class: 'key' }),
    behind: new Behind(),
  }));
  const isNarrow = panel.body.clientWidth < 560;
  plot.draw(isNarrow ? 340 : 400, panel.heading, {
    ...axes(chart.shown[chart.encoding.x].label, isNarrow),
    tooltip: tooltip(({ data }) => tooltipLines(chart, data.row)),
    series: circles(chart, rows),
  });
  const all = chart.reads('all')?.chosen(state).length ?? rows.length;
  const dots = Object.entries(EVIDENCE).map(([evidence, { words }]) =>
    el('li', {}, el('span', { class: `dot ${evidence}`, 'aria-hidden': 'true' }), words),
  );
  const left = `${number(all - rows.length)} of ${count(all, 'initiative')} can't be placed`;
  legend.replaceChildren(
    ...dots,
    all > rows.length ? el('li', {}, `${left}: no outcome or no promised date is known.`) : '',
  );
  return behind.show(chart, panel.heading, chart.listed, rows);
};
