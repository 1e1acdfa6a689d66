// A small chart for each key result: how far it has come, beside the pace needed to reach the target in time.

import { isoDay, PERIODS } from '../data.js';
import { bdi, el } from '../elements.js';
import { day, dotted, listing, number, precise, sentence, share } from '../format.js';
import { GOOD, LINE, LINK, Plot, QUIET, SMALL, STILL } from '../plot.js';
import { Behind, limitOf, moreButton } from '../table.js';

/** The last row of each goal up to the end of a period, in the order of the query. */
export const goalsAt = (chart, state) => {
  const { end } = PERIODS[state.period];
  const last = new Map();
  for (const row of chart.chosen(state)) {
    const [id, at] = [chart.role('id', row), chart.role('day', row)];
    if (end !== null && at >= end) continue;
    if (!last.has(id) || at >= chart.role('day', last.get(id))) last.set(id, row);
  }
  return [...last.values()].toSorted((a, b) => a - b);
};

const course = (chart, row, isHeld) => {
  const [from, to] = [chart.get('runs_from', row), chart.get('runs_to', row)].map(isoDay);
  const isStep = one =>
    chart.role('id', one) === chart.role('id', row) && chart.role('day', one) <= chart.role('day', row);
  const steps = chart.all.filter(isStep).map(one => [isoDay(chart.role('day', one)), chart.role('score', one)]);
  const nothing = { show: false };
  const target = { silent: true, symbol: 'none', label: nothing, lineStyle: { color: GOOD, type: 'solid' } };
  return {
    grid: { left: 40, right: 6, top: 8, bottom: 6, outerBoundsMode: 'none' },
    xAxis: {
      type: 'time',
      min: from,
      max: to,
      axisLabel: nothing,
      axisTick: nothing,
      splitLine: nothing,
      axisLine: { lineStyle: { color: LINE } },
    },
    yAxis: {
      type: 'value',
      min: 0,
      max: 1,
      axisLabel: { ...SMALL, customValues: [0, 1], formatter: share },
      splitLine: nothing,
    },
    series: [
      {
        ...STILL,
        type: 'line',
        color: QUIET,
        lineStyle: { width: 1, type: 'dashed' },
        data: isHeld
          ? []
          : [
              [from, 0],
              [to, 1],
            ],
        markLine: { ...target, data: [{ yAxis: 1 }] },
      },
      {
        ...STILL,
        type: 'line',
        symbol: 'emptyCircle',
        symbolSize: 4,
        color: LINK,
        lineStyle: { width: 2 },
        data: steps.filter(([at]) => at <= to),
      },
    ],
  };
};

const figures = role => {
  if (role('value') === null) return [];
  const unit = role('unit') && role('unit') !== 'count' ? ` ${role('unit')}` : '';
  const aim = role('target') === null ? '' : `, ${role('held') ? 'to hold' : 'target'} ${precise(role('target'))}`;
  return [`${precise(role('value'))}${unit}${aim}`];
};

class Card {
  constructor(id) {
    this.id = id;
    this.title = el('h4');
    this.amount = el('p');
    this.line = el('p', { class: 'quiet line' });
    this.plot = new Plot();
    this.ends = el('p', { class: 'quiet line ends' });
    const body = el('div', { class: 'card-body' }, this.plot.element);
    this.element = el('div', { class: 'card', 'data-id': id }, this.title, this.amount, this.line, body, this.ends);
  }

  fill(chart, row) {
    const role = name => chart.role(name, row);
    const [score, stands, isHeld] = [role('score'), role('stands'), role('held')];
    this.title.replaceChildren(bdi(sentence(role('name'))));
    this.amount.textContent = score === null ? stands : `${share(score)} of the target`;
    this.amount.className = score === null ? 'amount is-missing' : 'amount';
    this.line.textContent = dotted([
      score === null ? '' : stands,
      ...figures(role),
      role('outcome') ? '' : 'output, not outcome',
    ]);
    const [from, to] = [chart.get('runs_from', row), chart.get('runs_to', row)];
    if (from === null || to === null) return;
    this.plot.draw(92, `${role('name')}.`, course(chart, row, isHeld));
    this.ends.replaceChildren(el('span', {}, day(from)), el('span', {}, day(to)));
  }
}

class Cards {
  constructor() {
    this.element = el('div', { class: 'cards' });
    this.cards = [];
  }

  show(chart, rows) {
    const ids = rows.map(row => chart.role('id', row));
    for (const card of this.cards) if (!ids.includes(card.id)) this.remove(card);
    const kept = new Map(this.cards.map(card => [card.id, card]));
    this.cards = ids.map(id => kept.get(id) ?? new Card(id));
    // added to the page before they are drawn, as a chart is as wide as its card
    this.cards.forEach((card, place) => {
      this.element.append(card.element);
      card.fill(chart, rows[place]);
    });
  }

  remove(card) {
    card.plot.dispose();
    card.element.remove();
  }

  dispose() {
    this.cards.forEach(card => this.remove(card));
  }
}

export const goals = (panel, state) => {
  const { chart } = panel;
  const rows = goalsAt(chart, state);
  if (!rows.length) return panel.nothing(state);
  panel.say(chart.title, state);
  const { cards, more, behind } = panel.layout(() => ({
    cards: new Cards(),
    more: el('div', { class: 'more' }),
    behind: new Behind(),
  }));
  const limit = limitOf(chart, state, 6);
  cards.show(chart, rows.slice(0, limit));
  more.replaceChildren(...moreButton(chart, limit, rows.length, 24, ' goals'));
  return behind.show(chart, panel.heading, chart.listed, rows);
};

/** How many goals stand how. */
export const findingOfGoals = (chart, state) => {
  const stands = goalsAt(chart, state).map(row => chart.role('stands', row));
  if (!stands.length) return null;
  const counts = [...new Set(stands)].map(one => `${number(stands.filter(other => other === one).length)} ${one}`);
  return chart.finding.replace('{stands}', listing(counts));
};
