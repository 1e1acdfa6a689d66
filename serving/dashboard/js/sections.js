// The page's sections: which are folded, what a folded one says, and which of its panels are drawn.

import { MEMBERS, WHOLE } from './data.js';
import { bdi, el } from './elements.js';
import { during, filled, sentence } from './format.js';
import { KINDS } from './kinds.js';
import { Panel } from './panel.js';
import { unfold } from './state.js';

const MOST = 3; // findings of a folded section

export class Section {
  constructor(element) {
    this.element = element;
    this.panels = [...element.querySelectorAll('[data-chart]')].map(figure => new Panel(figure));
    this.inside = element.querySelector('.inside');
    this.toggle = element.querySelector('.toggle');
    this.finding = element.querySelector('.finding');
    this.chosen = element.querySelector('.chosen');
    this.unmeasured = element.querySelector('.unmeasured');
    this.toggle?.addEventListener('click', () => unfold(element.id, this.inside.hidden));
  }

  get isFolded() {
    return this.inside?.hidden ?? false;
  }

  fold(isFolded) {
    if (!this.toggle) return;
    this.inside.hidden = isFolded;
    this.toggle.setAttribute('aria-expanded', String(!isFolded));
  }

  /** Show it for the reader's choices. Returns the panels to draw; an unmeasured chart is only a line of a list. */
  show(state) {
    const { name } = MEMBERS[state.member];
    const who = state.member === WHOLE ? [] : [' · ', bdi(name)];
    this.chosen?.replaceChildren(sentence(during(state.period)), ...who);
    this.fold(!state.unfolded.includes(this.element.id));
    const isUnmeasured = ({ chart }) => KINDS[chart.kind].isUnmeasured?.(chart, state) ?? false;
    const missing = this.panels.filter(isUnmeasured);
    for (const panel of this.panels) panel.figure.hidden = missing.includes(panel);
    this.list(missing, state);
    if (this.panels.length) this.tell(state);
    return this.isFolded ? [] : this.panels.filter(({ figure }) => !figure.hidden);
  }

  list(missing, { period }) {
    if (!this.unmeasured) return;
    this.unmeasured.hidden = !missing.length;
    const lines = missing.map(({ chart }) => el('li', {}, filled(chart.missing, period)));
    this.unmeasured.querySelector('ul').replaceChildren(...lines);
  }

  /** What it found, in one line. */
  tell(state) {
    if (!this.finding) return;
    const charts = this.panels.map(({ chart }) => chart);
    const said = shown => shown.flatMap(chart => KINDS[chart.kind].finding?.(chart, state) ?? []);
    const found = said(charts.filter(chart => chart.finding));
    // of the other charts only where none of those has anything to say
    const told = found.length ? found : said(charts.filter(({ kind }) => kind === 'trend'));
    this.finding.replaceChildren(bdi(told.slice(0, MOST).join(' ') || 'Too little of it is measured to tell.'));
  }
}
