// The key figures: a tile for each metric that is measured, and a line that says what would measure the others.

import { CHARTS } from '../chart.js';
import { DATA, MEMBERS, PERIODS, WHOLE } from '../data.js';
import { el, warnedMark } from '../elements.js';
import { dotted, listing, sentence } from '../format.js';
import { isKnown, rowsOver } from '../figures.js';
import { goTo } from '../navigate.js';
import { GOOD, LINK, Plot, STILL } from '../plot.js';
import { Reading } from '../reading.js';
import { isUnmeasured } from './trend.js';

const LEAST = 6; // tiles, where as many metrics are measured
const MARKS = { better: '▲', worse: '▼', no_clear_change: '' };

const trends = [...CHARTS.values()].filter(({ kind }) => kind === 'trend');
const chartOf = metric => trends.find(chart => chart.metric === metric);

/** The charts that have a tile for the chosen member, each with that of the figure beside it, and what has none. */
export const tilesOf = (tiles, state) => {
  const shown = [];
  const silent = [];
  for (const { metrics, beside } of tiles) {
    const charts = metrics.map(chartOf).filter(Boolean);
    const chart = charts.find(one => !isUnmeasured(one, state));
    if (chart) shown.push({ chart, beside: chartOf(beside) });
    else if (charts.length) silent.push(charts[0].metric);
  }
  const others = trends.filter(chart => !isUnmeasured(chart, state) && !shown.some(one => one.chart === chart));
  return { shown: [...shown, ...others.slice(0, Math.max(0, LEAST - shown.length)).map(chart => ({ chart }))], silent };
};

/** A metric's line without axes. */
const line = (chart, rows) => ({
  grid: { left: 3, right: 3, top: 3, bottom: 3, outerBoundsMode: 'none' },
  xAxis: { type: 'category', show: false, data: rows.map((_, place) => place) },
  yAxis: { type: 'value', show: false, scale: true },
  series: [
    {
      ...STILL,
      type: 'line',
      color: LINK,
      symbol: 'circle',
      symbolSize: 3,
      showSymbol: rows.length < 16,
      lineStyle: { width: 1.5 },
      data: rows.map(row => (isKnown(chart, row) ? chart.role('value', row) : null)),
      markLine: {
        silent: true,
        symbol: 'none',
        label: { show: false },
        lineStyle: { color: GOOD, type: 'solid' },
        data: (chart.get('targets', rows.at(-1)) ?? []).map(target => ({ yAxis: target })),
      },
    },
  ],
});

/** What a tile says below its figure: its period where it isn't the chosen one, target, and what belongs to it. */
const noteOf = (reading, beside) => {
  const { chart, state, look, period, row, metric } = reading;
  const targets = (row !== undefined && chart.get('targets', row)) || [];
  const also = beside ? new Reading(beside, state) : null;
  return dotted([
    period === state.period ? '' : sentence(PERIODS[period].label),
    look === 'part' ? DATA.words.incomplete : '',
    targets.length ? `target ${listing(targets.map(target => reading.write(target)))}` : '',
    also?.isShown ? `${also.metric.label}: ${also.amount}` : '',
    look === 'missing' ? metric.silent : '',
    look === 'few' ? reading.basis : '',
  ]);
};

class Tile {
  constructor(name) {
    this.label = el('span', { class: 'label' });
    this.amount = el('span', { class: 'amount' });
    this.change = el('span', { class: 'line change' });
    this.note = el('span', { class: 'quiet line' });
    this.plot = new Plot();
    const open = () => goTo(`chart-${name}`, `title-${name}`);
    const attributes = { type: 'button', class: 'tile', 'data-metric': CHARTS.get(name).metric, on: { click: open } };
    const words = el('span', { class: 'tile-words' }, this.amount, this.change, this.note);
    this.element = el('li', {}, el('button', attributes, this.label, words, this.plot.element));
  }

  fill({ chart, beside }, state) {
    const reading = new Reading(chart, state);
    const { look, verdict, metric } = reading;
    this.element.className = `told-figure ${look}`;
    this.label.replaceChildren(metric.label, ...(reading.warnings.length ? [warnedMark()] : []));
    this.amount.textContent = reading.said;
    this.change.dataset.verdict = verdict ?? '';
    const [how, than] = reading.changeParts;
    this.change.replaceChildren(
      ...(how
        ? [dotted([MARKS[verdict], how]).replace(' · ', ' '), el('span', { class: 'than' }, ` ${than}`)]
        : [el('span', { class: 'earlier' }, reading.shortly)]),
    );
    this.note.textContent = noteOf(reading, beside);
    const rows = rowsOver(chart, state, reading.row);
    if (rows.length > 1) this.plot.draw(30, `${metric.label} over time.`, line(chart, rows));
    else this.plot.hide();
  }

  dispose() {
    this.plot.dispose();
  }
}

class Tiles {
  constructor() {
    this.element = el('ul', { class: 'tiles' });
    this.tiles = new Map();
  }

  show(shown, state) {
    const names = new Set(shown.map(({ chart }) => chart.name));
    for (const [name, tile] of this.tiles) {
      if (names.has(name)) continue;
      tile.dispose();
      tile.element.remove();
      this.tiles.delete(name);
    }
    for (const one of shown) {
      const { name } = one.chart;
      if (!this.tiles.has(name)) this.tiles.set(name, new Tile(name));
      this.element.append(this.tiles.get(name).element); // in the page before it is drawn, as wide as its place
      this.tiles.get(name).fill(one, state);
    }
  }

  dispose() {
    for (const tile of this.tiles.values()) tile.dispose();
  }
}

/** What would measure the others: {what is missing: labels}, in words. */
const lacking = silent => {
  const reasons = new Map();
  for (const name of silent) {
    const { label, silent: reason } = DATA.metrics[name];
    reasons.set(reason, [...(reasons.get(reason) ?? []), label]);
  }
  return [...reasons].map(([reason, labels]) => `${labels.join(', ')} (${reason})`).join('; ');
};

export const tiles = (panel, state) => {
  const { chart } = panel;
  const { shown, silent } = tilesOf(DATA.tiles, state);
  if (!shown.length) return panel.nothing(state);
  panel.say(chart.title, state);
  const { all, rest } = panel.layout(() => ({ all: new Tiles(), rest: el('p', { class: 'quiet lacking' }) }));
  all.show(shown, state);
  const where = state.member === WHOLE ? '' : ` for ${MEMBERS[state.member].name}`;
  const isWarned = shown.some(one => DATA.metrics[one.chart.metric].warned.length);
  rest.textContent = [
    silent.length ? `Not measured${where}: ${lacking(silent)}.` : '',
    isWarned ? '⚠ A check warned: its chart says which.' : '',
  ]
    .filter(Boolean)
    .join(' ');
};
