// Start the page, and decide which panels are drawn when.

import { fillChoices } from './choices.js';
import { MEMBERS, WHOLE } from './data.js';
import { bdi } from './elements.js';
import { KINDS } from './kinds.js';
import { goTo } from './navigate.js';
import { fitToPaper } from './paper.js';
import { Section } from './sections.js';
import { choose, chosen, onChoice } from './state.js';

const later = globalThis.requestIdleCallback ?? (act => setTimeout(act, 16));
const sections = [...document.querySelectorAll('main > section')].map(element => new Section(element));
const panels = new Map(sections.flatMap(section => section.panels.map(panel => [panel.figure, panel])));
const pending = new Set();
const near = new Set(sections[0].panels); // visible before the observer reports

/** Focusable elements: redrawing keeps the focus. */
const controls = ({ figure }) => [...figure.querySelectorAll('button, a[href], input, select, summary, [tabindex]')];

const draw = panel => {
  pending.delete(panel);
  const state = chosen();
  if (panel.isOpened && state.open === null) return;
  const place = controls(panel).indexOf(document.activeElement);
  KINDS[panel.chart.kind].draw(panel, panel.stateOf(state));
  panel.tellScope(panel.isOpened ? { period: WHOLE, member: WHOLE } : state);
  if (place >= 0 && !panel.figure.contains(document.activeElement)) {
    controls(panel)[place]?.focus({ preventScroll: true });
  }
};
const drawRest = () => {
  const [panel] = pending;
  if (!panel) return;
  draw(panel);
  later(drawRest);
};

/** Draw visible panels now, the others when idle, those of folded sections not at all. */
const show = state => {
  fillChoices(state);
  document.getElementById('initiative').hidden = state.open === null;
  if (state.open !== null) {
    document.getElementById('heading-initiative').replaceChildren(bdi(MEMBERS[state.open].name));
  }
  pending.clear();
  for (const section of sections) for (const panel of section.show(state)) pending.add(panel);
  for (const panel of pending) if (near.has(panel)) draw(panel);
  later(drawRest);
};

const watcher = new IntersectionObserver(
  entries => {
    for (const { target, isIntersecting } of entries) {
      const panel = panels.get(target);
      if (isIntersecting) near.add(panel);
      else near.delete(panel);
      if (isIntersecting && pending.has(panel)) draw(panel);
    }
  },
  { rootMargin: '200px' },
);

/** On paper everything is unfolded and drawn. */
const unfoldAll = () => {
  for (const section of sections) {
    if (section.isFolded) section.panels.filter(({ figure }) => !figure.hidden).forEach(panel => pending.add(panel));
    section.fold(false);
  }
  pending.forEach(draw);
};
const foldAgain = () => {
  for (const section of sections) section.fold(!chosen().unfolded.includes(section.element.id));
};

document.getElementById('close').addEventListener('click', () => {
  choose({ open: null });
  const { id } = document.getElementById('initiative').previousElementSibling;
  goTo(id, `heading-${id}`);
});
fitToPaper(unfoldAll, foldAgain);
onChoice(show);
show(chosen());
performance.mark('first chart');
for (const figure of panels.keys()) watcher.observe(figure);
document.documentElement.dataset.ready = 'yes';
