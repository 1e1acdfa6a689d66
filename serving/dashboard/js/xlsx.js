// A table as an Excel workbook (Office Open XML) with one sheet: texts as texts, figures as numbers, days as dates.

import { isoDay } from './data.js';

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const DAY = 864e5;
const FIRST_DAY = Date.UTC(1899, 11, 30); // day 0 of a workbook

const ESCAPED = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Text of an XML file, which can't contain most control characters. */
const escaped = text =>
  String(text)
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll(/[&<>"]/g, one => ESCAPED[one]);

const textCell = text => `<c t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;

const cell = (value, column) => {
  if (value === null || value === undefined) return '<c/>';
  if (column.unit === 'day') return `<c s="1"><v>${(Date.parse(isoDay(value)) - FIRST_DAY) / DAY}</v></c>`;
  return typeof value === 'number' ? `<c><v>${value}</v></c>` : textCell(value);
};

const relations = all =>
  `<Relationships xmlns="${PACKAGE}/relationships">${all
    .map(([type, target], place) => `<Relationship Id="r${place}" Type="${OFFICE}/${type}" Target="${target}"/>`)
    .join('')}</Relationships>`;

const part = (name, type) => `<Override PartName="/${name}" ContentType="${TYPE}.${type}+xml"/>`;

const rowOf = cells => `<row>${cells.join('')}</row>`;

/** The workbook's bytes. */
export const xlsx = (columns, rows, get) => {
  const lines = rows.map(row => rowOf(columns.map(column => cell(get(column.name, row), column))));
  const sheet = [rowOf(columns.map(column => textCell(column.label))), ...lines].join('');
  const relation = 'application/vnd.openxmlformats-package.relationships+xml';
  const types = [
    `<Default Extension="rels" ContentType="${relation}"/>`,
    part('workbook.xml', 'sheet.main'),
    part('sheet.xml', 'worksheet'),
    part('styles.xml', 'styles'),
  ];
  const sheets = '<sheets><sheet name="Figures" sheetId="1" r:id="r0"/></sheets>';
  // style 1 is a date
  const styles = [
    '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>',
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>',
    '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>',
  ];
  const files = {
    '[Content_Types].xml': `<Types xmlns="${PACKAGE}/content-types">${types.join('')}</Types>`,
    '_rels/.rels': relations([['officeDocument', 'workbook.xml']]),
    '_rels/workbook.xml.rels': relations([
      ['worksheet', 'sheet.xml'],
      ['styles', 'styles.xml'],
    ]),
    'workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}">${sheets}</workbook>`,
    'styles.xml': `<styleSheet xmlns="${MAIN}">${styles.join('')}</styleSheet>`,
    'sheet.xml': `<worksheet xmlns="${MAIN}"><sheetData>${sheet}</sheetData></worksheet>`,
  };
  const bytes = ([name, text]) => [name, fflate.strToU8(HEAD + text)];
  return fflate.zipSync(Object.fromEntries(Object.entries(files).map(bytes)));
};
