// One figure of the page: its heading, and the parts that its kind puts into its body.

import { CHARTS } from './chart.js';
import { MEMBERS, WHOLE } from './data.js';
import { filled } from './format.js';

export class Panel {
  constructor(figure) {
    this.figure = figure;
    this.chart = CHARTS.get(figure.dataset.chart);
    this.title = figure.querySelector('.title');
    this.scope = figure.querySelector('.scope');
    this.body = figure.querySelector('.body') ?? figure;
    this.isOpened = figure.closest('.opened') !== null;
  }

  /** What the reader chose, as this panel takes it: one of an opened initiative speaks of that, over all time. */
  stateOf(state) {
    return this.isOpened ? { ...state, period: WHOLE, member: state.open } : state;
  }

  /** Its parts in their order, made and put in place at first use: elements, or what has one. */
  layout(make) {
    if (!this.parts) {
      this.parts = make();
      this.body.replaceChildren(...Object.values(this.parts).map(part => part.element ?? part));
    }
    return this.parts;
  }

  /** Say `text` in its heading, its placeholders filled. */
  say(text, state, value) {
    this.heading = filled(text, state.period, value);
    this.title.textContent = this.heading;
    this.figure.classList.remove('bare');
  }

  /** Nothing to draw: one sentence in its place. */
  nothing(state, text = '') {
    const { needs, missing } = this.chart;
    this.say(text || (needs && this.lacks(needs.chart, state) ? needs.missing : missing), state);
    this.figure.classList.add('bare');
    this.clear();
  }

  /** Has the chart that this one needs nothing of what is chosen, as far as this one follows it? */
  lacks(name, { period, member }) {
    const needed = CHARTS.get(name);
    const rows = needed?.chosen({ period: this.chart.followsPeriod() ? period : WHOLE, member }) ?? [];
    return !rows.some(row => !needed.encoding.count || needed.role('count', row) > 0);
  }

  clear() {
    for (const part of Object.values(this.parts ?? {})) part.dispose?.();
    this.parts = null;
    this.body.replaceChildren();
  }

  /** Say what of the reader's choice the chart does not follow. */
  tellScope({ period, member }) {
    if (!this.scope) return;
    const ignored = [
      period === WHOLE || this.chart.followsPeriod() ? '' : 'period',
      this.chart.followsMember(member) ? '' : MEMBERS[member].dimension,
    ].filter(Boolean);
    this.scope.textContent = ignored.length ? `The same whichever ${ignored.join(' or ')} is chosen above.` : '';
  }
}
