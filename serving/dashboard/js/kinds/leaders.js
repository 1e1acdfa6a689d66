// The members of a dimension by one metric: its figure, sample size, change, and their share of the cost.

import { CHARTS } from '../chart.js';
import { DATA, MEMBERS, WHOLE } from '../data.js';
import { bdi, button, el, scroller } from '../elements.js';
import { dotted, number, sentence, share } from '../format.js';
import { hasFigure, rowAt } from '../figures.js';
import { Reading } from '../reading.js';
import { tableButtons } from '../saving.js';
import { sortedBy } from '../search.js';
import { MOST_BESIDE, choose, chooseIn, chosen } from '../state.js';
import { limitOf, moreButton, sortButton, table } from '../table.js';

const DIMENSIONS = ['team', 'product', 'objective', 'initiative'];
const trends = [...CHARTS.values()].filter(({ kind }) => kind === 'trend');

/** The metrics that have a figure for a member of the dimension, in any period: {dimension: charts}. */
const offered = Object.fromEntries(
  DIMENSIONS.map(dimension => [
    dimension,
    trends.filter(chart =>
      chart.all.some(
        row => MEMBERS[chart.get('member', row) ?? WHOLE].dimension === dimension && hasFigure(chart, row),
      ),
    ),
  ]),
);
const dimensions = DIMENSIONS.filter(dimension => offered[dimension].length);

/** Unknown, not applicable, and not yet arrived are no members to compare. */
const isSpecial = ({ id }) => id.startsWith('-');

/** One line a member that has a figure in the period, known or from too small a sample. */
const linesOf = (metric, dimension, state) =>
  MEMBERS.filter(member => member.dimension === dimension && !isSpecial(member)).flatMap(member => {
    const row = rowAt(metric, state.period, member.place);
    if (row === undefined || !hasFigure(metric, row)) return [];
    const reading = new Reading(metric, { ...state, member: member.place, beside: [] }, row);
    return [
      {
        member,
        reading,
        name: member.name,
        value: reading.value,
        n: metric.get('n', row),
        basis: reading.basis.replace(/^n = [^·]* · /u, ''),
        change: dotted([reading.earlier, reading.change]),
      },
    ];
  });

/** The dimension and metric that are shown. */
const chosenIn = ({ name, first }, state) => {
  const choices = state.lists[name] ?? {};
  const dimension = dimensions.includes(choices.by) ? choices.by : dimensions[0];
  const charts = offered[dimension] ?? [];
  const byName = metric => charts.find(chart => chart.metric === metric);
  const isKnownNow = chart => chart && linesOf(chart, dimension, state).some(({ reading }) => reading.isShown);
  const metric = byName(choices.metric) ?? [...first.map(byName), ...charts].find(isKnownNow) ?? charts[0];
  return { dimension, charts, metric };
};

const get = (name, line) => line[name] ?? null;

/** The members of a dimension that are drawn now, without one. */
const drawnWithout = ({ place, dimension }) =>
  chosen().beside.filter(one => one !== place && MEMBERS[one].dimension === dimension);

const besideBox = ({ member }) => {
  const isOn = chosen().beside.includes(member.place);
  const box = el('input', {
    type: 'checkbox',
    checked: isOn,
    disabled: !isOn && drawnWithout(member).length >= MOST_BESIDE,
    'aria-label': `Draw ${member.name} in the charts`,
    on: { change: () => choose({ beside: [...drawnWithout(member), ...(box.checked ? [member.place] : [])] }) },
  });
  return box;
};

const bar = (line, most) => {
  const made = el('span', { class: 'leader-bar', 'aria-hidden': 'true' });
  made.style.width = `${most > 0 && line.value > 0 ? (100 * line.value) / most : 0}%`;
  return el('span', { class: 'leader' }, made, el('span', {}, line.reading.said));
};

const columnsOf = (metric, dimension) => [
  { name: 'name', label: sentence(dimension), unit: 'name' },
  { name: 'value', label: DATA.metrics[metric.metric].label, unit: DATA.metrics[metric.metric].unit },
  { name: 'n', label: 'n', unit: 'count' },
  { name: 'basis', label: 'Certainty', unit: 'text' },
  { name: 'change', label: 'Change', unit: 'text' },
  { name: 'cost', label: 'Share of cost', unit: 'share' },
  { name: 'beside', label: 'Draw in charts', unit: 'flag' },
];

const UNSORTED = new Set(['basis', 'change', 'beside']);

class Leaders {
  constructor(chart) {
    this.name = chart.name;
    this.by = el('div', { class: 'tabs', role: 'group', 'aria-label': 'Compare' });
    this.metric = el('select', {
      'aria-label': 'Compare by',
      on: { change: () => chooseIn(chart.name, { metric: this.metric.value, sort: null }) },
    });
    this.table = scroller('Members compared');
    this.more = el('div', { class: 'more' });
    this.element = el('div', {}, el('div', { class: 'tools' }, this.by, this.metric), this.table, this.more);
  }

  show(panel, state, { dimension, charts, metric }) {
    const { chart } = panel;
    const tab = one =>
      button('tab', `${sentence(one)}s`, () => chooseIn(this.name, { by: one, metric: null, sort: null }), {
        'aria-pressed': String(one === dimension),
      });
    this.by.replaceChildren(...dimensions.map(tab));
    const option = one => el('option', { value: one.metric, selected: one === metric }, DATA.metrics[one.metric].label);
    this.metric.replaceChildren(...charts.map(option));
    this.lines = linesOf(metric, dimension, state);
    for (const line of this.lines) {
      const [cost] = chart.at(state.period, line.member.place);
      line.cost = cost === undefined ? null : chart.role('value', cost);
    }
    this.sort = state.lists[this.name]?.sort ?? '-value';
    this.fill(panel, state, columnsOf(metric, dimension));
  }

  fill({ chart, heading }, state, columns) {
    const kept = sortedBy(this.lines, this.sort, get);
    const limit = limitOf(chart, state, chart.show);
    const most = Math.max(...this.lines.map(line => line.value ?? 0));
    const cells = {
      name: line => button('open', bdi(line.name), () => choose({ member: line.member.place })),
      value: line => bar(line, most),
      n: line => number(line.n),
      cost: line => (line.cost === null ? null : share(line.cost)),
      beside: line => besideBox(line),
    };
    const cell = (name, line) => cells[name]?.(line) ?? null;
    this.table.replaceChildren(
      kept.length
        ? table(heading, columns, kept.slice(0, limit), get, cell, column => this.head(column))
        : el('p', { class: 'quiet' }, 'No member has a figure of this metric in this period.'),
    );
    const saved = columns.filter(({ name }) => name !== 'beside');
    this.more.replaceChildren(
      ...moreButton(chart, limit, kept.length, 25),
      ...tableButtons(chart, heading, saved, () => kept, get),
    );
  }

  head(column) {
    if (UNSORTED.has(column.name)) return column.label;
    return sortButton(column, this.sort, column.name !== 'name', sort => chooseIn(this.name, { sort }));
  }
}

export const leaders = (panel, state) => {
  const { chart } = panel;
  if (!dimensions.length) return panel.nothing(state);
  panel.say(chart.title, state);
  panel.layout(() => ({ all: new Leaders(chart) })).all.show(panel, state, chosenIn(chart, state));
};

/** The best of the members that are known well enough. */
export const findingOfLeaders = (chart, state) => {
  if (!dimensions.length) return null;
  const { metric, dimension } = chosenIn(chart, state);
  const known = linesOf(metric, dimension, state).filter(({ reading }) => reading.look === 'value');
  const [best] = sortedBy(known, '-value', get);
  if (best === undefined) return null;
  const { label } = DATA.metrics[metric.metric];
  return `${label}: the highest by ${dimension} is ${best.reading.amount}, that of ${best.name}.`;
};
