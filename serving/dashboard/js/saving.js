// Buttons that save a table as CSV or Excel, and a chart as a picture.

import { csv } from './csv.js';
import { DATA } from './data.js';
import { button, el } from './elements.js';
import { png } from './png.js';
import { xlsx } from './xlsx.js';

const EXCEL = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const download = (name, blob) => {
  const link = el('a', { href: URL.createObjectURL(blob), download: `${DATA.portfolio}-${name}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};

const saver = (as, title, act) =>
  button('plain csv', `Save as ${as}`, act, { 'aria-label': `Save as ${as}: ${title}` });

/** Buttons that save a table; `rows` gives its rows when one is pressed. */
export const tableButtons = ({ name }, title, columns, rows, get) => [
  saver('CSV', title, () =>
    download(`${name}.csv`, new Blob(['\ufeff', csv(columns, rows(), get)], { type: 'text/csv;charset=utf-8' })),
  ),
  saver('Excel', title, () => download(`${name}.xlsx`, new Blob([xlsx(columns, rows(), get)], { type: EXCEL }))),
];

/** A button that saves the picture of the one chart that a figure draws; none where it draws none, or several. */
export const pictureButtons = ({ name }, title, figure) => {
  const drawn = [...(figure?.querySelectorAll('.plot svg') ?? [])].filter(svg => svg.getBoundingClientRect().width);
  if (drawn.length !== 1) return [];
  const [whose, asOf] = ['h1', '.top strong'].map(one => document.querySelector(one)?.textContent.trim());
  const said = `${whose} · as of ${asOf}`;
  return [saver('PNG', title, async () => download(`${name}.png`, await png(drawn[0], title, said)))];
};
