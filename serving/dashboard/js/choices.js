// The form in which the reader chooses a period and a member, and a chip for each choice, which takes it back.

import { CHARTS } from './chart.js';
import { MEMBERS, PERIODS, WHOLE, periodAt } from './data.js';
import { bdi, button, el } from './elements.js';
import { sentence } from './format.js';
import { START, choose, chooseIn } from './state.js';

const GRAINS = { fiscal_year: 'Years', quarter: 'Quarters', month: 'Months' };
const LABELS = { team: 'One team', product: 'One product', objective: 'One objective', initiative: 'One initiative' };

const form = document.getElementById('choices');
const chips = document.getElementById('chips');
const { period, by, of, against } = form.elements;
const option = (value, text) => el('option', { value }, text);
const membersOf = dimension => MEMBERS.filter(member => member.dimension === dimension);

const grain = ([name, label]) => {
  const periods = PERIODS.filter(one => one.grain === name);
  const text = one => (one.isPartial ? `${one.label} (not over)` : one.label);
  return el('optgroup', { label }, ...periods.map(one => option(one.key, text(one))));
};
const grains = () =>
  Object.entries(GRAINS)
    .map(grain)
    .filter(group => group.childElementCount);
period.append(option(PERIODS[WHOLE].key, 'All time'), ...grains());
against.append(option('', 'the usual period'), ...grains());
against.addEventListener('change', () => choose({ against: periodAt(against.value) ?? null }));
period.addEventListener('change', () => choose({ period: periodAt(period.value) }));

// a dimension with only special members isn't offered
const offered = Object.entries(LABELS).filter(([dimension]) =>
  membersOf(dimension).some(({ id }) => !id.startsWith('-')),
);
by.append(
  option(MEMBERS[WHOLE].dimension, 'Whole portfolio'),
  ...offered.map(([dimension, label]) => option(dimension, label)),
);
by.addEventListener('change', () => choose({ member: membersOf(by.value)[0].place }));
of.addEventListener('change', () => choose({ member: Number(of.value) }));
form.addEventListener('submit', event => event.preventDefault());
form.hidden = false;

const chip = (label, value, takeBack) => {
  const made = button('chip', `${label}: `, takeBack, { 'aria-label': `Take back: ${label}: ${value}` });
  made.append(bdi(value), el('span', { 'aria-hidden': 'true' }, ' ×'));
  return el('li', {}, made);
};

/** The filters of one list: its search text and the values that are chosen in its columns. */
const filtersOf = ([name, choices]) => {
  const chart = CHARTS.get(name);
  const { title, named } = chart;
  const columns = named.filter(column => column.choose && choices[column.name]);
  const filters = columns.map(column => [column.label, column.name]);
  if (choices.q) filters.push(['Search', 'q']);
  if (choices.evidence) filters.push(['Evidence of', 'evidence']);
  const written = key => {
    const row = key === 'evidence' ? chart.all.find(one => chart.role('id', one) === choices[key]) : undefined;
    return row === undefined ? choices[key] : chart.role('name', row);
  };
  return filters.map(([label, key]) =>
    chip(`${title.replace(/^These are the |[,.].*$/gu, '')}, ${label.toLowerCase()}`, written(key), () =>
      chooseIn(name, { [key]: null, show: null }),
    ),
  );
};

const chipsOf = state => {
  const { dimension, name } = MEMBERS[state.member];
  const found = Object.entries(state.lists).flatMap(filtersOf);
  for (const place of state.beside.toReversed()) {
    const others = state.beside.filter(other => other !== place);
    found.unshift(chip('Drawn beside', MEMBERS[place].name, () => choose({ beside: others })));
  }
  if (state.against !== null) {
    found.unshift(chip('Compared with', PERIODS[state.against].label, () => choose({ against: null })));
  }
  if (state.open !== null) found.unshift(chip('Opened', MEMBERS[state.open].name, () => choose({ open: null })));
  if (state.member !== WHOLE) found.unshift(chip(sentence(dimension), name, () => choose({ member: WHOLE })));
  if (state.period !== START.period) {
    found.unshift(chip('Period', PERIODS[state.period].label, () => choose({ period: START.period })));
  }
  return found;
};

/** Show the reader's choice in the form and as chips. */
export const fillChoices = state => {
  const { dimension } = MEMBERS[state.member];
  period.value = PERIODS[state.period].key;
  by.value = dimension;
  against.value = state.against === null ? '' : PERIODS[state.against].key;
  const label = of.parentElement;
  label.hidden = state.member === WHOLE;
  label.firstElementChild.textContent = sentence(dimension);
  if (of.dataset.dimension !== dimension) {
    of.dataset.dimension = dimension;
    of.replaceChildren(...membersOf(dimension).map(({ place, name }) => option(String(place), name)));
  }
  of.value = String(state.member);
  const found = chipsOf(state);
  if (found.length > 1) {
    const all = button('chip', 'Take all back', () => choose({ ...START, unfolded: state.unfolded, lists: {} }));
    found.push(el('li', {}, all));
  }
  chips.hidden = !found.length;
  chips.replaceChildren(...found);
};
