// What the reader chose. It lives in the address after the #, so that a reload, a bookmark and the back button keep it.

const DEFAULTS = { period: DATA.opens, member: 0, open: null, lists: {} };
const LIST_KEYS = ['q', 'sort', 'show'];

const parse = hash => {
  const state = { ...DEFAULTS, lists: {} };
  if (!hash.includes('=')) return state;
  const said = new URLSearchParams(hash.slice(1));
  const [by, of] = [said.get('by'), said.get('of')];
  state.period = PERIODS.get(said.get('period')) ?? DEFAULTS.period;
  state.member = MEMBERS.get(`${by}/${of}`) ?? 0;
  state.open = MEMBERS.get(`initiative/${said.get('open')}`) ?? null;
  for (const [name, value] of said) {
    const dot = name.indexOf('.');
    const list = name.slice(0, dot);
    if (dot > 0 && CHARTS.has(list)) (state.lists[list] ??= {})[name.slice(dot + 1)] = value;
  }
  return state;
};

const address = state => {
  const said = new URLSearchParams();
  if (state.period !== DEFAULTS.period) said.set('period', DATA.periods[state.period][KEY]);
  if (state.member) {
    const [dimension, id] = DATA.members[state.member];
    said.set('by', dimension);
    said.set('of', id);
  }
  if (state.open !== null) said.set('open', DATA.members[state.open][1]);
  for (const [list, choices] of Object.entries(state.lists)) {
    for (const [name, value] of Object.entries(choices)) if (value) said.set(`${list}.${name}`, value);
  }
  const text = said.toString();
  return text ? `#${text}` : '#period=' + DATA.periods[state.period][KEY];
};

let state = parse(location.hash);

/** Change what is chosen. `silent`: an entry of the history is replaced, as while somebody types. */
const choose = (changes, silent = false) => {
  state = { ...state, ...changes };
  const to = address(state);
  if (to !== location.hash) history[silent ? 'replaceState' : 'pushState'](null, '', to);
  show();
};

/** Change the choices of one list. */
const chooseIn = (list, changes, silent = false) => {
  const choices = { ...state.lists[list], ...changes };
  for (const name of Object.keys(choices)) if (!choices[name]) delete choices[name];
  choose({ lists: { ...state.lists, [list]: choices } }, silent);
};

addEventListener('popstate', () => {
  if (location.hash && !location.hash.includes('=')) return; // a link to a section
  state = parse(location.hash);
  show();
});
