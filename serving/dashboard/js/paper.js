// Fit charts to the width of the screen, and of paper.

import { plots } from './plot.js';

const PAPER = 1000; // at this width of the page a chart's text, scaled down to A4, is as large as the text around it

const fitAll = () => plots.forEach(plot => plot.fit());

/** On paper everything is shown, in the proportions of paper; the SVG's viewBox does the scaling. */
export const fitToPaper = (showAll, showChosen) => {
  let resizing = 0;
  addEventListener('resize', () => {
    cancelAnimationFrame(resizing);
    resizing = requestAnimationFrame(fitAll);
  });
  addEventListener('beforeprint', () => {
    showAll();
    const whole = document.querySelector('main').clientWidth;
    for (const plot of plots) plot.fit(Math.round((plot.element.clientWidth * PAPER) / whole));
  });
  addEventListener('afterprint', () => {
    showChosen();
    fitAll();
  });
};
