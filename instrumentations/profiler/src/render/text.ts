import type { SpanTime } from '../spans/by-span.ts';
import type { FunctionChange } from '../tree/difference.ts';
import { shortText } from '../tree/frame.ts';
import type { FunctionTotal, ProfileStatistics } from '../tree/statistics.ts';

const TOP = 20;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const millis = (micros: number): string => `${(micros / 1000).toFixed(1)} ms`;

/** A profile as lines of text: whose time it was, and the functions that took it. */
export function renderText(statistics: ProfileStatistics, top: number = TOP): string {
  const { samples, durationMicros, shares, functions, overheadEstimate } = statistics;
  const busyMicros = functions.reduce((sum, { selfMicros }) => sum + selfMicros, 0);
  const order = ['own', 'dependency', 'node', 'native', 'gc', 'idle'] as const;
  const row = (micros: number, { name, file, line }: FunctionTotal): string =>
    `${millis(micros).padStart(12)}  ${percent(busyMicros === 0 ? 0 : micros / busyMicros).padStart(7)}  ${shortText({ name, file, line, column: 0, category: 'own' })}`;
  const byTotal = [...functions].sort((a, b) => b.totalMicros - a.totalMicros);
  // A function that only calls others has no time of its own.
  const byOwn = functions.filter(({ selfMicros }) => selfMicros > 0);
  return [
    `${(durationMicros / 1e6).toFixed(2)} s, ${samples} samples, sampling took about ${percent(overheadEstimate)} of one CPU`,
    order.map((category) => `${LABELS[category]} ${percent(shares[category])}`).join('  '),
    '',
    'Functions by their own time (share of the busy time)',
    ...byOwn.slice(0, top).map((entry) => row(entry.selfMicros, entry)),
    '',
    'Functions by their time with what they call',
    ...byTotal.slice(0, top).map((entry) => row(entry.totalMicros, entry)),
    '',
  ].join('\n');
}

/** Which spans the time went to; nothing where no span is known. */
export function renderSpans(times: readonly SpanTime[], top: number = TOP): string {
  if (times.length === 0) return '';
  const rows = times.slice(0, top).map(({ name, spans, micros, concurrentShare }) => {
    const doubt =
      concurrentShare > 0.05 ? `, ${percent(concurrentShare)} while other traces were open` : '';
    return `${millis(micros).padStart(12)}  ${name} (${spans} spans${doubt})`;
  });
  return `\nSpans by the time of the innermost one\n${rows.join('\n')}\n`;
}

/** What a share of the time is called. */
export const LABELS = {
  own: 'your code',
  dependency: 'dependencies',
  node: 'Node.js',
  native: 'native code',
  gc: 'garbage collection',
  idle: 'idle',
} as const;

/** Two profiles as lines of text: the functions that grew, then those that shrank. */
export function renderChanges(changes: readonly FunctionChange[], top: number = TOP): string {
  const grown = changes.filter(({ before, after }) => after > before).slice(0, top);
  const shrunk = changes
    .filter(({ before, after }) => after < before)
    .slice(-top)
    .toReversed();
  const row = ({ name, file, line, before, after }: FunctionChange): string => {
    const points = `${after > before ? '+' : ''}${((after - before) * 100).toFixed(1)}`;
    return `${points.padStart(8)}  ${percent(before).padStart(7)} > ${percent(after).padStart(7)}  ${shortText({ name, file, line, column: 0, category: 'own' })}`;
  };
  const none = '  none by a tenth of a percent or more';
  return [
    'Points of the busy time, then its share before and after',
    '',
    'Grew',
    ...(grown.length === 0 ? [none] : grown.map(row)),
    '',
    'Shrank',
    ...(shrunk.length === 0 ? [none] : shrunk.map(row)),
    '',
  ].join('\n');
}
