// Start the page, and decide which panels are drawn when.

import { fillChoices } from './choices.js';
import { MEMBERS, WHOLE } from './data.js';
import { bdi, el } from './elements.js';
import { during, filled, sentence } from './format.js';
import { KINDS } from './kinds.js';
import { goTo } from './navigate.js';
import { Panel } from './panel.js';
import { fitToPaper } from './paper.js';
import { choose, chosen, onChoice } from './state.js';

const later = globalThis.requestIdleCallback ?? (act => setTimeout(act, 16));
const sections = [...document.querySelectorAll('main > section')].map(section => ({
  element: section,
  chosen: section.querySelector('.chosen'),
  unmeasured: section.querySelector('.unmeasured'),
  panels: [...section.querySelectorAll('[data-chart]')].map(figure => new Panel(figure)),
}));
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
const drawAll = () => pending.forEach(draw);
const drawRest = () => {
  const [panel] = pending;
  if (!panel) return;
  draw(panel);
  later(drawRest);
};

/** Queue a section's panels; an unmeasured chart has no panel, only a line in the section's list. */
const showSection = ({ chosen: label, unmeasured, panels: all }, state) => {
  const { name } = MEMBERS[state.member];
  const who = state.member === WHOLE ? [] : [' · ', bdi(name)];
  label?.replaceChildren(' · ', sentence(during(state.period)).replace('In ', ''), ...who);
  const missing = [];
  for (const panel of all) {
    panel.figure.hidden = KINDS[panel.chart.kind].isUnmeasured?.(panel.chart, state) ?? false;
    if (panel.figure.hidden) missing.push(filled(panel.chart.missing, state.period));
    else pending.add(panel);
  }
  if (!unmeasured) return;
  unmeasured.hidden = !missing.length;
  unmeasured.querySelector('ul').replaceChildren(...missing.map(text => el('li', {}, text)));
};

/** Draw visible panels now, the others when idle. */
const show = state => {
  fillChoices(state);
  document.getElementById('initiative').hidden = state.open === null;
  if (state.open !== null) {
    document.getElementById('heading-initiative').replaceChildren(bdi(MEMBERS[state.open].name));
  }
  sections.forEach(section => showSection(section, state));
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

document.getElementById('close').addEventListener('click', () => {
  choose({ open: null });
  const { id } = document.getElementById('initiative').previousElementSibling;
  goTo(id, `heading-${id}`);
});
fitToPaper(drawAll);
onChoice(show);
show(chosen());
performance.mark('first chart');
for (const figure of panels.keys()) watcher.observe(figure);
document.documentElement.dataset.ready = 'yes';
