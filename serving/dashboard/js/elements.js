// Create elements. Text becomes text nodes only: no string is ever parsed as HTML.

/** An element. Of its attributes `on` has listeners by event; true is one without value, false and null are none. */
export const el = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'on') for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
};

/** User-written text, in its own direction. */
export const bdi = text => el('bdi', {}, String(text));
export const quiet = text => el('span', { class: 'quiet' }, text);
export const button = (look, text, click, attributes = {}) =>
  el('button', { type: 'button', class: look, on: { click }, ...attributes }, text);

/** The mark of a metric that a check warned about. */
export const warnedMark = () =>
  el(
    'span',
    { class: 'warned' },
    el('span', { 'aria-hidden': 'true' }, '\u00a0⚠'),
    el('span', { class: 'unseen' }, ' (a check warned)'),
  );

/** A box that scrolls sideways, which the keyboard reaches. */
export const scroller = label => el('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': label });

/** A swatch with the colour of a status; for an unknown one, the accent colour. */
export const colourOf = status => `var(--s-${String(status).replaceAll(/[^a-z]+/g, '-')}, var(--accent))`;
export const swatch = status => {
  const made = el('span', { class: 'swatch', 'aria-hidden': 'true' });
  made.style.background = colourOf(status);
  return made;
};

/** The legend of lines: [name, colour, type of line]. */
export const lineKey = lines =>
  lines.map(([name, colour, type]) => {
    const dash = el('span', { class: 'dash', 'aria-hidden': 'true' });
    dash.style.borderTopColor = colour;
    dash.style.borderTopStyle = type;
    return el('li', {}, dash, bdi(name));
  });
