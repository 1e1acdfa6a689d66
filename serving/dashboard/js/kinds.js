// The kinds of charts. `draw` draws a chart in its panel; if `isUnmeasured`, there is no panel; `finding` is what a
// folded section says of it.

import { answer } from './kinds/answer.js';
import { facts } from './kinds/facts.js';
import { findingOfGoals, goals } from './kinds/goals.js';
import { findingOfLeaders, leaders } from './kinds/leaders.js';
import { findingOfRows, list } from './kinds/list.js';
import { months } from './kinds/months.js';
import { parts } from './kinds/parts.js';
import { quadrant } from './kinds/quadrant.js';
import { findingOfRanking, ranking } from './kinds/ranking.js';
import { scorecard } from './kinds/scorecard.js';
import { tiles } from './kinds/tiles.js';
import { timeline } from './kinds/timeline.js';
import { finding, isUnmeasured, trend } from './kinds/trend.js';
import { wins } from './kinds/wins.js';

export const KINDS = {
  answer: { draw: answer },
  facts: { draw: facts },
  goals: { draw: goals, finding: findingOfGoals },
  leaders: { draw: leaders, finding: findingOfLeaders },
  months: { draw: months },
  parts: { draw: parts },
  quadrant: { draw: quadrant },
  ranking: { draw: ranking, finding: findingOfRanking },
  scorecard: { draw: scorecard },
  table: { draw: list, finding: findingOfRows },
  tiles: { draw: tiles },
  timeline: { draw: timeline },
  trend: { draw: trend, isUnmeasured, finding },
  wins: { draw: wins, finding: findingOfRows },
};
