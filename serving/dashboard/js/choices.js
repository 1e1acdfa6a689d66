// The form in which the reader chooses a period and a member.

import { MEMBERS, PERIODS, WHOLE, periodAt } from './data.js';
import { el } from './elements.js';
import { sentence } from './format.js';
import { START, choose, isStart } from './state.js';

const GRAINS = { fiscal_year: 'Years', quarter: 'Quarters', month: 'Months' };
const LABELS = { team: 'One team', product: 'One product', objective: 'One objective', initiative: 'One initiative' };

const form = document.getElementById('choices');
const reset = document.getElementById('reset');
const { period, by, of } = form.elements;
const option = (value, text) => el('option', { value }, text);
const membersOf = dimension => MEMBERS.filter(member => member.dimension === dimension);

const grain = ([name, label]) => {
  const periods = PERIODS.filter(one => one.grain === name);
  const text = one => (one.isPartial ? `${one.label} (not over)` : one.label);
  return el('optgroup', { label }, ...periods.map(one => option(one.key, text(one))));
};
period.append(
  option(PERIODS[WHOLE].key, 'All time'),
  ...Object.entries(GRAINS)
    .map(grain)
    .filter(group => group.childElementCount),
);
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

reset.addEventListener('click', () => choose({ ...START, lists: {} }));
form.addEventListener('submit', event => event.preventDefault());
document.querySelector('.choices').hidden = false;

/** Show the reader's choice in the form. */
export const fillChoices = state => {
  const { dimension } = MEMBERS[state.member];
  period.value = PERIODS[state.period].key;
  by.value = dimension;
  const label = of.parentElement;
  label.hidden = state.member === WHOLE;
  label.firstElementChild.textContent = sentence(dimension);
  if (of.dataset.dimension !== dimension) {
    of.dataset.dimension = dimension;
    of.replaceChildren(...membersOf(dimension).map(({ place, name }) => option(String(place), name)));
  }
  of.value = String(state.member);
  reset.hidden = isStart(state);
};
