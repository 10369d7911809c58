import { sha256 } from '@telltale/instrument';
import {
  type Baseline,
  type BaselineProblem,
  foreignField,
  numberOfCell,
  type ParsedBaseline,
  parseBaseline,
} from '@telltale/statistics';

import type { StreamMonitor } from '../stream/stream-monitor.ts';

/** Tells the operator something: a kind, which bounds how often it is reported, and one line. */
export type Report = (kind: string, message: string) => void;

/** What keeps a baseline from being that of a stream, if anything. */
export function misfit(
  baseline: Baseline,
  { key, kind }: Pick<StreamMonitor, 'key' | 'kind'>,
): BaselineProblem | undefined {
  const foreign = foreignField(baseline, key);
  if (foreign !== undefined || baseline.kind === kind) return foreign;
  // Numbers with few different values are watched as categories, and learned as such too.
  const { known } = baseline;
  const areNumbers =
    known.kind === 'categories' && known.names.every((name) => numberOfCell(name) !== undefined);
  if (areNumbers && kind !== 'categorical') return undefined;
  return {
    field: 'stream.kind',
    reason: `expected "${kind}": current value is "${baseline.kind}"`,
  };
}

/**
 * Watches a stream against this baseline from now on, unless it already does.
 *
 * @returns what keeps it from fitting
 */
export function adoptBaseline(
  stream: StreamMonitor,
  { baseline, id }: ParsedFile,
): BaselineProblem | undefined {
  const problem = misfit(baseline, stream);
  if (problem !== undefined || stream.comparison?.baselineId === id) return problem;
  try {
    stream.adopt(baseline);
    return undefined;
  } catch {
    return { field: '', reason: 'nothing can be compared with it' };
  }
}

/** A baseline file that was read and found to be sound. */
export type ParsedFile = Extract<ParsedBaseline, { ok: true }>;

/**
 * Reads a baseline file; a bad one is refused as a whole, with one line.
 *
 * @param place where the text came from, for that line
 */
export function readBaselineText(
  text: string,
  place: string,
  report: Report,
): ParsedFile | undefined {
  const parsed = parseBaseline(text, sha256);
  if (parsed.ok) return parsed;
  report(`baseline ${place}`, unusable(place, parsed.problem));
  return undefined;
}

/** The line about a baseline that cannot be used. */
export const unusable = (place: string, { field, reason }: BaselineProblem): string =>
  `Cannot use the baseline ${place}: ${field === '' ? '' : `${field}: `}${reason}`;
