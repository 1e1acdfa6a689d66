// What happened beside the figures: pilots, releases of a product, and the notes of portfolio.yml.

import { CHARTS } from './chart.js';
import { DATA, MEMBERS, PERIODS, WHOLE, isoDay } from './data.js';

const MOST = 3; // named in a tooltip

/** Is an event told of for the chosen member? Of the whole portfolio pilots are, of a product its releases. */
const isTold = (chart, row, member) => {
  if (member === WHOLE) return chart.get('team', row) !== null;
  return chart.get(MEMBERS[member].dimension, row) === member;
};

/** All that happened for a member: [ISO day, what, name]. */
const happened = member => {
  const chart = [...CHARTS.values()].find(({ kind }) => kind === 'events');
  const rows = chart ? chart.all.filter(row => isTold(chart, row, member)) : [];
  const events = rows.map(row => [
    isoDay(chart.get('happened_on', row)),
    chart.role('what', row),
    chart.role('name', row),
  ]);
  return [...events, ...DATA.notes.map(([day, says]) => [day, 'note', says])];
};

/** The events in each of some periods: {place of the period: [what, name]}. */
export const eventsIn = (periods, member) => {
  const found = new Map();
  for (const [day, ...event] of happened(member)) {
    const place = periods.findIndex(one => day >= isoDay(PERIODS[one].start) && day < isoDay(PERIODS[one].end));
    if (place >= 0) found.set(place, [...(found.get(place) ?? []), event]);
  }
  return found;
};

/** The label of a mark: what happened, or how often. */
export const labelOf = events => {
  const kinds = new Set(events.map(([what]) => what));
  const [[what]] = events;
  if (events.length === 1) return what;
  return kinds.size === 1 ? `${events.length} ${what}s` : `${events.length} events`;
};

/** Its lines in a tooltip. */
export const linesOf = events => [
  ...events.slice(0, MOST).map(([what, name]) => `${what}: ${name}`),
  ...(events.length > MOST ? [`and ${events.length - MOST} more`] : []),
];
