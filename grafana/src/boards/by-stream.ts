import { MODEL, STREAM } from '../labels.ts';
import type { Target } from '../panels/panel.ts';

/** A target with a line for each stream. */
export const byStream = (expr: string, more = ''): Target => ({
  expr,
  legend: `{{${MODEL}}} {{${STREAM}}}${more}`,
});
