// How each kind of chart is drawn. Colours are CSS variables, so that light, dark and print need no redrawing.

const INK = 'var(--ink)';
const QUIET = 'var(--quiet)';
const LINE = 'var(--line)';
const LINK = 'var(--link)';
const FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", Arial, sans-serif';
const FONT = { fontFamily: FAMILY, fontSize: 12, color: QUIET };
const STATUS_COLOURS = new Set([
  'value created', 'some value', 'no effect', 'negative', 'too early', 'unmeasured', 'unlinked', 'cancelled',
]);
const colourOf = part => (STATUS_COLOURS.has(part) ? `var(--s-${slug(part)})` : 'var(--accent)');
const swatch = part => {
  const made = el('span', { class: 'swatch', 'aria-hidden': 'true' });
  made.style.background = colourOf(part);
  return made;
};

const CHANGES = { better: 'better than', worse: 'worse than', 'no clear change': 'no clear change from' };
/** Whether a metric's change is more than chance, in words; nothing where that isn't tested. */
const change = (metric, state) => {
  const found = CHARTS.get('comparisons');
  const row = found?.at(state.period, state.member).find(one => found.get('metric_name', one) === metric);
  return row === undefined ? '' : `${CHANGES[found.get('verdict', row)]} the ${found.get('compared_with', row)}`;
};

/** Set a chart's option on its plot, made at first use. The SVG's viewBox lets print scale it. */
const plot = (body, height, label, option, onClick) => {
  if (!body.plot) {
    body.plot = el('div', { class: 'plot', role: 'img' });
    body.prepend(body.plot);
    body.plot.style.height = `${height}px`;
    body.chart = echarts.init(body.plot, null, { renderer: 'svg', width: body.plot.clientWidth || 300, height });
    if (onClick) body.chart.on('click', onClick);
  }
  body.plot.hidden = false;
  body.plot.setAttribute('aria-label', `${label} The figures stand in the table below.`);
  if (body.height !== height) {
    body.height = height;
    body.plot.style.height = `${height}px`;
    body.chart.resize({ width: body.plot.clientWidth || 300, height });
  }
  body.chart.setOption({ animation: false, textStyle: FONT, ...option }, { notMerge: true });
  const svg = body.plot.querySelector('svg');
  svg.setAttribute('viewBox', `0 0 ${body.chart.getWidth()} ${height}`);
  svg.setAttribute('aria-hidden', 'true');
};
const tooltip = lines => ({
  confine: true,
  transitionDuration: 0,
  className: 'tip',
  extraCssText: 'max-width:20rem;white-space:normal',
  formatter: given => el('div', {}, ...lines(Array.isArray(given) ? given[0] : given).map(line => el('div', {}, line))),
});

/** Nothing to draw: one sentence in its place. */
const nothing = (chart, figure, body, text) => {
  const lacks = chart.needs && !CHARTS.get(chart.needs.chart)?.rows;
  figure.heading.textContent = filled(text || (lacks ? chart.needs.missing : chart.missing), state);
  figure.classList.add('bare');
  for (const one of [body, ...body.querySelectorAll('.card-body')]) one.chart?.dispose();
  body.replaceWith(el('div', { class: 'body' }));
};
const something = (chart, figure, text, value) => {
  figure.classList.remove('bare');
  chart.heading = filled(text, state, value);
  figure.heading.textContent = chart.heading;
};

/** Show the list of deliverables of one status. */
const showList = status => {
  const isStatus = CHARTS.get('deliverables').columns.value_status.includes(status);
  chooseIn('deliverables', isStatus
    ? { value_status: status, value_status_reason: null, show: null }
    : { value_status: null, value_status_reason: status, show: null });
  goTo('chart-deliverables', 'title-deliverables');
};

const KINDS = {
  parts(chart, figure, body) {
    const compared = DATA.periods[state.period][COMPARED];
    const earlier = compared === null ? [] : chart.at(compared, state.member).filter(row => chart.role('count', row) > 0);
    const then = new Map(earlier.map(row => [chart.role('part', row), row]));
    const rows = chart.at(state.period, state.member).filter(row => chart.role('count', row) > 0 || then.has(chart.role('part', row)));
    if (!rows.some(row => chart.role('count', row) > 0)) return nothing(chart, figure, body);
    something(chart, figure, chart.title);
    const costs = [...rows, ...earlier].some(row => chart.role('amount', row) > 0);
    const role = costs ? 'amount' : 'count';
    const write = value => (costs ? money(value) : number(value));
    const bars = [[period(state)[LABEL], rows], ...(earlier.length ? [[DATA.periods[compared][LABEL], earlier]] : [])].reverse();
    const names = [...new Set(bars.flatMap(([, these]) => these.map(row => chart.role('part', row))))]
      .sort((a, b) => Object.keys(DATA.meanings).indexOf(a) - Object.keys(DATA.meanings).indexOf(b));
    plot(body, 30 + 52 * bars.length, chart.heading, {
      grid: { left: 0, right: 0, top: 18, bottom: 4, outerBoundsMode: 'none' },
      xAxis: { type: 'value', show: false, max: 'dataMax' },
      yAxis: { type: 'category', show: false, data: bars.map(([label]) => label) },
      tooltip: tooltip(({ seriesName, name, value }) => [`${sentence(seriesName)}: ${write(value)}`, sentence(name)]),
      series: names.map((name, place) => ({
        type: 'bar', stack: 'all', name, barWidth: 26, cursor: 'pointer', emphasis: { disabled: true },
        itemStyle: { color: colourOf(name), borderColor: 'var(--sheet)', borderWidth: 1 },
        label: place > 0 ? undefined : {
          show: true, position: [0, -18], ...FONT, formatter: ({ dataIndex }) => sentence(bars[dataIndex][0]),
        },
        data: bars.map(([, these]) => {
          const row = these.find(one => chart.role('part', one) === name);
          return row === undefined ? (place ? null : 0) : chart.role(role, row);
        }),
      })),
    }, ({ seriesName }) => showList(seriesName));
    const reasons = CHARTS.get('reasons');
    const why = reasons ? reasons.at(state.period, state.member) : [];
    body.legend ??= body.appendChild(el('ul', { class: 'parts-list' }));
    body.legend.replaceChildren(...rows.map(row => {
      const part = chart.role('part', row);
      const because = why.filter(one => reasons.get('value_status', one) === part)
        .map(one => `${reasons.get('reason', one)} (${number(reasons.get('deliverables', one))})`);
      const last = then.get(part);
      return el('li', {},
        el('button', { type: 'button', class: 'part-button', on: { click: () => showList(part) } },
          swatch(part), el('span', { class: 'part-name' }, bdi(sentence(part))),
          el('span', { class: 'part-count' }, count(chart.role('count', row), 'deliverable')),
          costs ? el('span', { class: 'part-amount' }, chart.role('count', row) ? money(chart.role('amount', row)) : NONE) : null),
        el('p', { class: 'quiet meaning' }, sentence(DATA.meanings[part] ?? ''), because.length ? ` – ${because.join(', ')}` : '',
          last === undefined ? '' : `. ${earlierPeriod(state.period)}: ${number(chart.role('count', last))}${costs ? ` (${money(chart.role('amount', last))})` : ''}.`));
    }));
    body.beside ??= body.appendChild(el('p', { class: 'quiet beside' }));
    body.beside.textContent = beside(state);
    const columns = [...shownColumns(chart),
      ...(compared === null ? [] : [
        { name: 'then_count', label: `Deliverables, ${DATA.periods[compared][LABEL]}`, unit: 'count' },
        { name: 'then_amount', label: `Cost, ${DATA.periods[compared][LABEL]}`, unit: 'money' }])];
    behind(chart, body, columns, rows, (name, row) => {
      const last = then.get(chart.role('part', row));
      if (name === 'then_count') return last === undefined ? 0 : chart.role('count', last);
      if (name === 'then_amount') return last === undefined ? 0 : chart.role('amount', last);
      return chart.get(name, row);
    });
  },

  ranking(chart, figure, body) {
    const rows = chart.at(state.period, state.member);
    if (!rows.length) return nothing(chart, figure, body);
    something(chart, figure, chart.title);
    const costs = rows.some(row => chart.role('amount', row) > 0);
    const shown = rows.slice(0, 12).reverse();
    const acts = chart.encoding.member
      ? row => choose({ member: MEMBERS.get(`team/${chart.get(chart.encoding.member, row)}`) ?? state.member })
      : row => showList(chart.role('part', row));
    plot(body, 8 + 34 * shown.length, chart.heading, {
      grid: { left: 4, right: 112, top: 4, bottom: 4, outerBoundsMode: 'same', outerBounds: { left: 0, right: 0 } },
      xAxis: { type: 'value', show: false, min: 0 },
      yAxis: {
        type: 'category', data: shown.map(row => sentence(chart.role('part', row))), axisLine: { lineStyle: { color: LINE } }, axisTick: { show: false },
        axisLabel: { ...FONT, color: INK, width: Math.min(150, body.clientWidth / 3), overflow: 'truncate' },
      },
      tooltip: tooltip(({ dataIndex }) => [sentence(chart.role('part', shown[dataIndex])),
        `${count(chart.role('count', shown[dataIndex]), 'deliverable')}, ${money(chart.role('amount', shown[dataIndex]))}`]),
      series: [{
        type: 'bar', barWidth: 18, cursor: 'pointer', emphasis: { disabled: true },
        data: shown.map(row => ({ value: chart.role(costs ? 'amount' : 'count', row), itemStyle: { color: colourOf(chart.role('part', row)) } })),
        label: { show: true, position: 'right', ...FONT, color: INK, formatter: ({ dataIndex }) => (costs
          ? `${money(chart.role('amount', shown[dataIndex]))} · ${number(chart.role('count', shown[dataIndex]))}`
          : count(chart.role('count', shown[dataIndex]), 'deliverable')) },
      }],
    }, ({ dataIndex }) => acts(shown[shown.length ? dataIndex : 0]));
    behind(chart, body, shownColumns(chart), rows, (name, row) => chart.get(name, row));
    body.acts ??= body.appendChild(el('ul', { class: 'acts' }));
    body.acts.replaceChildren(...rows.slice(0, 12).map(row => el('li', {}, el('button', {
      type: 'button', class: 'plain', on: { click: () => acts(row) },
    }, chart.encoding.member ? `Figures of ${chart.role('part', row)}` : `List: ${chart.role('part', row)}`))));
  },

  trend(chart, figure, body) {
    const unit = DATA.metrics[chart.metric]?.unit ?? chart.shown[chart.encoding.value].unit;
    const write = value => quantity(value, unit);
    const row = latest(chart, state.period, state.member);
    const series = seriesOf(chart, state.member, row);
    const about = { measured: status => status === 'measured' || status === 'incomplete' };
    const status = row === undefined ? 'not_measured' : chart.get('status', row);
    const value = row === undefined ? null : chart.role('value', row);
    if (status === 'insufficient_sample') something(chart, figure, chart.few);
    else if (value === null || !about.measured(status)) something(chart, figure, chart.missing);
    else something(chart, figure, value < 0 && chart.below ? chart.below : chart.title, write(value));
    const least = DATA.metrics[chart.metric]?.least;
    const bounds = row !== undefined && chart.get('lower', row) !== null && about.measured(status)
      ? `95% interval ${write(chart.get('lower', row))} to ${write(chart.get('upper', row))}` : '';
    const size = row === undefined || chart.get('n', row) === null ? '' : `n = ${number(chart.get('n', row))}`;
    const lines = row === undefined || value === null ? ['not measured'] : status === 'insufficient_sample'
      ? [`${size}${least ? `, ${number(least)} needed` : ''}`] : [size, bounds].filter(Boolean);
    const isOwn = row !== undefined && chart.get('period', row) === state.period;
    const when = row === undefined ? period(state)[LABEL] : DATA.periods[chart.get('period', row)][LABEL];
    const compared = isOwn ? DATA.periods[state.period][COMPARED] : null;
    const earlier = compared === null ? undefined : newest(chart, chart.at(compared, state.member));
    const then = earlier === undefined || chart.role('value', earlier) === null || !about.measured(chart.get('status', earlier))
      ? '' : `${DATA.periods[compared][LABEL]}: ${write(chart.role('value', earlier))}`;
    body.told ??= body.appendChild(el('div', { class: 'told-figure' }));
    const look = row === undefined || value === null ? 'missing' : status === 'insufficient_sample' ? 'few' : status === 'incomplete' ? 'part' : 'value';
    body.told.className = `told-figure ${look}`;
    body.told.replaceChildren(
      el('p', { class: 'amount' }, look === 'missing' ? 'not measured' : look === 'few' ? 'too few to say' : write(value)),
      el('p', { class: 'quiet line' }, [sentence(when), ...lines.filter(line => line !== 'not measured')].join(' · ')),
      el('p', { class: 'quiet line' }, [look === 'part' ? `incomplete: ${number(chart.get('n_excluded', row) ?? 0)} left out` : '',
        row !== undefined && chart.get('is_partial', row) && when !== 'all time' ? 'the period is not whole' : '', then,
        isOwn ? change(chart.metric, state) : ''].filter(Boolean).join(' · ') || '\u00a0'));
    if (series.length > 1) drawSeries(chart, body, series, write, unit);
    else if (body.plot) body.plot.hidden = true;
    body.prepend(body.told);
    if (!series.length) {
      body.behind?.remove();
      delete body.behind;
    } else {
      behind(chart, body, [
        { name: 'period', label: 'Period', unit: 'text' }, { name: chart.encoding.value, label: 'Value', unit, none: 'not measured' },
        { name: 'lower', label: '95% interval from', unit }, { name: 'upper', label: 'to', unit },
        { name: 'n', label: 'n', unit: 'count' }, { name: 'status', label: 'Status', unit: 'text' },
        { name: 'metric_version', label: 'Definition', unit: 'count' },
      ].filter(column => column.name === 'period' || chart.has(column.name)), [...series].reverse(), (name, one) => (name === 'period'
        ? DATA.periods[chart.get('period', one)][LABEL] : name === 'status' ? STATUS_WORDS[chart.get('status', one)] ?? chart.get('status', one) : chart.get(name, one)));
    }
    if (DATA.metrics[chart.metric] && !body.about) {
      body.about = body.appendChild(el('details', { class: 'behind definition-of' }, el('summary', {}, 'Definition')));
      body.about.addEventListener('toggle', () => {
        if (body.about.childElementCount < 2) body.about.append(document.getElementById(`about-${chart.metric}`)?.cloneNode(true) ?? '');
        body.about.lastElementChild.removeAttribute('id');
      });
    }
  },

  sides(chart, figure, body) {
    const unit = chart.shown[chart.encoding.value].unit;
    const write = value => quantity(value, unit);
    const rows = chart.all.filter(row => chart.role('value', row) !== null);
    const labels = [...new Set(rows.map(row => chart.get('period', row)))].sort((a, b) => DATA.periods[a][START] - DATA.periods[b][START]);
    const inside = labels.filter(place => within(place, state.period));
    const [last] = inside.slice(-1);
    const of = side => rows.find(row => chart.get('period', row) === last && chart.role('side', row) === side);
    const all = of('all');
    if (all === undefined) return nothing(chart, figure, body);
    something(chart, figure, chart.title, write(chart.role('value', all)));
    const names = { all: 'All teams', pilot: 'Pilot teams', rest: 'The rest' };
    const colours = { all: LINK, pilot: 'var(--s-value-created)', rest: QUIET };
    const sides = Object.keys(names).filter(side => rows.some(row => chart.role('side', row) === side && (side === 'all' || rows.some(one => chart.role('side', one) === 'pilot'))));
    body.told ??= body.appendChild(el('div', { class: 'told-figure value' }));
    body.told.replaceChildren(
      el('p', { class: 'amount' }, write(chart.role('value', all))),
      el('p', { class: 'quiet line' }, [DATA.periods[last][LABEL], `n = ${quantity(chart.get('n', all), 'count')}`, ...['pilot', 'rest'].filter(side => sides.includes(side) && of(side) !== undefined)
        .map(side => `${names[side].toLowerCase()} ${write(chart.role('value', of(side)))}`)].join(' · ')));
    plot(body, 150, chart.heading, {
      grid: { left: 4, right: 14, top: 10, bottom: 2, outerBoundsMode: 'same', outerBounds: { left: 0, right: 0, top: 4, bottom: 0 } },
      xAxis: categories(labels.map(place => DATA.periods[place][LABEL])),
      yAxis: values(write, unit === 'share' ? { min: 0, max: 1 } : { min: 0 }),
      tooltip: { trigger: 'axis', ...tooltip(({ dataIndex }) => [DATA.periods[labels[dataIndex]][LABEL], ...sides.map(side => {
        const row = rows.find(one => chart.get('period', one) === labels[dataIndex] && chart.role('side', one) === side);
        return `${names[side]}: ${row === undefined ? 'not known' : write(chart.role('value', row))}`;
      })]) },
      series: sides.map(side => ({
        type: 'line', name: names[side], color: colours[side], symbol: side === 'pilot' ? 'diamond' : 'circle', symbolSize: 5, connectNulls: false, emphasis: { disabled: true },
        lineStyle: { width: side === 'all' ? 2.5 : 1.5, type: side === 'rest' ? 'dashed' : 'solid' },
        data: labels.map(place => {
          const row = rows.find(one => chart.get('period', one) === place && chart.role('side', one) === side);
          return row === undefined ? null : chart.role('value', row);
        }),
      })),
    });
    body.prepend(body.told);
    body.legend ??= body.appendChild(el('ul', { class: 'key' }));
    body.legend.replaceChildren(...(sides.length < 2 ? [] : sides.map(side => {
      const mark = el('span', { class: `dash ${side}`, 'aria-hidden': 'true' });
      return el('li', {}, mark, names[side]);
    })));
    behind(chart, body, [{ name: 'period', label: 'Quarter', unit: 'text' }, { name: 'side', label: 'Side', unit: 'text' },
      { name: chart.encoding.value, label: 'Value', unit }, { name: 'n', label: 'n', unit: 'count' }, { name: 'teams', label: 'Teams', unit: 'count' }], [...rows].reverse(),
    (name, row) => (name === 'period' ? DATA.periods[chart.get('period', row)][LABEL] : name === 'side' ? names[chart.role('side', row)] : chart.get(name, row)));
  },

  goals(chart, figure, body) {
    const now = goalsAt(chart, state.period, row => chart.matches(row, state));
    if (!now.length) return nothing(chart, figure, body);
    something(chart, figure, chart.title);
    const limit = Math.max(6, Number.parseInt(state.lists[chart.name]?.show, 10) || 0);
    body.cards ??= body.appendChild(el('div', { class: 'cards' }));
    const keep = new Map([...body.cards.children].map(card => [card.dataset.id, card]));
    const shown = now.slice(0, limit);
    for (const [id, card] of keep) if (!shown.some(row => chart.role('id', row) === id)) { card.body?.chart?.dispose(); card.remove(); }
    for (const row of shown) { // in the page before it is drawn: its chart is as wide as it is
      const card = keep.get(chart.role('id', row)) ?? emptyGoalCard(chart.role('id', row));
      body.cards.append(card);
      fillGoalCard(chart, row, card);
    }
    body.more ??= body.appendChild(el('div', { class: 'more' }));
    body.more.replaceChildren(...(now.length > limit ? [el('button', { type: 'button', class: 'plain', on: {
      click: () => chooseIn(chart.name, { show: String(limit + 24) }, true) } }, `Show ${number(Math.min(24, now.length - limit))} more of ${number(now.length)} goals`)] : []));
    body.append(body.more);
    behind(chart, body, [...shownColumns(chart), { name: 'stands', label: 'Stands', unit: 'text' }], now,
      (name, row) => (name === 'stands' ? standing(chart, row) : chart.get(name, row)));
  },

  quadrant(chart, figure, body) {
    const rows = chart.all.filter(row => chart.matches(row, state));
    if (!rows.length) return nothing(chart, figure, body);
    something(chart, figure, chart.title);
    const whole = CHARTS.get('initiatives');
    const all = whole ? whole.all.filter(row => whole.matches(row, state)).length : rows.length;
    const greatest = Math.max(...rows.map(row => chart.role('size', row) ?? 0), 1);
    const kinds = { direct: ['var(--s-value-created)', 'Linked to the outcome itself'], inherited: ['var(--s-too-early)', 'Linked through its initiative or objective'] };
    const isNarrow = body.clientWidth < 560;
    const corner = (text, left, top) => ({ type: 'text', silent: true, [left]: left === 'left' ? 88 : 18, [top]: top === 'top' ? 16 : 60, z: -1,
      style: { text: isNarrow ? text.replace(', ', ',\n') : text, textAlign: left, fill: QUIET, font: `12px ${FAMILY}` } });
    plot(body, isNarrow ? 340 : 400, chart.heading, {
      grid: { left: 76, right: 8, top: 8, bottom: 50, outerBoundsMode: 'none' },
      graphic: [corner('Late, and valuable', 'left', 'top'), corner('On time, and valuable', 'right', 'top'),
        corner('Late, and no value', 'left', 'bottom'), corner('On time, and no value', 'right', 'bottom')],
      xAxis: { type: 'value', min: -0.06, max: 1.06, interval: 0.5, name: 'Deliverables done on time', nameLocation: 'middle', nameGap: 26, nameTextStyle: { ...FONT },
        axisLabel: { ...FONT, customValues: [0, 0.5, 1], formatter: share }, splitLine: { show: false }, axisLine: { show: true, onZero: false, lineStyle: { color: LINE } }, axisTick: { show: false } },
      yAxis: { type: 'value', min: isNarrow ? -1.6 : -1.3, max: isNarrow ? 1.6 : 1.3, axisLabel: { ...FONT, customValues: [-1, 0, 1], formatter: value => (value === 0 ? 'no change' : value > 0 ? 'target' : 'worse') },
        axisLine: { show: true, onZero: false, lineStyle: { color: LINE } }, axisTick: { show: false }, splitLine: { show: false } },
      tooltip: tooltip(({ data }) => [data.name, sentence(chart.get('value_status', data.row)), `${share(chart.role('x', data.row))} on time, ${share(chart.role('y', data.row))} of the outcome`,
        chart.role('size', data.row) === null ? 'cost not known' : money(chart.role('size', data.row))]),
      series: Object.entries(kinds).map(([kind, [colour]], place) => ({
        type: 'scatter', name: kind, cursor: 'pointer', emphasis: { disabled: true }, itemStyle: { color: colour, opacity: 0.75, borderColor: 'var(--sheet)', borderWidth: 1 },
        symbol: kind === 'direct' ? 'circle' : 'diamond',
        markLine: place ? undefined : { silent: true, symbol: 'none', label: { show: false }, lineStyle: { color: LINE, type: 'dashed' }, data: [{ yAxis: 0 }, { yAxis: DATA.good ?? 0.7 }] },
        data: rows.filter(row => (chart.role('colour', row) ?? 'inherited') === kind).map(row => ({
          value: [chart.role('x', row), chart.role('y', row)], name: chart.role('name', row), row,
          symbolSize: 8 + 34 * Math.sqrt((chart.role('size', row) ?? 0) / greatest),
        })),
      })),
    }, ({ data }) => data && openInitiative(chart.role('id', data.row)));
    body.legend ??= body.appendChild(el('ul', { class: 'key' }));
    body.legend.replaceChildren(...Object.entries(kinds).map(([kind, [, words]]) => el('li', {}, el('span', { class: `dot ${kind}`, 'aria-hidden': 'true' }), words)),
      ...(all > rows.length ? [el('li', {}, `${number(all - rows.length)} of ${count(all, 'initiative')} can't be placed: no outcome or no promised date is known.`)] : []));
    behind(chart, body, shownColumns(chart), rows, (name, row) => chart.get(name, row));
  },

  table(chart, figure, body) {
    const opened = figure.dataset.section === 'initiative' ? state.open : null;
    const chosen = opened === null ? state : { ...state, period: 0, member: opened };
    const rows = chart.all.filter(row => chart.matches(row, chosen));
    if (!rows.length && !state.lists[chart.name]) return nothing(chart, figure, body);
    something(chart, figure, chart.title);
    const open = chart.encoding.open;
    list(chart, body, rows, (name, row) => (open && name === chart.encoding.name
      ? el('button', { type: 'button', class: 'open', on: { click: () => openInitiative(chart.get(open, row)) } }, bdi(chart.get(name, row)))
      : name === 'value_status' || name === 'quadrant' ? statusCell(chart.get(name, row)) : null));
  },

  scorecard(chart, figure, body) {
    const rows = chart.at(state.period, state.member);
    if (!rows.length) return nothing(chart, figure, body);
    something(chart, figure, chart.title);
    const columns = shownColumns(chart).filter(column => column.name !== 'n_excluded' || rows.some(row => chart.get('n_excluded', row)));
    const metric = row => DATA.metrics[chart.role('id', row)] ?? { label: chart.role('id', row), unit: '' };
    const bounds = new Set(['value', 'lower', 'upper']);
    const get = (name, row) => (name === chart.encoding.id ? metric(row).label : name === 'status' ? STATUS_WORDS[chart.get(name, row)] ?? chart.get(name, row)
      : name === 'value' && chart.get('status', row) === 'insufficient_sample' ? null : chart.get(name, row));
    if (!body.held) {
      body.held = scroller(chart.title);
      const saved = csvButton(chart, columns, () => body.kept, get);
      // the list of all figures is opened, what is always the same few stands there
      body.replaceChildren(...(chart.has('period') ? [el('details', { class: 'behind' }, el('summary', {}, 'Show them'), body.held, saved)] : [body.held, saved]));
    }
    body.kept = rows;
    body.held.replaceChildren(table(chart.heading, columns, rows, get, (name, row) => {
      if (name === chart.encoding.id) return el('a', { href: `#about-${chart.role('id', row)}` }, bdi(metric(row).label));
      if (!bounds.has(name)) return null;
      const value = get(name, row);
      if (value !== null) return quantity(value, metric(row).unit);
      return el('span', { class: 'quiet' }, name !== 'value' ? NONE : chart.get('status', row) === 'insufficient_sample' ? 'too few to say' : 'not measured');
    }));
  },

  facts(chart, figure, body) {
    const row = chart.all.find(one => chart.get('initiative', one) === state.open);
    if (row === undefined) return nothing(chart, figure, body, 'Nothing is known of it.');
    something(chart, figure, chart.title);
    body.replaceChildren(el('dl', {}, ...shownColumns(chart).map(column => el('div', {},
      el('dt', {}, column.label), el('dd', {}, column.name === 'value_status' || column.name === 'quadrant'
        ? statusCell(chart.get(column.name, row)) : writtenCell(chart.get(column.name, row), column))))));
  },

  timeline(chart, figure, body) {
    const rows = chart.all.filter(row => chart.get('initiative', row) === state.open);
    const goals = CHARTS.get('goals');
    const steps = goals ? goals.all.filter(row => (goals.columns.initiative?.[row] ?? []).includes(state.open) && goals.role('score', row) !== null) : [];
    if (!rows.length && !steps.length) return nothing(chart, figure, body);
    something(chart, figure, chart.title);
    const names = [...new Set(steps.map(row => goals.role('id', row)))];
    const time = place => DATA.days[place][0];
    const hues = [LINK, 'var(--s-value-created)', 'var(--s-no-effect)', 'var(--s-unmeasured)', 'var(--s-negative)', QUIET];
    const dashes = ['solid', 'dashed', 'dotted'];
    const look = { delivered: ['circle', 'var(--ink)'], released: ['triangle', 'var(--accent)'] };
    const lanes = Object.keys(look).filter(what => rows.some(row => chart.role('what', row) === what));
    const mark = (what, row) => ({ value: [time(chart.role('day', row)), what === 'released' ? 0 : 1], row });
    plot(body, steps.length ? 300 : 130, chart.heading, {
      grid: [
        { left: 64, right: 36, top: 10, height: steps.length ? 170 : 0, outerBoundsMode: 'none', show: false },
        { left: 64, right: 36, bottom: 26, height: 56, outerBoundsMode: 'none' },
      ],
      axisPointer: { link: [{ xAxisIndex: 'all' }] },
      xAxis: [0, 1].map(place => ({ type: 'time', gridIndex: place, ...spanOf([...rows.map(row => time(chart.role('day', row))), ...steps.map(row => time(goals.role('day', row)))]),
        axisLabel: place ? { ...FONT, hideOverlap: true, formatter: ms => monthOf(ms) } : { show: false }, axisTick: { show: place === 1 }, axisLine: { lineStyle: { color: LINE } }, splitLine: { show: place === 0, lineStyle: { color: LINE } } })),
      yAxis: [
        { type: 'value', gridIndex: 0, min: 0, max: 1, interval: 0.5, show: steps.length > 0, axisLabel: { ...FONT, formatter: share }, splitLine: { lineStyle: { color: LINE } } },
        { type: 'category', gridIndex: 1, data: ['released', 'delivered'], axisLabel: { ...FONT, color: INK, hideOverlap: false }, axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: true, lineStyle: { color: LINE } } },
      ],
      tooltip: tooltip(({ data, seriesName }) => (data.row === undefined
        ? [seriesName, `${data.said}: ${share(data.value[1])}`]
        : [`${day(chart.role('day', data.row))}: ${count(chart.role('count', data.row), 'deliverable')} ${chart.role('what', data.row)}`,
          ...(chart.role('what', data.row) === 'delivered' ? deliveredOn(chart.role('day', data.row)) : [])])),
      series: [
        ...names.map((id, place) => {
          const own = steps.filter(row => goals.role('id', row) === id);
          return { type: 'line', name: goals.role('name', own[0]), symbolSize: 4, color: hues[place % hues.length], emphasis: { disabled: true },
            lineStyle: { type: dashes[Math.floor(place / hues.length) % 3] },
            data: own.map(row => ({ value: [time(goals.role('day', row)), goals.role('score', row)], said: day(goals.role('day', row)) })) };
        }),
        ...lanes.map(what => ({ type: 'scatter', name: what, xAxisIndex: 1, yAxisIndex: 1, symbol: look[what][0], symbolSize: 11, itemStyle: { color: look[what][1], opacity: 0.8 }, emphasis: { disabled: true },
          data: rows.filter(row => chart.role('what', row) === what).map(row => mark(what, row)) })),
      ],
    });
    body.legend ??= body.appendChild(el('ul', { class: 'key' }));
    body.legend.replaceChildren(...names.map((id, place) => {
      const line = el('span', { class: 'dash', 'aria-hidden': 'true' });
      line.style.borderTopColor = hues[place % hues.length];
      line.style.borderTopStyle = dashes[Math.floor(place / hues.length) % 3];
      return el('li', {}, line, bdi(goals.role('name', steps.find(row => goals.role('id', row) === id))));
    }));
    behind(chart, body, shownColumns(chart), rows, (name, row) => chart.get(name, row));
  },

  wins(chart, figure, body) {
    const rows = chart.all.filter(row => chart.matches(row, state));
    if (!rows.length) return nothing(chart, figure, body);
    something(chart, figure, chart.title);
    const limit = Math.max(6, Number.parseInt(state.lists[chart.name]?.show, 10) || 0);
    body.cards ??= body.appendChild(el('ul', { class: 'win-cards' }));
    body.cards.replaceChildren(...rows.slice(0, limit).map(row => el('li', {},
      el('p', { class: 'win-name' }, chart.get('level', row) === 'initiative'
        ? el('button', { type: 'button', class: 'open', on: { click: () => openInitiative(chart.role('id', row)) } }, bdi(chart.role('name', row)))
        : bdi(chart.role('name', row))),
      el('p', {}, bdi(sentence(chart.get('key_result_name', row))), ` – ${share(chart.get('key_result_score', row))} of the way`),
      el('p', { class: 'quiet' }, [chart.get('level', row), chart.get('team_name', row), day(chart.get('delivery_date', row)),
        chart.get('cost_reporting_amount', row) === null ? '' : `cost ${money(chart.get('cost_reporting_amount', row))}`,
        chart.get('benefit_reporting_amount', row) === null ? '' : `returned ${money(chart.get('benefit_reporting_amount', row))}`].filter(Boolean).join(' · ')))));
    body.more ??= body.appendChild(el('div', { class: 'more' }));
    body.more.replaceChildren(...(rows.length > limit ? [el('button', { type: 'button', class: 'plain', on: {
      click: () => chooseIn(chart.name, { show: String(limit + 24) }, true) } }, `Show ${number(Math.min(24, rows.length - limit))} more of ${number(rows.length)}`)] : []));
    behind(chart, body, shownColumns(chart), rows, (name, row) => chart.get(name, row));
  },
};

const STATUS_WORDS = { measured: 'measured', insufficient_sample: 'too few to say', not_measured: 'not measured', incomplete: 'incomplete' };
const statusCell = text => (text === null ? el('span', { class: 'quiet' }, NONE)
  : el('span', { class: 'status' }, STATUS_COLOURS.has(text) ? swatch(text) : null, bdi(text)));
/** Names of what an opened initiative delivered on a day, the first five. */
const deliveredOn = place => {
  const work = CHARTS.get('deliverables');
  if (!work) return [];
  const names = work.all.filter(row => work.get('happened_on', row) === place && work.get('initiative', row) === state.open).map(row => work.get('deliverable_name', row));
  return names.length > 5 ? [...names.slice(0, 5), '…'] : names;
};
const monthOf = ms => {
  const at = new Date(ms);
  return at.getUTCDate() === 1 ? `${DATA.months[at.getUTCMonth()]} ${at.getUTCFullYear()}` : '';
};
const spanOf = days => {
  const found = [...days].sort();
  const month = (text, more) => { const at = new Date(`${text}T00:00:00Z`); return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + more, 1); };
  return { min: month(found[0], 0), max: month(found.at(-1), 1) };
};
const within = (place, chosen) => {
  const [outer, inner] = [DATA.periods[chosen], DATA.periods[place]];
  return outer[START] === null || (inner[START] !== null && inner[START] >= outer[START] && inner[END] <= outer[END]);
};
const newest = (chart, rows) => rows.reduce((best, row) =>
  (best === undefined || (chart.get('metric_version', row) ?? 0) > (chart.get('metric_version', best) ?? 0) ? row : best), undefined);

/** The figure of a period; where the metric has none at that length, that of its latest shorter period inside. */
const latest = (chart, chosen, member) => {
  const own = newest(chart, chart.at(chosen, member));
  if (own !== undefined) return own;
  for (const grain of FINER[DATA.periods[chosen][GRAIN]]) {
    for (let place = 0; place < DATA.periods.length; place += 1) { // newest first
      if (DATA.periods[place][GRAIN] === grain && within(place, chosen)) {
        const row = newest(chart, chart.at(place, member));
        if (row !== undefined && chart.role('value', row) !== null) return row;
      }
    }
  }
  // of a metric that is told for the whole time only, that
  const isOnlyWhole = !chart.all.some(row => chart.get('period', row) !== 0 && chart.get('member', row) === member);
  return isOnlyWhole ? newest(chart, chart.at(0, member)) : undefined;
};

/** A metric's rows over time, oldest first: by months where a month is chosen or nothing longer is known, else by quarters. */
const seriesOf = (chart, member, row) => {
  const own = row === undefined ? null : DATA.periods[chart.get('period', row)][GRAIN];
  const wanted = period(state)[GRAIN] === 'month' || own === 'month' ? ['month', 'quarter', 'fiscal_year'] : ['quarter', 'month', 'fiscal_year'];
  for (const grain of wanted) {
    const rows = [];
    for (let place = DATA.periods.length - 1; place > 0; place -= 1) {
      if (DATA.periods[place][GRAIN] !== grain) continue;
      const found = newest(chart, chart.at(place, member));
      if (found !== undefined) rows.push(found);
    }
    const known = rows.findIndex(one => chart.role('value', one) !== null);
    if (known >= 0) return rows.slice(known);
  }
  return [];
};

const categories = labels => ({
  type: 'category', data: labels, boundaryGap: true, axisTick: { show: false }, axisLine: { lineStyle: { color: LINE } },
  axisLabel: { ...FONT, fontSize: 11, interval: index => index === 0 || index === labels.length - 1, alignMinLabel: 'left', alignMaxLabel: 'right', showMinLabel: true, showMaxLabel: true },
});
const values = (write, more = {}) => ({
  type: 'value', splitNumber: 2, axisLabel: { ...FONT, fontSize: 11, formatter: value => (value === 0 ? '0' : write(value)) }, splitLine: { lineStyle: { color: LINE } }, ...more,
});

const targetsOf = (chart, member) => {
  const targets = CHARTS.get('targets');
  if (!targets) return [];
  const [dimension, id] = DATA.members[member];
  return targets.all.filter(row => targets.get('metric_name', row) === chart.metric && targets.get('dimension', row) === dimension
    && (dimension === 'total' || targets.get('member_id', row) === id)).map(row => targets.get('target_value', row));
};

const drawSeries = (chart, body, series, write, unit) => {
  const labels = series.map(row => DATA.periods[chart.get('period', row)][LABEL]);
  const isFew = row => chart.get('status', row) === 'insufficient_sample';
  const line = series.map(row => (isFew(row) ? null : chart.role('value', row)));
  const hasBounds = chart.has('lower') && series.some(row => chart.get('lower', row) !== null && !isFew(row));
  const [low, high] = ['lower', 'upper'].map(name => series.map(row => (isFew(row) ? null : chart.get(name, row))));
  // where another version begins; figures of before it, made anew by the version of now, were once published otherwise
  const since = DATA.metrics[chart.metric]?.since ?? null;
  const breaks = series.map((row, place) => [row, place]).filter(([row, place]) => {
    const [, , , start, end] = DATA.periods[chart.get('period', row)];
    return (since !== null && start !== null && since >= isoDay(start) && since < isoDay(end))
      || (place > 0 && chart.get('metric_version', row) !== chart.get('metric_version', series[place - 1]));
  }).map(([, place]) => place);
  const targets = targetsOf(chart, state.member);
  const chosen = series.map((row, place) => [chart.get('period', row), place]).filter(([place]) => state.period && within(place, state.period)).map(([, place]) => place);
  plot(body, 150, chart.heading, {
    grid: { left: 4, right: 10, top: 14, bottom: 2, outerBoundsMode: 'same', outerBounds: { left: 0, right: 0, top: 6, bottom: 0 } },
    xAxis: categories(labels),
    // an axis says a unit of words only in the figure above it
    yAxis: values(SHARES.has(unit) || MONEY.has(unit) || unit === 'points' ? write : precise, SHARES.has(unit) && DATA.metrics[chart.metric]?.most === 1 ? { min: 0, max: 1 } : { scale: true, min: targets.length ? extent => Math.min(extent.min, ...targets) : undefined, max: targets.length ? extent => Math.max(extent.max, ...targets) : undefined }),
    tooltip: { trigger: 'axis', ...tooltip(({ dataIndex }) => {
      const row = series[dataIndex];
      const n = chart.get('n', row) === null ? [] : [`n = ${number(chart.get('n', row))}`];
      return [labels[dataIndex], isFew(row) ? 'too few to say' : chart.role('value', row) === null ? 'not measured' : write(chart.role('value', row)),
        ...(isFew(row) || chart.get('lower', row) === null ? [] : [`95% interval ${write(chart.get('lower', row))} to ${write(chart.get('upper', row))}`]), ...n];
    }) },
    series: [
      ...(hasBounds ? [
        { type: 'line', stack: 'band', stackStrategy: 'all', data: low, symbol: 'none', lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false }, emphasis: { disabled: true } },
        { type: 'line', stack: 'band', stackStrategy: 'all', data: high.map((upper, place) => (upper === null || low[place] === null ? null : upper - low[place])),
          symbol: 'none', lineStyle: { opacity: 0 }, areaStyle: { color: LINK, opacity: 0.16 }, silent: true, tooltip: { show: false }, emphasis: { disabled: true } },
      ] : []),
      {
        type: 'line', data: line.map((value, place) => (value === null ? null : { value, symbolSize: chosen.includes(place) ? 9 : 5,
          symbol: chart.get('is_partial', series[place]) ? 'emptyCircle' : 'circle' })),
        color: LINK, lineStyle: { width: 2 }, connectNulls: false, showAllSymbol: true, emphasis: { disabled: true },
        markLine: { silent: true, symbol: 'none', data: [
          ...targets.map(target => ({ yAxis: target, lineStyle: { color: 'var(--s-value-created)', type: 'solid', width: 1.5 }, label: { formatter: `target ${write(target)}`, position: 'insideStartTop', ...FONT, fontSize: 11, color: 'var(--s-value-created-ink)' } })),
          ...breaks.map(place => ({ xAxis: place, lineStyle: { color: 'var(--warn-line)', type: 'dashed' }, label: { formatter: 'new definition', position: 'insideEndTop', ...FONT, fontSize: 11 } })),
        ] },
      },
      { type: 'scatter', data: series.map(row => (isFew(row) && chart.role('value', row) !== null ? chart.role('value', row) : null)), symbol: 'emptyCircle', symbolSize: 6,
        itemStyle: { color: QUIET, opacity: 0.6 }, emphasis: { disabled: true }, tooltip: { show: false } },
    ],
  });
};

/** Of each goal the row at the end of a period: the last up to its end. */
const goalsAt = (chart, chosen, matches) => {
  const end = DATA.periods[chosen][END];
  const last = new Map();
  for (const row of chart.all) {
    if ((end === null || chart.role('day', row) < end) && matches(row)) {
      const id = chart.role('id', row);
      const before = last.get(id);
      if (before === undefined || chart.role('day', row) >= chart.role('day', before)) last.set(id, row);
    }
  }
  return [...last.values()].sort((a, b) => a - b);
};
const standing = (chart, row) => {
  if (chart.role('score', row) === null) return chart.get('score_status', row) === 'silent' ? 'no recent check-in' : 'not measured';
  if (chart.get('is_final', row)) return 'ended';
  return chart.get('is_on_pace', row) ? 'on pace' : 'behind pace';
};
const emptyGoalCard = id => el('div', { class: 'card', 'data-id': id }, el('h4', {}), el('p', { class: 'amount' }),
  el('p', { class: 'quiet line' }), el('div', { class: 'card-body' }), el('p', { class: 'quiet line ends' }));
const fillGoalCard = (chart, row, card) => {
  const id = chart.role('id', row);
  const [title, amount, line, inside, ends] = card.children;
  card.body = inside;
  const score = chart.role('score', row);
  const stands = standing(chart, row);
  title.replaceChildren(bdi(sentence(chart.role('name', row))));
  amount.textContent = score === null ? stands : `${share(score)} of the way`;
  amount.className = `amount ${score === null ? 'is-missing' : ''} ${slug(stands)}`;
  const unit = chart.get('unit', row);
  const value = chart.get('value', row);
  const isHeld = chart.get('goal_type', row) === 'hold';
  line.textContent = [score === null ? '' : stands, value === null ? '' : `${precise(value)}${unit && unit !== 'count' ? ` ${unit}` : ''}, ${isHeld ? 'to hold' : 'target'} ${precise(chart.get('target_value', row))}`,
    chart.get('is_outcome', row) ? '' : 'output, not outcome'].filter(Boolean).join(' · ');
  const steps = chart.all.filter(one => chart.role('id', one) === id && chart.role('day', one) <= chart.role('day', row));
  const time = place => DATA.days[place][0];
  const [from, to] = [chart.get('runs_from', row), chart.get('runs_to', row)];
  if (from === null || to === null) return;
  plot(inside, 92, `${chart.role('name', row)}.`, {
    grid: { left: 40, right: 6, top: 8, bottom: 6, outerBoundsMode: 'none' },
    xAxis: { type: 'time', min: time(from), max: time(to), axisLabel: { show: false }, axisTick: { show: false }, splitLine: { show: false }, axisLine: { lineStyle: { color: LINE } } },
    yAxis: { type: 'value', min: 0, max: 1, axisLabel: { ...FONT, fontSize: 11, customValues: [0, 1], formatter: share }, splitLine: { show: false } },
    series: [
      { type: 'line', silent: true, symbol: 'none', color: QUIET, lineStyle: { width: 1, type: 'dashed' }, emphasis: { disabled: true }, data: isHeld ? [] : [[time(from), 0], [time(to), 1]],
        markLine: { silent: true, symbol: 'none', label: { show: false }, lineStyle: { color: 'var(--s-value-created)', type: 'solid' }, data: [{ yAxis: 1 }] } },
      { type: 'line', silent: true, color: LINK, symbolSize: 4, lineStyle: { width: 2 }, emphasis: { disabled: true },
        data: steps.map(one => [time(chart.role('day', one)), chart.role('score', one)]).filter(([at]) => at <= time(to)) },
    ],
  });
  ends.replaceChildren(el('span', {}, day(from)), el('span', {}, day(to)));
};
