// A stacked bar, the same for the comparison period, and a legend that opens lists.

import { DATA, PERIODS } from '../data.js';
import { bdi, button, colourOf, el, swatch } from '../elements.js';
import { beforeOf, count, listing, money, NONE, number, sentence } from '../format.js';
import { isComparable } from '../figures.js';
import { showList } from '../navigate.js';
import { FONT, Plot, tooltip } from '../plot.js';
import { comparedOf } from '../state.js';
import { Behind } from '../table.js';

const STATUSES = Object.keys(DATA.statuses);

/** The figures: rows of now, {part: row} of before, and whether their amounts or their counts are drawn. */
const figuresOf = (chart, state) => {
  const { period, member } = state;
  const compared = isComparable(chart, period, member) ? comparedOf(state) : null;
  const has = row => chart.role('count', row) > 0;
  const earlier = compared === null ? [] : chart.at(compared, member).filter(has);
  const before = new Map(earlier.map(row => [chart.role('part', row), row]));
  const byStatus = (a, b) => STATUSES.indexOf(chart.role('part', a)) - STATUSES.indexOf(chart.role('part', b));
  const rows = chart.at(period, member).filter(row => has(row) || before.has(chart.role('part', row)));
  const isCosted = [...rows, ...earlier].some(row => chart.role('amount', row) > 0);
  const names = new Set([...rows, ...earlier].toSorted(byStatus).map(row => chart.role('part', row)));
  return {
    rows: rows.toSorted(byStatus),
    earlier,
    before,
    compared,
    isCosted,
    isEmpty: !rows.some(has),
    names: [...names],
  };
};

const bars = (chart, period, { rows, earlier, compared, isCosted, names }) => {
  const write = isCosted ? money : number;
  const shown = [[PERIODS[period].label, rows]];
  if (earlier.length) shown.unshift([PERIODS[compared].label, earlier]);
  const label = {
    show: true,
    position: [0, -18],
    ...FONT,
    formatter: ({ dataIndex }) => sentence(shown[dataIndex][0]),
  };
  const valueOf = (part, these, isFirst) => {
    const row = these.find(one => chart.role('part', one) === part);
    if (row === undefined) return isFirst ? 0 : null; // the first series carries the label
    return chart.role(isCosted ? 'amount' : 'count', row);
  };
  return {
    grid: { left: 0, right: 0, top: 18, bottom: 4, outerBoundsMode: 'none' },
    xAxis: { type: 'value', show: false, max: 'dataMax' },
    yAxis: { type: 'category', show: false, data: shown.map(([when]) => when) },
    tooltip: tooltip(({ seriesName, name, value }) => [`${sentence(seriesName)}: ${write(value)}`, sentence(name)]),
    series: names.map((name, place) => ({
      type: 'bar',
      stack: 'all',
      name,
      barWidth: 24,
      cursor: 'pointer',
      emphasis: { disabled: true },
      itemStyle: { color: colourOf(name), borderColor: 'var(--sheet)', borderWidth: 1 },
      label: place === 0 ? label : undefined,
      data: shown.map(([, these]) => valueOf(name, these, place === 0)),
    })),
  };
};

/** The reasons for a part, with counts. */
const reasonsOf = (chart, part, { period, member }) => {
  const reasons = chart.reads('reasons');
  return (reasons?.at(period, member) ?? [])
    .filter(row => reasons.role('part', row) === part)
    .map(row => `${reasons.role('reason', row)} (${number(reasons.role('count', row))})`);
};

/** The amounts that are not in the bar. */
const besideOf = (chart, { period, member }) => {
  const beside = chart.reads('beside');
  const amounts = (beside?.at(period, member) ?? [])
    .filter(row => beside.role('amount', row))
    .map(row => {
      const [these, said] = [beside.role('count', row), beside.role('said', row)];
      const where = these === null ? said : `on ${count(these, 'deliverable')} ${said}`;
      return `${money(beside.role('amount', row))} ${where}`;
    });
  return amounts.length ? `Not in the bar: ${listing(amounts)}.` : '';
};

const legendItem = (chart, row, { isCosted }) => {
  const part = chart.role('part', row);
  const these = chart.role('count', row);
  const head = button('part-button', swatch(part), () => showList(chart.narrows, part));
  const amount = isCosted ? `${these ? money(chart.role('amount', row)) : NONE} · ` : '';
  head.append(
    el('span', { class: 'part-name' }, bdi(sentence(part))),
    el('span', { class: 'part-amount' }, amount, el('span', { class: 'quiet' }, count(these, 'deliverable'))),
  );
  return el('li', {}, head);
};

/** What a part means, why, and what it was before. */
const meaningOf = (chart, row, state, { before, isCosted, compared }) => {
  const part = chart.role('part', row);
  const last = before.get(part);
  const earlier =
    last === undefined
      ? ''
      : `${number(chart.role('count', last))}${isCosted ? ` (${money(chart.role('amount', last))})` : ''}`;
  const because = reasonsOf(chart, part, state).join(', ');
  const meaning = sentence(DATA.statuses[part]?.meaning ?? '') + (because && ` – ${because}`);
  const text = [meaning, earlier && `${beforeOf(state.period, compared)}: ${earlier}.`].filter(Boolean).join('. ');
  return [el('dt', {}, swatch(part), bdi(sentence(part))), el('dd', { class: 'meaning' }, text)];
};

/** A bar of now, and one of the comparison period. */
const HEIGHTS = { alone: 62, compared: 112 };

export const parts = (panel, state) => {
  const { chart } = panel;
  const figures = figuresOf(chart, state);
  if (figures.isEmpty) return panel.nothing(state);
  panel.say(chart.title, state);
  const { plot, legend, beside, meanings, behind } = panel.layout(() => ({
    plot: new Plot(({ seriesName }) => showList(chart.narrows, seriesName)),
    legend: el('ul', { class: 'parts-list' }),
    beside: el('p', { class: 'quiet beside' }),
    meanings: el('details', { class: 'behind meanings' }, el('summary', {}, 'What these results mean'), el('dl')),
    behind: new Behind(),
  }));
  const { rows, before, compared, earlier } = figures;
  plot.draw(earlier.length ? HEIGHTS.compared : HEIGHTS.alone, panel.heading, bars(chart, state.period, figures));
  legend.replaceChildren(...rows.map(row => legendItem(chart, row, figures)));
  meanings.lastElementChild.replaceChildren(...rows.flatMap(row => meaningOf(chart, row, state, figures)));
  beside.textContent = besideOf(chart, state);
  const label = compared === null ? '' : PERIODS[compared].label;
  const added = ['count', 'amount'].map(role => {
    const { unit, none, label: what } = chart.shown[chart.encoding[role]];
    return { name: `then ${role}`, role, label: `${what}, ${label}`, unit, none };
  });
  return behind.show(chart, panel.heading, [...chart.listed, ...(label ? added : [])], rows, (name, row) => {
    const column = added.find(one => one.name === name);
    if (!column) return chart.get(name, row);
    const last = before.get(chart.role('part', row));
    if (last !== undefined) return chart.role(column.role, last);
    return chart.role(column.role, row) === null ? null : 0;
  });
};
