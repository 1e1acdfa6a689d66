// A chart as a picture: its title, its SVG with the colours of the page, its legend, and whose figures they are.

import { FAMILY } from './plot.js';

const SCALE = 2;
const EDGE = 16;
const LINE = 22;

const styles = () => getComputedStyle(document.documentElement);

/** Text with CSS variables replaced by what they are now; a picture doesn't know them. */
const resolved = text => {
  const style = styles();
  let [before, after] = ['', text];
  while (before !== after) {
    before = after;
    after = before.replaceAll(/var\((--[\w-]+)(?:,\s*([^()]*))?\)/gu, (_, name, otherwise) => {
      return style.getPropertyValue(name).trim() || otherwise || 'none';
    });
  }
  return after;
};

const wrapped = (context, text, width) => {
  const lines = [''];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
};

/** The legend of a figure: [colour, text]. */
const legendOf = figure =>
  [...figure.querySelectorAll('.key li, .part-button')].map(item => {
    const mark = getComputedStyle(item.querySelector('.dash, .dot, .swatch'));
    const words = [...item.children].filter(one => !one.matches('[aria-hidden], .swatch'));
    const colour = mark.borderTopStyle === 'none' ? mark.backgroundColor : mark.borderTopColor;
    return [colour, words.map(one => one.textContent.trim()).join(': ') || item.textContent.trim()];
  });

/** The legend's places, each [colour, text, x, line], and how many lines it takes. */
const laidOut = (context, legend, width) => {
  let [x, line] = [0, 0];
  const places = legend.map(([colour, text]) => {
    const wide = context.measureText(text).width + 2 * EDGE;
    if (x && x + wide > width) [x, line] = [0, line + 1];
    x += wide;
    return [colour, text, x - wide, line];
  });
  return { places, lines: places.length && line + 1 };
};

/** The picture of the chart `svg` in a figure. */
export const png = async (svg, title, source) => {
  const { width, height } = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true);
  for (const [name, value] of Object.entries({ xmlns: 'http://www.w3.org/2000/svg', width, height })) {
    copy.setAttribute(name, value);
  }
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(resolved(copy.outerHTML))}`;
  await picture.decode();
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  const [bold, plain] = [`600 16px ${FAMILY}`, `12px ${FAMILY}`];
  context.font = bold;
  const lines = wrapped(context, title, width);
  context.font = plain;
  const legend = laidOut(context, legendOf(svg.closest('figure')), width);
  const top = EDGE + LINE * lines.length;
  const below = top + height;
  canvas.width = (width + 2 * EDGE) * SCALE;
  canvas.height = (below + LINE * (legend.lines + 1) + EDGE) * SCALE;
  context.scale(SCALE, SCALE);
  context.fillStyle = styles().getPropertyValue('--sheet');
  context.fillRect(0, 0, canvas.width, canvas.height);
  const write = (text, x, y, ink) => {
    context.fillStyle = styles().getPropertyValue(ink);
    context.fillText(text, EDGE + x, y, width);
  };
  context.font = bold;
  lines.forEach((line, place) => write(line, 0, EDGE + LINE * (place + 0.6), '--ink'));
  context.drawImage(picture, EDGE, top, width, height);
  context.font = plain;
  for (const [colour, text, x, line] of legend.places) {
    const y = below + LINE * (line + 0.7);
    context.fillStyle = colour;
    context.fillRect(EDGE + x, y - 9, 10, 10);
    write(text, x + EDGE, y, '--ink');
  }
  write(source, 0, below + LINE * (legend.lines + 0.8), '--quiet');
  return new Promise(done => canvas.toBlob(done, 'image/png'));
};
