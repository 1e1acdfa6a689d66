// Charts drawn by ECharts. Colours are CSS variables, so that light, dark and print need no redrawing.

import { el } from './elements.js';

export const INK = 'var(--ink)';
export const QUIET = 'var(--quiet)';
export const LINE = 'var(--line)';
export const LINK = 'var(--link)';
export const GOOD = 'var(--s-value-created)';
export const FAMILY =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", Arial, sans-serif';
export const FONT = { fontFamily: FAMILY, fontSize: 12, color: QUIET };
export const SMALL = { ...FONT, fontSize: 11 };
/** Options of a series that doesn't respond to the pointer. */
export const STILL = { silent: true, symbol: 'none', emphasis: { disabled: true } };

const WIDTH = 300; // for a chart that isn't in the page yet
export const plots = new Set();

/** The place of a chart, as high as it is drawn. The SVG's viewBox lets print scale it. */
export class Plot {
  constructor(click) {
    this.element = el('div', { class: 'plot', role: 'img' });
    this.click = click;
  }

  draw(height, label, option) {
    this.element.hidden = false;
    this.element.style.height = `${height}px`;
    this.element.setAttribute('aria-label', `${label} The table below has the figures.`);
    if (!this.chart) {
      this.chart = echarts.init(this.element, null, { renderer: 'svg', width: this.width, height });
      if (this.click) this.chart.on('click', this.click);
      plots.add(this);
    } else if (this.height !== height) {
      this.chart.resize({ width: this.width, height });
    }
    this.height = height;
    this.chart.setOption({ animation: false, textStyle: FONT, ...option }, { notMerge: true });
    const svg = this.element.querySelector('svg');
    svg.setAttribute('viewBox', `0 0 ${this.chart.getWidth()} ${height}`);
    svg.setAttribute('aria-hidden', 'true');
  }

  get width() {
    return this.element.clientWidth || WIDTH;
  }

  hide() {
    this.element.hidden = true;
  }

  /** Draw it as wide as `width`, where it is in sight. */
  fit(width = this.element.clientWidth) {
    if (!this.chart || !this.element.clientWidth || width === this.chart.getWidth()) return;
    this.chart.resize({ width, height: this.height });
    this.chart.getZr().flush();
    this.element.querySelector('svg').setAttribute('viewBox', `0 0 ${width} ${this.height}`);
  }

  dispose() {
    this.chart?.dispose();
    plots.delete(this);
  }
}

/** A tooltip of several lines. */
export const tooltip = lines => ({
  confine: true,
  transitionDuration: 0,
  className: 'tip',
  extraCssText: 'max-width:20rem;white-space:normal',
  formatter: given => el('div', {}, ...lines(Array.isArray(given) ? given[0] : given).map(line => el('div', {}, line))),
});

/** An axis of names, of which the first and the last are written. */
export const categories = labels => ({
  type: 'category',
  data: labels,
  axisTick: { show: false },
  axisLine: { lineStyle: { color: LINE } },
  axisLabel: {
    ...SMALL,
    interval: index => index === 0 || index === labels.length - 1,
    alignMinLabel: 'left',
    alignMaxLabel: 'right',
    showMinLabel: true,
    showMaxLabel: true,
  },
});

/** An axis of figures, written by `write`. */
export const values = (write, more = {}) => ({
  type: 'value',
  splitNumber: 2,
  axisLabel: { ...SMALL, formatter: value => (value === 0 ? '0' : write(value)) },
  splitLine: { lineStyle: { color: LINE } },
  ...more,
});

/** A grid whose labels stay inside the chart. */
export const grid = edges => ({ left: 4, right: 10, top: 14, bottom: 2, outerBoundsMode: 'same', ...edges });
