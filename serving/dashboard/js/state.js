// The reader's choices. They are kept in the address after the #, so reload, bookmark and back button keep them.

import { CHARTS } from './chart.js';
import { DATA, MEMBERS, PERIODS, WHOLE, memberAt, periodAt } from './data.js';

export const START = {
  period: DATA.opens,
  member: WHOLE,
  open: null,
  beside: [],
  against: null,
  unfolded: [],
  lists: {},
};
/** How many members are drawn beside the whole portfolio at most. */
export const MOST_BESIDE = 4;

/** The members that an address names: a dimension, and ids in the order in which they are drawn. */
const besides = text => {
  const [dimension, ...ids] = text.split(' ');
  const places = ids.map(id => memberAt(dimension, decodeURIComponent(id)));
  return [...new Set(places.filter(place => place !== undefined))].slice(0, MOST_BESIDE);
};

/** The choices in an address; missing or invalid ones get their default. */
export const parse = hash => {
  const state = { ...START, lists: {} };
  const params = new URLSearchParams(hash.slice(1));
  state.period = periodAt(params.get('period')) ?? START.period;
  state.member = memberAt(params.get('by'), params.get('of')) ?? START.member;
  state.open = memberAt('initiative', params.get('open')) ?? START.open;
  state.beside = besides(params.get('beside') ?? '');
  state.against = periodAt(params.get('against')) ?? START.against;
  state.unfolded = DATA.sections.filter(name => (params.get('show') ?? '').split(' ').includes(name));
  for (const [name, value] of params) {
    const [list, ...key] = name.split('.');
    if (key.length && CHARTS.has(list)) (state.lists[list] ??= {})[key.join('.')] = value;
  }
  return state;
};

/** The address with the choices; never empty, as that would be a different address. */
export const address = state => {
  const params = new URLSearchParams();
  const { dimension, id } = MEMBERS[state.member];
  if (state.period !== START.period) params.set('period', PERIODS[state.period].key);
  if (state.member !== WHOLE) {
    params.set('by', dimension);
    params.set('of', id);
  }
  if (state.open !== null) params.set('open', MEMBERS[state.open].id);
  if (state.beside.length) {
    const ids = state.beside.map(place => encodeURIComponent(MEMBERS[place].id));
    params.set('beside', [MEMBERS[state.beside[0]].dimension, ...ids].join(' '));
  }
  if (state.against !== null) params.set('against', PERIODS[state.against].key);
  if (state.unfolded.length) params.set('show', state.unfolded.join(' '));
  for (const [list, choices] of Object.entries(state.lists)) {
    for (const [name, value] of Object.entries(choices)) if (value) params.set(`${list}.${name}`, value);
  }
  return `#${params.toString() || `period=${PERIODS[state.period].key}`}`;
};

/** The period that the chosen one is compared with: the reader's choice, else the year or the period before. */
export const comparedOf = ({ period, against }) => (against === null ? PERIODS[period].compared : against);

let state = parse(location.hash);
const listeners = [];
const tell = () => listeners.forEach(listener => listener(state));

export const chosen = () => state;
export const onChoice = listener => listeners.push(listener);

/** Change the choices. `silent`: replace the entry of the history, as while the reader types. */
export const choose = (changes, silent = false) => {
  state = { ...state, ...changes };
  const to = address(state);
  if (to !== location.hash) history[silent ? 'replaceState' : 'pushState'](null, '', to);
  tell();
};

/** Change the choices of one list; an empty one is taken back. */
export const chooseIn = (list, changes, silent = false) => {
  const all = Object.entries({ ...state.lists[list], ...changes });
  choose({ lists: { ...state.lists, [list]: Object.fromEntries(all.filter(([, value]) => value)) } }, silent);
};

/** Unfold a section, or fold it. The entry of the history is replaced: it is no choice of figures. */
export const unfold = (section, isUnfolded = true) => {
  if (!DATA.sections.includes(section) || state.unfolded.includes(section) === isUnfolded) return;
  const others = state.unfolded.filter(name => name !== section);
  choose({ unfolded: isUnfolded ? [...others, section] : others }, true);
};

addEventListener('popstate', () => {
  if (location.hash && !location.hash.includes('=')) return; // a link to a section
  state = parse(location.hash);
  tell();
});
