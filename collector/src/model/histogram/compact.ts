import { foldSpans, unfoldSpans } from './buckets.ts';
import type { NativeHistogram, Span } from './histogram.ts';

/** The histogram without empty buckets and with as few spans as possible. */
export function compactHistogram(histogram: NativeHistogram): NativeHistogram {
  const positive = compactSide(histogram.positiveSpans, histogram.positiveCounts);
  const negative = compactSide(histogram.negativeSpans, histogram.negativeCounts);
  if (positive === undefined && negative === undefined) return histogram;
  return {
    ...histogram,
    positiveSpans: positive?.spans ?? histogram.positiveSpans,
    positiveCounts: positive?.counts ?? histogram.positiveCounts,
    negativeSpans: negative?.spans ?? histogram.negativeSpans,
    negativeCounts: negative?.counts ?? histogram.negativeCounts,
  };
}

/** `undefined` when nothing has to change. */
function compactSide(
  spans: readonly Span[],
  counts: readonly number[],
): { spans: Span[]; counts: number[] } | undefined {
  if (isCompact(spans, counts)) return undefined;
  const { indices } = unfoldSpans(spans, counts);
  const kept = indices.filter((_, position) => counts[position] !== 0);
  return {
    spans: foldSpans(kept),
    counts: counts.filter((count, position) => count !== 0 && position < indices.length),
  };
}

function isCompact(spans: readonly Span[], counts: readonly number[]): boolean {
  return (
    counts.every((count) => count !== 0) &&
    spans.every((span, position) => span.length > 0 && (position === 0 || span.offset > 0))
  );
}
