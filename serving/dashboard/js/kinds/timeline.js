// The opened initiative: the progress of its goals, and below it the days of delivery and release.

import { DATA, isoDay } from '../data.js';
import { el, lineKey } from '../elements.js';
import { count, day, share } from '../format.js';
import { FONT, GOOD, INK, LINE, LINK, Plot, QUIET, tooltip } from '../plot.js';
import { Behind } from '../table.js';

const HUES = [LINK, GOOD, 'var(--s-no-effect)', 'var(--s-unmeasured)', 'var(--s-negative)', QUIET];
const DASHES = ['solid', 'dashed', 'dotted'];
const LOOKS = [
  ['circle', INK],
  ['triangle', 'var(--accent)'],
];
const NAMES = 5; // shown per day

const lineOf = place => ({ color: HUES[place % HUES.length], type: DASHES[Math.floor(place / HUES.length) % 3] });

const monthOf = ms => {
  const at = new Date(ms);
  return at.getUTCDate() === 1 ? `${DATA.months[at.getUTCMonth()]} ${at.getUTCFullYear()}` : '';
};
/** Whole months around all days. */
const spanOf = days => {
  const found = days.toSorted();
  const month = (text, more) => {
    const at = new Date(`${text}T00:00:00Z`);
    return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + more, 1);
  };
  return { min: month(found[0], 0), max: month(found.at(-1), 1) };
};

/** The goals that it serves: {id, name, steps: [{at, day, score}]}. */
const coursesOf = (goals, state) => {
  const found = new Map();
  for (const row of goals?.chosen(state) ?? []) {
    const [id, at, score] = ['id', 'day', 'score'].map(role => goals.role(role, row));
    if (score === null) continue;
    if (!found.has(id)) found.set(id, { id, name: goals.role('name', row), steps: [] });
    found.get(id).steps.push({ value: [isoDay(at), score], said: day(at) });
  }
  return [...found.values()];
};

const axes = (lanes, hasGoals, span) => {
  const edges = { left: 64, right: 36, outerBoundsMode: 'none' };
  const label = { ...FONT, hideOverlap: true, formatter: monthOf };
  const grey = { lineStyle: { color: LINE } };
  const time = gridIndex => ({
    type: 'time',
    gridIndex,
    ...span,
    axisLabel: gridIndex ? label : { show: false },
    axisTick: { show: gridIndex === 1 },
    axisLine: grey,
    splitLine: { show: gridIndex === 0, ...grey },
  });
  return {
    grid: [
      { ...edges, top: 10, height: hasGoals ? 170 : 0 },
      { ...edges, bottom: 26, height: 56 },
    ],
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    xAxis: [time(0), time(1)],
    yAxis: [
      {
        type: 'value',
        gridIndex: 0,
        min: 0,
        max: 1,
        interval: 0.5,
        show: hasGoals,
        axisLabel: { ...FONT, formatter: share },
        splitLine: grey,
      },
      {
        type: 'category',
        gridIndex: 1,
        data: lanes,
        axisLabel: { ...FONT, color: INK, hideOverlap: false },
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { show: true, ...grey },
      },
    ],
  };
};

/** The names of the first few deliveries of a day. */
const namesOn = (work, place, state) => {
  const names = (work?.chosen(state) ?? [])
    .filter(row => work.get('happened_on', row) === place)
    .map(row => work.role('name', row));
  return names.length > NAMES ? [...names.slice(0, NAMES), '…'] : names;
};

const seriesOf = (chart, rows, courses, lanes) => [
  ...courses.map(({ name, steps }, place) => ({
    type: 'line',
    name,
    symbolSize: 4,
    color: lineOf(place).color,
    emphasis: { disabled: true },
    lineStyle: { type: lineOf(place).type },
    data: steps,
  })),
  ...lanes.map((lane, place) => ({
    type: 'scatter',
    name: lane,
    xAxisIndex: 1,
    yAxisIndex: 1,
    symbol: LOOKS[place % 2][0],
    symbolSize: 11,
    itemStyle: { color: LOOKS[place % 2][1], opacity: 0.8 },
    emphasis: { disabled: true },
    data: rows
      .filter(row => chart.role('what', row) === lane)
      .map(row => ({ value: [isoDay(chart.role('day', row)), lane], row })),
  })),
];

export const timeline = (panel, state) => {
  const { chart } = panel;
  const rows = chart.chosen(state);
  const courses = coursesOf(chart.reads('goals'), state);
  if (!rows.length && !courses.length) return panel.nothing(state);
  panel.say(chart.title, state);
  const { plot, legend, behind } = panel.layout(() => ({
    plot: new Plot(),
    legend: el('ul', { class: 'key' }),
    behind: new Behind(),
  }));
  const lanes = [...new Set(rows.map(row => chart.role('what', row)))].toSorted();
  const days = rows.map(row => isoDay(chart.role('day', row)));
  const span = spanOf([...days, ...courses.flatMap(({ steps }) => steps.map(({ value }) => value[0]))]);
  const lines = row => {
    const [what, at] = [chart.role('what', row), chart.role('day', row)];
    const head = `${day(at)}: ${count(chart.role('count', row), 'deliverable')} ${what}`;
    return what === lanes[0] ? [head, ...namesOn(chart.reads('work'), at, state)] : [head];
  };
  plot.draw(courses.length ? 300 : 130, panel.heading, {
    ...axes(lanes.toReversed(), courses.length > 0, span),
    tooltip: tooltip(({ data, seriesName }) =>
      data.row === undefined ? [seriesName, `${data.said}: ${share(data.value[1])}`] : lines(data.row),
    ),
    series: seriesOf(chart, rows, courses, lanes),
  });
  legend.replaceChildren(...lineKey(courses.map(({ name }, place) => [name, lineOf(place).color, lineOf(place).type])));
  return behind.show(chart, panel.heading, chart.listed, rows);
};
