import { parseDuration } from '../../../collector/src/model/duration.ts';
import type { Labels } from '../../../collector/src/model/labels.ts';
import {
  parseSelectorPart,
  repeat,
  splitItems,
} from '../../../collector/src/promql/notation/series.ts';

/**
 * Reads the start timestamps of a series: durations relative to each sample, in milliseconds, in
 * the notation of `parseSequence`; `undefined` where a sample has none.
 *
 * @throws {SyntaxError} saying what cannot be read.
 */
export function parseStartTimes(text: string): (number | undefined)[] {
  return splitItems(text).flatMap((item) => {
    const parts =
      /^(?:_(?:x(?<skipped>\d+))?|(?<base>[+-]?\d+[a-wyz]*)(?:(?<step>[+-]\d+[a-wyz]*)?x(?<times>\d+))?)$/iu.exec(
        item,
      );
    if (parts === null) throw new SyntaxError(`Cannot read start timestamp "${item}"`);
    const { skipped, base, step, times } = parts.groups ?? {};
    if (base === undefined) return repeat(Number(skipped ?? 1), () => undefined);
    const stepMs = step === undefined ? 0 : parseSignedDuration(step);
    const baseMs = parseSignedDuration(base);
    return repeat(Number(times ?? 0) + 1, (position) => baseMs + position * stepMs);
  });
}

/**
 * Reads `metric{label="value"}@st -1m...`, the start timestamps of the series on the next line;
 * `undefined` when the line is none of these.
 */
export function parseStartTimeLine(
  text: string,
): { labels: Labels; startTimes: (number | undefined)[] } | undefined {
  const { labels, end } = parseSelectorPart(text);
  if (!text.startsWith('@st', end)) return undefined;
  return { labels, startTimes: parseStartTimes(text.slice(end + 3)) };
}

function parseSignedDuration(text: string): number {
  const durationMs = parseDuration(text.replace(/^[+-]/u, ''));
  return text.startsWith('-') ? -durationMs : durationMs;
}
