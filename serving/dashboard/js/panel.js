// One panel of the page: its heading, and the parts that its kind puts into its body.

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

  /** The choices that apply to this panel: for a panel of the opened initiative, that initiative over all time. */
  stateOf(state) {
    return this.isOpened ? { ...state, period: WHOLE, member: state.open } : state;
  }

  /** Its parts in order, created at first use: elements, or objects with an element. */
  layout(make) {
    if (!this.parts) {
      this.parts = make();
      this.body.replaceChildren(...Object.values(this.parts).map(part => part.element ?? part));
    }
    return this.parts;
  }

  /** Set the heading to `text`, with its placeholders filled. */
  say(text, state, value) {
    this.heading = filled(text, state.period, value);
    this.title.textContent = this.heading;
    this.figure.classList.remove('bare');
  }

  /** Nothing to draw: show a sentence instead. */
  nothing(state, text = '') {
    const { needs, missing } = this.chart;
    this.say(text || (needs && this.lacks(needs.chart, state) ? needs.missing : missing), state);
    this.figure.classList.add('bare');
    this.clear();
  }

  /** Has the chart that this one needs no rows for the choices that this one follows? */
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

  /** Show which of the reader's choices the chart does not follow. */
  tellScope({ period, member }) {
    if (!this.scope) return;
    const ignored = [
      period === WHOLE || this.chart.followsPeriod() ? '' : 'period',
      this.chart.followsMember(member) ? '' : MEMBERS[member].dimension,
    ].filter(Boolean);
    this.scope.textContent = ignored.length ? `Does not depend on the ${ignored.join(' or ')} chosen above.` : '';
  }
}
