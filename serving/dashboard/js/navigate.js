// Navigation on the page.

import { CHARTS } from './chart.js';
import { memberAt } from './data.js';
import { choose, chooseIn, unfold } from './state.js';

/** Unfold the section that an element is in. */
const reveal = element => unfold(element?.closest('main > section')?.id);

/** Scroll to one element and put the keyboard on another. */
export const goTo = (place, focus) => {
  reveal(document.getElementById(place));
  document.getElementById(place)?.scrollIntoView({ block: 'start' });
  document.getElementById(focus)?.focus({ preventScroll: true });
};

export const openInitiative = id => {
  const member = memberAt('initiative', id);
  if (member === undefined) return;
  choose({ open: member });
  goTo('initiative', 'heading-initiative');
};

/** Show the list that a chart narrows, narrowed to one of the chart's parts. */
export const showList = ({ chart: name, by }, part) => {
  const list = CHARTS.get(name);
  if (!list) return;
  const column = by.find(one => list.columns[one].includes(part));
  chooseIn(name, { ...Object.fromEntries(by.map(one => [one, one === column ? part : null])), show: null });
  goTo(`chart-${name}`, `title-${name}`);
};

// a link to a section or a definition scrolls there and keeps the choices in the address
document.addEventListener('click', event => {
  const link = event.target.closest?.('a[href^="#"]');
  const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!target) return;
  event.preventDefault();
  reveal(target);
  for (let parent = target; parent; parent = parent.parentElement) if (parent.tagName === 'DETAILS') parent.open = true;
  const focus = target.querySelector('h2') ?? target;
  if (!focus.hasAttribute('tabindex')) focus.setAttribute('tabindex', '-1');
  target.scrollIntoView({ block: 'start' });
  focus.focus({ preventScroll: true });
});
