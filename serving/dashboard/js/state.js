// The reader's choices. They are kept in the address after the #, so reload, bookmark and back button keep them.

import { CHARTS } from './chart.js';
import { DATA, MEMBERS, PERIODS, WHOLE, memberAt, periodAt } from './data.js';

export const START = { period: DATA.opens, member: WHOLE, open: null, lists: {} };

/** The choices in an address; missing or invalid ones get their default. */
export const parse = hash => {
  const state = { ...START, lists: {} };
  const params = new URLSearchParams(hash.slice(1));
  state.period = periodAt(params.get('period')) ?? START.period;
  state.member = memberAt(params.get('by'), params.get('of')) ?? START.member;
  state.open = memberAt('initiative', params.get('open')) ?? START.open;
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
  for (const [list, choices] of Object.entries(state.lists)) {
    for (const [name, value] of Object.entries(choices)) if (value) params.set(`${list}.${name}`, value);
  }
  return `#${params.toString() || `period=${PERIODS[state.period].key}`}`;
};

/** Is it the initial state? */
export const isStart = state =>
  state.period === START.period && state.member === WHOLE && state.open === null && !Object.keys(state.lists).length;

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

addEventListener('popstate', () => {
  if (location.hash && !location.hash.includes('=')) return; // a link to a section
  state = parse(location.hash);
  tell();
});
