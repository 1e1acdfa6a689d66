// The kinds of charts. `draw` draws a chart in its panel; if `isUnmeasured`, there is no panel.

import { answer } from './kinds/answer.js';
import { facts } from './kinds/facts.js';
import { goals } from './kinds/goals.js';
import { list } from './kinds/list.js';
import { parts } from './kinds/parts.js';
import { quadrant } from './kinds/quadrant.js';
import { ranking } from './kinds/ranking.js';
import { scorecard } from './kinds/scorecard.js';
import { timeline } from './kinds/timeline.js';
import { isUnmeasured, trend } from './kinds/trend.js';
import { wins } from './kinds/wins.js';

export const KINDS = {
  answer: { draw: answer },
  facts: { draw: facts },
  goals: { draw: goals },
  parts: { draw: parts },
  quadrant: { draw: quadrant },
  ranking: { draw: ranking },
  scorecard: { draw: scorecard },
  table: { draw: list },
  timeline: { draw: timeline },
  trend: { draw: trend, isUnmeasured },
  wins: { draw: wins },
};
