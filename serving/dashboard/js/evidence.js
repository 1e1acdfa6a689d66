// What moved after a deliverable or a release, and what its value is judged by: a panel below the list.

import { DATA } from './data.js';
import { bdi, button, el, quiet, scroller, swatch } from './elements.js';
import { NONE, count, day, dotted, number, quantity, sentence, share } from './format.js';
import { chooseIn } from './state.js';
import { table } from './table.js';

const COLUMNS = [
  { name: 'what', label: 'What', unit: 'name' },
  { name: 'before', label: 'Before', unit: 'text' },
  { name: 'after', label: 'After', unit: 'text' },
  { name: 'change', label: 'Change', unit: 'text' },
  { name: 'basis', label: 'Certainty', unit: 'text' },
];
const LEVELS = {
  direct: 'Direct: a goal is linked to it, or to work beneath it.',
  inherited: 'Inherited: its goals are those of what it is part of, so other work may have moved them.',
};

/** The customer figures before and after a release. */
const ofRelease = (changes, row) =>
  Object.entries(changes.measured).flatMap(([name, what]) => {
    const get = part => changes.get(`${name}_${part}`, row);
    if (get('before') === null || get('after') === null) return [];
    const write = part => {
      const value = get(part);
      return value === null ? NONE : quantity(value, changes.shown[`${name}_${part}`].unit);
    };
    const isTested = get('change_lower') !== null;
    const people = get('after_respondents');
    return [
      {
        what,
        before: write('before'),
        after: write('after'),
        change: dotted([get('change') === null ? '' : write('change'), get('verdict') ?? '']) || NONE,
        basis: dotted([
          isTested ? `95% interval ${write('change_lower')} to ${write('change_upper')}` : 'no interval',
          people === null ? '' : `n = ${number(people)}`,
        ]),
      },
    ];
  });

/** How far the goals that a deliverable is linked to had come when it was delivered, and have come by now. */
const ofGoals = (goals, ids, delivered) =>
  ids.flatMap(id => {
    const rows = goals.all.filter(row => goals.role('id', row) === id && goals.role('score', row) !== null);
    const last = rows.at(-1);
    if (last === undefined) return [];
    const then = rows.findLast(row => goals.role('day', row) <= delivered);
    const write = row => `${share(goals.role('score', row))} of the target, ${day(goals.role('day', row))}`;
    return [
      {
        what: goals.role('name', last),
        before: then === undefined ? 'not measured' : write(then),
        after: last === then ? 'not measured since' : write(last),
        change: NONE,
        basis: dotted([goals.role('stands', last), goals.role('outcome', last) ? '' : 'output, not outcome']),
      },
    ];
  });

/** The last release of its product in the month in which it was delivered, if not before it. */
const releaseOf = (chart, changes, row, delivered) => {
  const month = place => DATA.days[place][0].slice(0, 7);
  return changes.all.find(
    one =>
      changes.get('product', one) === chart.get('product', row) &&
      changes.get('happened_on', one) >= delivered &&
      month(changes.get('happened_on', one)) === month(delivered),
  );
};

const fact = (term, ...said) => el('div', {}, el('dt', {}, term), el('dd', {}, ...said));

const work = (chart, row) => {
  const get = name => chart.get(name, row);
  const [status, delivered] = [get('value_status'), get('delivery_date')];
  const meaning = DATA.statuses[status]?.meaning;
  const facts = [
    fact('Result', swatch(status), bdi(sentence(status)), meaning ? `: ${meaning}` : ''),
    fact('Why', bdi(get('value_status_reason') ?? NONE)),
    fact('Its goals say', get('score_verdict') ?? quiet('nothing yet')),
    fact('Its own money says', get('money_verdict') ?? quiet('nothing: its benefit or cost is not known')),
    fact('Evidence', LEVELS[get('evidence_level')] ?? quiet('none: no goal is linked to it')),
  ];
  if (delivered === null) {
    return { facts, moved: [], nothing: 'It is not delivered, so nothing can have moved after it.' };
  }
  const [goals, changes] = [chart.reads('goals'), chart.reads('changes')];
  const moved = goals ? ofGoals(goals, get('key_results') ?? [], delivered) : [];
  const released = changes && releaseOf(chart, changes, row, delivered);
  if (released !== undefined) {
    facts.push(fact('Released with', bdi(changes.role('name', released))));
    moved.push(...ofRelease(changes, released));
  }
  return { facts, moved, nothing: 'Nothing is measured after it.' };
};

const release = (chart, row) => {
  const others = chart.get('other_releases_in_windows', row);
  return {
    facts: [
      fact('Product', bdi(chart.get('product_name', row) ?? NONE)),
      fact('Released on', day(chart.get('released_date', row))),
      fact(
        'Alone',
        others
          ? `no: ${count(others, 'other release')} of the product near it, whose effects can't be separated`
          : 'yes',
      ),
    ],
    moved: ofRelease(chart, row),
    nothing: 'Nothing is measured before and after it.',
  };
};

const KINDS = { work, release };

export class Evidence {
  constructor(chart) {
    this.chart = chart;
    this.element = el('div', { class: 'evidence', hidden: true });
  }

  /** The button in a row that opens it. */
  opener(row) {
    const { chart } = this;
    const open = () => {
      this.isOpening = true;
      chooseIn(chart.name, { evidence: chart.role('id', row) });
    };
    return button('open', bdi(chart.role('name', row)), open);
  }

  show(state) {
    const { chart } = this;
    const chosen = state.lists[chart.name]?.evidence;
    const row = chosen === undefined ? undefined : chart.all.find(one => chart.role('id', one) === chosen);
    this.element.hidden = row === undefined;
    if (row === undefined) return;
    const { facts, moved, nothing } = KINDS[chart.evidence](chart, row);
    const name = chart.role('name', row);
    const held = scroller(`What moved after ${name}`);
    held.append(
      moved.length
        ? table(`What moved after ${name}`, COLUMNS, moved, (column, line) => line[column])
        : el('p', { class: 'quiet' }, nothing),
    );
    const heading = el('h4', { tabindex: '-1' }, 'What moved after ', bdi(name));
    this.element.replaceChildren(
      heading,
      el('dl', {}, ...facts),
      held,
      el('p', { class: 'quiet line' }, 'A comparison of before and after, not a cause.'),
      button('plain', 'Close', () => chooseIn(chart.name, { evidence: null })),
    );
    if (this.isOpening) heading.focus();
    this.isOpening = false;
  }
}
