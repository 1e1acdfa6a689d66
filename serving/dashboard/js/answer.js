// The sentence that the page opens with, put together from figures that were looked up.

const VERDICTS = {
  'value created': ['created value', 'created value'],
  'some value': ['created some value', 'created some value'],
  'no effect': ['had no effect', 'had no effect'],
  negative: ['did harm', 'did harm'],
};
const OPEN = {
  'too early': ['is too early to judge', 'are too early to judge'],
  unmeasured: ['is linked to an outcome that nobody measured', 'are linked to outcomes that nobody measured'],
  unlinked: ['is linked to no outcome', 'are linked to no outcome'],
};
const listing = parts => (parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`);

const parts = (period, member) => {
  const chart = CHARTS.get('value');
  const rows = chart ? chart.at(period, member) : [];
  return new Map(rows.filter(row => chart.role('count', row) > 0).map(row => [
    chart.role('part', row), { count: chart.role('count', row), amount: chart.role('amount', row) },
  ]));
};
const delivered = (period, member) => {
  const chart = CHARTS.get('delivered');
  const [row] = chart ? chart.at(period, member) : [];
  if (row === undefined || !chart.get('deliverables', row)) return null;
  return { count: chart.get('deliverables', row), cost: chart.get('cost', row), costed: chart.get('costed', row), incomplete: chart.get('incomplete', row) };
};
const costing = ({ count: all, cost, costed, incomplete }) => {
  const lacking = incomplete ? `${number(incomplete)} with entries that have no exchange rate` : '';
  if (costed === 0) return `, and no cost is booked on ${all === 1 ? 'it' : 'them'}${lacking ? ` (${lacking})` : ''}`;
  const notes = [costed < all ? `booked on ${number(costed)} of them` : '', lacking].filter(Boolean).join(', ');
  return ` at a cost of ${money(cost)}${notes ? ` (${notes})` : ''}`;
};
const told = (words, { count: these, amount }, isCosted) =>
  `${number(these)} ${words[these === 1 ? 0 : 1]}${isCosted ? ` (${money(amount)})` : ''}`;

const answer = ({ period: place, member }) => {
  const done = delivered(place, member);
  const [, , name] = DATA.members[member];
  const who = member ? `${name}: ` : '';
  const when = during(place);
  if (done === null) return [`${who}${sentence(when)}, nothing was delivered, so there is nothing to judge.`];
  const were = done.count === 1 ? 'was' : 'were';
  const first = `${who}${sentence(when)}, ${count(done.count, 'deliverable')} ${were} delivered${costing(done)}.`;
  const found = parts(place, member);
  const isCosted = done.costed > 0;
  const judged = Object.keys(VERDICTS).filter(status => found.has(status)).map(status => told(VERDICTS[status], found.get(status), isCosted));
  const open = Object.keys(OPEN).filter(status => found.has(status)).map(status => told(OPEN[status], found.get(status), isCosted));
  const second = judged.length === 0
    ? `Whether that created value can't be said: ${open.length === 1 && done.count > 1 ? 'all ' : ''}${listing(open)}.`
    : `Of these, ${found.has('value created') ? '' : 'none is known to have created value; '}${listing(judged)}${open.length ? `; ${listing(open)}` : ''}.`;
  return [first, second, ...before(place, member)];
};

/** What the period compared with is called. */
const earlierPeriod = place => (DATA.days[DATA.periods[place][START]][0].slice(4)
  === DATA.days[DATA.periods[DATA.periods[place][COMPARED]][START]][0].slice(4) ? 'A year before' : 'In the period before');

const before = (place, member) => {
  const compared = DATA.periods[place][COMPARED];
  if (compared === null) return [];
  const then = DATA.periods[compared];
  const year = earlierPeriod(place);
  const done = delivered(compared, member);
  if (done === null) return [`${year} (${then[LABEL]}) nothing was delivered.`];
  const created = parts(compared, member).get('value created');
  const known = created ? `, of which ${told(['created value', 'created value'], created, done.costed > 0)}` : ', of which none is known to have created value';
  return [`${year} (${then[LABEL]}) it was ${count(done.count, 'deliverable')}${costing(done)}${known}.`];
};

const beside = ({ period: place, member }) => {
  const chart = CHARTS.get('beside');
  const rows = chart ? chart.at(place, member) : [];
  const amounts = new Map(rows.map(row => [chart.get('value_status', row), row]));
  const open = amounts.get('not delivered');
  const loose = amounts.get('unallocated');
  const found = [
    open !== undefined && chart.get('cost', open) ? `${money(chart.get('cost', open))} on ${count(chart.get('deliverables', open), 'deliverable')} not delivered or cancelled` : '',
    loose !== undefined && chart.get('cost', loose) ? `${money(chart.get('cost', loose))} that no deliverable bears` : '',
  ].filter(Boolean);
  return found.length ? `Not in the bar: ${listing(found)}.` : '';
};
