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

const valueOf = one => (one !== null && typeof one === 'object' && !Array.isArray(one) ? one.value : one);

/** The points of a chart that have a tooltip, one for each place of an axis that has one for all. */
const pointsOf = ({ tooltip: told, series }) => {
  const found = series.flatMap(({ silent, tooltip: own, data }, seriesIndex) =>
    silent || own?.show === false
      ? []
      : data.flatMap((one, dataIndex) => ((valueOf(one) ?? null) === null ? [] : [{ seriesIndex, dataIndex }])),
  );
  if (told.trigger !== 'axis') return found;
  return found.filter(({ dataIndex }, place) => found.findIndex(one => one.dataIndex === dataIndex) === place);
};

/** The place of a chart, as high as it is drawn. The SVG's viewBox lets print scale it. */
export class Plot {
  constructor(click) {
    const on = { keydown: event => this.press(event), blur: () => this.tell(null) };
    this.points = [];
    this.element = el('div', { class: 'plot', role: 'img', on });
    this.click = click;
  }

  draw(height, label, option) {
    this.element.hidden = false;
    this.element.style.height = `${height}px`;
    this.told = null;
    this.points = option.tooltip ? pointsOf(option) : [];
    const hasPoints = this.points.length > 0;
    if (hasPoints) this.element.tabIndex = 0;
    else this.element.removeAttribute('tabindex');
    const keys = hasPoints ? ' Arrow keys show its points.' : '';
    this.element.setAttribute('aria-label', `${label} The table below has the figures.${keys}`);
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

  /** Tell of a point by its tooltip; null: of none. */
  tell(place) {
    this.told = place;
    if (place === null) this.chart?.dispatchAction({ type: 'hideTip' });
    else this.chart.dispatchAction({ type: 'showTip', ...this.points[place] });
  }

  /** Arrows lead from point to point, Home and End to the first and the last; Escape closes the tooltip. */
  press(event) {
    const last = this.points.length - 1;
    const at = this.told ?? null;
    const next = {
      ArrowRight: () => (at === null ? 0 : Math.min(at + 1, last)),
      ArrowLeft: () => (at === null ? last : Math.max(at - 1, 0)),
      Home: () => 0,
      End: () => last,
      Escape: () => null,
    }[event.key];
    if (!next || last < 0) return;
    event.preventDefault();
    this.tell(next());
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
