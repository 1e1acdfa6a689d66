// The opening sentences of the page, composed from embedded figures.

import { DATA, MEMBERS, PERIODS, WHOLE } from '../data.js';
import { bdi, el } from '../elements.js';
import { isComparable } from '../figures.js';
import { beforeOf, count, during, listing, money, number, sentence } from '../format.js';
import { told } from '../reading.js';
import { comparedOf } from '../state.js';

const STATUSES = Object.keys(DATA.statuses);
const [CREATED] = STATUSES;

/** How much was delivered, what it cost, and of how many that is known. */
const delivered = (chart, period, member) => {
  const [row] = chart.at(period, member);
  const figure = role => (row === undefined ? 0 : chart.role(role, row));
  // a member without deliverables has no row
  const isMeasured = chart.role('status', row ?? chart.at(period, WHOLE)[0]) !== 'not_measured';
  const [all, cost, costed, incomplete] = ['count', 'amount', 'costed', 'incomplete'].map(figure);
  return { isMeasured, all, cost, costed, incomplete };
};

/** Where the sources have no data for the period, what was delivered may be more than is known. */
const caveat = ({ isMeasured }) => (isMeasured ? '' : ', as far as is known');

const costing = ({ all, cost, costed, incomplete }) => {
  if (cost === null) return `; what ${all === 1 ? 'it' : 'they'} cost is not measured`;
  const lacking = incomplete ? `${number(incomplete)} with entries that have no exchange rate` : '';
  if (costed === 0) return `; no cost is booked on ${all === 1 ? 'it' : 'them'}${lacking && ` (${lacking})`}`;
  const notes = [costed < all ? `booked on ${number(costed)} of them` : '', lacking].filter(Boolean).join(', ');
  return `; up to now ${all === 1 ? 'it' : 'they'} cost ${money(cost)}${notes && ` (${notes})`}`;
};

/** The rows of the parts that something was delivered of. */
const partsOf = (parts, period, member) =>
  (parts?.at(period, member) ?? []).filter(row => parts.role('count', row) > 0);

/** The results: {status: a phrase, whether it is judged} for each status that occurs, the best first. */
const outcomes = (chart, period, member, isCosted) => {
  const parts = chart.reads('parts');
  const rows = partsOf(parts, period, member);
  const phrase = row => {
    const these = parts.role('count', row);
    const { one, many } = DATA.statuses[parts.role('part', row)] ?? { one: 'is unknown', many: 'are unknown' };
    return `${number(these)} ${these === 1 ? one : many}${isCosted ? ` (${money(parts.role('amount', row))})` : ''}`;
  };
  const place = row => STATUSES.indexOf(parts.role('part', row));
  const result = row => [parts.role('part', row), { phrase: phrase(row), isJudged: parts.role('judged', row) }];
  return new Map(rows.toSorted((a, b) => place(a) - place(b)).map(result));
};

const verdict = found => {
  const results = [...found.values()];
  const known = results.filter(result => result.isJudged).map(result => result.phrase);
  const open = results.filter(result => !result.isJudged).map(result => result.phrase);
  if (!known.length) {
    return `Whether this created value can't be judged: ${listing(open)}.`;
  }
  const none = found.has(CREATED) ? '' : 'none is known to have created value; ';
  return `Of these, ${none}${listing(known)}${open.length ? `; ${listing(open)}` : ''}.`;
};

/** How much of it had to be done again, where that is measured. */
const quality = (chart, state) => {
  const trend = chart.reads('quality');
  const title = trend ? told(trend, state) : null;
  return title === null ? [] : [title];
};

/** What was delivered in the period that this one is compared with. */
const before = (chart, state) => {
  const { period, member } = state;
  const compared = comparedOf(state);
  if (compared === null) return [];
  const when = `${beforeOf(period, compared)} (${PERIODS[compared].label})`;
  const then = delivered(chart, compared, member);
  if (!then.isMeasured && !then.all) return [`${when} how much was delivered is not measured.`];
  if (!then.all) return [`${when} nothing was delivered.`];
  const delivery = `${when} it was ${count(then.all, 'deliverable')}${caveat(then)}${costing(then)}.`;
  const parts = chart.reads('parts');
  if (parts && !isComparable(parts, period, member)) {
    return [`${delivery} Their value can't be compared yet: some of the work is too early to judge.`];
  }
  const created =
    outcomes(chart, compared, member, then.costed > 0).get(CREATED)?.phrase ?? 'none is known to have created value';
  return [`${delivery} Of these, ${created}.`];
};

/** The answer in one sentence. */
const lead = (chart, { period, member }, when, now) => {
  const parts = chart.reads('parts');
  const rows = partsOf(parts, period, member);
  const created = rows.find(row => parts.role('part', row) === CREATED);
  const isOne = now.all === 1;
  if (created === undefined) {
    const all = `${when}, ${count(now.all, 'deliverable')} ${isOne ? 'was' : 'were'} delivered${caveat(now)}`;
    const isJudged = rows.some(row => parts.role('judged', row));
    if (isJudged) return `${all}; ${isOne ? 'it is not' : 'none is'} known to have created value.`;
    return `${all}; whether ${isOne ? 'it' : 'they'} created value can't be judged.`;
  }
  const [these, amount] = [parts.role('count', created), parts.role('amount', created)];
  const paid = now.costed && amount !== null ? `, ${money(amount)} of ${money(now.cost)} in cost` : '';
  const of = isOne ? 'the deliverable delivered' : `${number(these)} of ${count(now.all, 'deliverable')} delivered`;
  return `${when}, ${of}${caveat(now)} ${these === 1 ? 'is' : 'are'} known to have created value${paid}.`;
};

/** The answer for the reader's choice: a sentence, and more of them behind it. */
export const sentences = (chart, state) => {
  const { period, member } = state;
  const when = member === WHOLE ? sentence(during(period)) : `${MEMBERS[member].name}: ${during(period)}`;
  const now = delivered(chart, period, member);
  if (!now.isMeasured && !now.all) {
    return [`${when}, how much was delivered is not measured, so its value can't be judged.`];
  }
  if (!now.all) return [`${when}, nothing was delivered, so there is nothing to judge.`];
  const these = count(now.all, 'deliverable');
  return [
    lead(chart, state, when, now),
    `${sentence(these)} ${now.all === 1 ? 'was' : 'were'} delivered${caveat(now)}${costing(now)}.`,
    verdict(outcomes(chart, period, member, now.costed > 0)),
    ...quality(chart, state),
    ...before(chart, state),
  ];
};

export const answer = (panel, state) => {
  const [first, ...others] = sentences(panel.chart, state).map(text => el('p', {}, bdi(text)));
  const isOpen = panel.body.querySelector('details')?.open ?? false;
  const rest = others.length
    ? [el('details', { class: 'behind', open: isOpen }, el('summary', {}, 'The answer in full'), ...others)]
    : [];
  panel.body.replaceChildren(first, ...rest);
};
