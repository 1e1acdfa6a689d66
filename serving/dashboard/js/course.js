// A metric over time: its line, interval, target, marks where the definition changed, and other sides.

import { DATA, PERIODS, WHOLE, isoDay, isWithin } from './data.js';
import { eventsIn, labelOf as eventLabel, linesOf as eventLines } from './events.js';
import { isFew, isKnown, hasFigure } from './figures.js';
import { isShort, number, precise, sentence } from './format.js';
import { GOOD, LINK, QUIET, SMALL, STILL, categories, grid, tooltip, values } from './plot.js';

const MOST_MARKS = 4; // of events; where more periods have some, only the tooltip names them

const labelOf = (chart, row) => PERIODS[chart.get('period', row)].label;
/** The value if known, else a gap in the line. */
const known = (chart, name) => row => (isKnown(chart, row) ? chart.get(name, row) : null);

/**
 * Where a new definition begins: earlier figures, now computed by the current definition, were published with other
 * values before.
 */
const breaksOf = (chart, rows) => {
  const since = DATA.metrics[chart.metric].since;
  return rows.flatMap((row, place) => {
    const { start, end } = PERIODS[chart.get('period', row)];
    const begins = since !== null && since >= isoDay(start) && since < isoDay(end);
    const version = one => chart.get('metric_version', one);
    return begins || (place > 0 && version(row) !== version(rows[place - 1])) ? [place] : [];
  });
};

const band = (chart, rows) => {
  const [low, high] = ['lower', 'upper'].map(name => rows.map(known(chart, name)));
  if (low.every(value => value === null)) return [];
  const height = high.map((value, place) => (value === null || low[place] === null ? null : value - low[place]));
  const part = {
    ...STILL,
    type: 'line',
    stack: 'band',
    stackStrategy: 'all',
    lineStyle: { opacity: 0 },
    tooltip: { show: false },
  };
  return [
    { ...part, data: low },
    { ...part, data: height, areaStyle: { color: LINK, opacity: 0.16 } },
  ];
};

const marks = (chart, rows, targets, events, write) => ({
  silent: true,
  symbol: 'none',
  data: [
    ...targets.map(target => ({
      yAxis: target,
      lineStyle: { color: GOOD, type: 'solid', width: 1.5 },
      label: {
        ...SMALL,
        formatter: `target ${write(target)}`,
        position: 'insideStartTop',
        color: 'var(--s-value-created-ink)',
      },
    })),
    ...breaksOf(chart, rows).map(place => ({
      xAxis: place,
      lineStyle: { color: 'var(--warn-line)', type: 'dashed' },
      label: { ...SMALL, formatter: 'new definition', position: 'insideEndTop' },
    })),
    ...(events.size > MOST_MARKS ? [] : [...events]).map(([place, these]) => ({
      xAxis: place,
      lineStyle: { color: QUIET, type: 'dotted' },
      label: { ...SMALL, formatter: eventLabel(these), position: 'insideStartTop' },
    })),
  ],
});

const line = (chart, rows, period) => ({
  type: 'line',
  color: LINK,
  lineStyle: { width: 2 },
  showAllSymbol: true,
  emphasis: { disabled: true },
  data: rows.map(row => ({
    value: known(chart, chart.encoding.value)(row),
    symbol: chart.get('is_partial', row) ? 'emptyCircle' : 'circle',
    symbolSize: period !== WHOLE && isWithin(chart.get('period', row), period) ? 9 : 5,
  })),
});

/** Open circles of samples that are too small. */
const few = (chart, rows) => ({
  ...STILL,
  type: 'scatter',
  symbol: 'emptyCircle',
  symbolSize: 6,
  itemStyle: { color: QUIET, opacity: 0.6 },
  tooltip: { show: false },
  data: rows.map(row => (isFew(chart, row) ? chart.role('value', row) : null)),
});

const besides = (chart, { name, rows, look }) => ({
  type: 'line',
  name,
  color: look.color,
  symbol: look.symbol,
  symbolSize: 5,
  emphasis: { disabled: true },
  lineStyle: { width: 1.5, type: look.type },
  data: rows.map(known(chart, chart.encoding.value)),
});

/** The tooltip of a point. */
const lines = (chart, row, sides, events, write) => {
  const written = one => {
    if (isKnown(chart, one)) return write(chart.role('value', one));
    const isSmall = one !== undefined && hasFigure(chart, one);
    return DATA.words[isSmall ? 'insufficient_sample' : 'not_measured'];
  };
  const [lower, upper, n] = ['lower', 'upper', 'n'].map(name => chart.get(name, row.row));
  return [
    labelOf(chart, row.row),
    written(row.row),
    ...(isFew(chart, row.row) || lower === null ? [] : [`95% interval ${write(lower)} to ${write(upper)}`]),
    ...(n === null ? [] : [`n = ${number(n)}`]),
    ...sides.map(({ name, rows }) => sentence(`${name}: ${written(rows[row.place])}`)),
    ...eventLines(events.get(row.place) ?? []).map(sentence),
  ];
};

export const course = (chart, rows, sides, state, write) => {
  const { unit, most } = DATA.metrics[chart.metric];
  const targets = chart.get('targets', rows.at(-1)) ?? [];
  const around = targets.length && {
    min: extent => Math.min(extent.min, ...targets),
    max: extent => Math.max(extent.max, ...targets),
  };
  const isShare = unit === 'share' && most === 1;
  const periods = rows.map(row => chart.get('period', row));
  const events = eventsIn(periods, state.member);
  return {
    grid: grid({ outerBounds: { left: 0, right: 0, top: 6, bottom: 0 } }),
    xAxis: categories(rows.map(row => labelOf(chart, row))),
    // a unit that is a word is only in the figure above
    yAxis: values(isShort(unit) ? write : precise, isShare ? { min: 0, max: 1 } : { scale: true, ...around }),
    tooltip: {
      trigger: 'axis',
      ...tooltip(({ dataIndex }) => lines(chart, { row: rows[dataIndex], place: dataIndex }, sides, events, write)),
    },
    series: [
      ...band(chart, rows),
      { ...line(chart, rows, state.period), markLine: marks(chart, rows, targets, events, write) },
      few(chart, rows),
      ...sides.map(side => besides(chart, side)),
    ],
  };
};
