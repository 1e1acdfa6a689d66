// The page: what can be chosen, which charts are drawn when, and how one moves about.

const FIGURES = new Map([...document.querySelectorAll('figure[data-chart]')].map(figure => {
  figure.heading = figure.querySelector('.title');
  figure.dataset.section = CHARTS.get(figure.dataset.chart).section;
  return [figure.dataset.chart, figure];
}));
const pending = new Set();
const near = new Set();

/** What the keyboard can be on: drawing anew keeps it there. */
const controls = figure => [...figure.querySelectorAll('button, a[href], input, select, summary, [tabindex]')];
const draw = name => {
  pending.delete(name);
  const [chart, figure] = [CHARTS.get(name), FIGURES.get(name)];
  if (chart.section === 'initiative' && state.open === null) return;
  const place = controls(figure).indexOf(document.activeElement);
  KINDS[chart.kind](chart, figure, figure.querySelector('.body'));
  if (place >= 0 && !figure.contains(document.activeElement)) controls(figure)[place]?.focus({ preventScroll: true });
};
const drawAll = () => [...pending].forEach(draw);
const rest = () => {
  const [name] = pending;
  if (name === undefined) return;
  draw(name);
  later(rest);
};
const later = globalThis.requestIdleCallback ?? (act => setTimeout(act, 16));

/** A trend without any figure for what was chosen is no panel, but a line of the section's list. */
const isEmpty = chart => chart.kind === 'trend' && !chart.all.some(row => chart.get('member', row) === state.member && chart.role('value', row) !== null
  && chart.get('status', row) !== 'not_measured') || chart.kind === 'sides' && !chart.all.some(row => chart.role('value', row) !== null);

/** Draw what is in sight now, the rest when there is time. */
const show = () => {
  const [, , memberName] = DATA.members[state.member];
  for (const select of [BY, OF, PERIOD]) select.fill();
  RESET.hidden = state.period === DEFAULTS.period && state.member === 0 && state.open === null && !Object.keys(state.lists).length;
  document.getElementById('answer-sentence').replaceChildren(...answer(state).map(text => el('p', {}, bdi(text))));
  const opened = document.getElementById('initiative');
  opened.hidden = state.open === null;
  if (state.open !== null) document.getElementById('heading-initiative').replaceChildren(bdi(DATA.members[state.open][2]));
  for (const section of document.querySelectorAll('main > section')) {
    const chosen = section.querySelector('.chosen');
    if (chosen) chosen.replaceChildren(' · ', sentence(during(state.period)).replace('In ', ''), ...(state.member ? [' · ', bdi(memberName)] : []));
    const empty = [];
    for (const [name, figure] of FIGURES) {
      if (figure.parentElement.parentElement !== section) continue;
      const isBare = isEmpty(CHARTS.get(name));
      figure.hidden = isBare;
      if (isBare) empty.push(CHARTS.get(name).missing);
      else pending.add(name);
    }
    const list = section.querySelector('.unmeasured');
    if (list) {
      list.hidden = !empty.length;
      list.querySelector('ul').replaceChildren(...empty.map(text => el('li', {}, filled(text, state))));
    }
    for (const figure of section.querySelectorAll('figure[data-chart]')) {
      const chart = CHARTS.get(figure.dataset.chart);
      figure.classList.toggle('whole', !chart.follows(state.member));
    }
  }
  for (const name of [...pending]) if (near.has(name)) draw(name);
  later(rest);
};

const openInitiative = id => {
  const member = MEMBERS.get(`initiative/${id}`);
  if (member === undefined) return;
  choose({ open: member });
  goTo('initiative', 'heading-initiative');
};
const goTo = (place, focus = `heading-${place}`) => {
  document.getElementById(place)?.scrollIntoView({ block: 'start' });
  document.getElementById(focus)?.focus({ preventScroll: true });
};

const form = document.getElementById('choices');
const RESET = document.getElementById('reset');
const option = (value, text, chosen) => el('option', { value, selected: chosen }, text);
const GRAINS = { fiscal_year: 'Years', quarter: 'Quarters', month: 'Months' };

const PERIOD = form.elements.namedItem('period');
PERIOD.append(option('all', 'All time'), ...Object.entries(GRAINS).map(([grain, label]) => el('optgroup', { label },
  ...DATA.periods.filter(one => one[GRAIN] === grain).map(one => option(one[KEY], one[PARTIAL] ? `${one[LABEL]} (not over)` : one[LABEL])))).filter(group => group.childElementCount));
PERIOD.fill = () => { PERIOD.value = period(state)[KEY]; };
PERIOD.addEventListener('change', () => choose({ period: PERIODS.get(PERIOD.value) }));

const BY = form.elements.namedItem('by');
const ofDimension = dimension => DATA.members.map((member, place) => [...member, place]).filter(([one]) => one === dimension);
const LABELS = { team: 'One team', product: 'One product', objective: 'One objective', initiative: 'One initiative' };
BY.append(option('total', 'Whole portfolio'), ...Object.entries(LABELS).filter(([dimension]) => ofDimension(dimension).some(([, id]) => !id.startsWith('-')))
  .map(([dimension, label]) => option(dimension, label)));
BY.fill = () => { BY.value = DATA.members[state.member][0]; };
BY.addEventListener('change', () => {
  const [first] = ofDimension(BY.value);
  choose({ member: BY.value === 'total' ? 0 : first[3] });
});

const OF = form.elements.namedItem('of');
OF.fill = () => {
  const [dimension] = DATA.members[state.member];
  const label = OF.parentElement;
  label.hidden = dimension === 'total';
  if (dimension === 'total') return;
  label.firstElementChild.textContent = sentence(dimension);
  if (OF.dataset.dimension !== dimension) {
    OF.dataset.dimension = dimension;
    OF.replaceChildren(...ofDimension(dimension).map(([, , name, place]) => option(String(place), name)));
  }
  OF.value = String(state.member);
};
OF.addEventListener('change', () => choose({ member: Number(OF.value) }));

RESET.addEventListener('click', () => choose({ ...DEFAULTS, lists: {} }));
document.getElementById('close').addEventListener('click', () => { choose({ open: null }); goTo('chart-initiatives', 'title-initiatives'); });
form.addEventListener('submit', event => event.preventDefault());

// a link to a section or a definition moves there and leaves what was chosen in the address
document.addEventListener('click', event => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link) return;
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!target) return;
  event.preventDefault();
  for (let parent = target; parent; parent = parent.parentElement) if (parent.tagName === 'DETAILS') parent.open = true;
  const focus = target.querySelector('h2') ?? target;
  if (!focus.hasAttribute('tabindex')) focus.setAttribute('tabindex', '-1');
  target.scrollIntoView({ block: 'start' });
  focus.focus({ preventScroll: true });
});

const fitTo = (body, width) => {
  body.chart.resize({ width, height: body.height });
  body.chart.getZr().flush();
  body.plot.querySelector('svg').setAttribute('viewBox', `0 0 ${width} ${body.height}`);
};
const resized = () => {
  for (const body of document.querySelectorAll('.body, .card-body')) {
    if (body.chart && body.plot.clientWidth && body.plot.clientWidth !== body.chart.getWidth()) fitTo(body, body.plot.clientWidth);
  }
};
let resizing = 0;
addEventListener('resize', () => { cancelAnimationFrame(resizing); resizing = requestAnimationFrame(resized); });

const PAPER = 1000; // at this width of the page a chart's text, scaled down to A4, is as large as the text around it
/** Everything is drawn, and in the proportions of paper; the SVG's viewBox does the scaling. */
const forPaper = () => {
  drawAll();
  const whole = document.querySelector('main').clientWidth;
  for (const body of document.querySelectorAll('.body, .card-body')) {
    if (body.chart && body.plot.clientWidth) fitTo(body, Math.round(body.plot.clientWidth * PAPER / whole));
  }
};
addEventListener('beforeprint', forPaper);
addEventListener('afterprint', () => resized());

const watcher = new IntersectionObserver(entries => {
  for (const { target, isIntersecting } of entries) {
    const name = target.dataset.chart;
    if (isIntersecting) near.add(name); else near.delete(name);
    if (isIntersecting && pending.has(name)) draw(name);
  }
}, { rootMargin: '200px' });

document.querySelector('.choices').hidden = false;
if (FIGURES.has('value')) near.add('value'); // in sight before anything was observed
show();
performance.mark('first chart');
for (const figure of FIGURES.values()) watcher.observe(figure);
document.documentElement.dataset.ready = 'yes';
