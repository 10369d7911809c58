import { textKey } from '@telltale/core';

import type { CpuProfile } from '../tree/cpu-profile.ts';
import { type Sample, type Stack, StackTable, samplesOf } from '../tree/samples.ts';
import type { SpanInterval } from './span-interval.ts';

/** A stack and the span that it was seen in. */
export interface SpanStack extends Stack {
  readonly span: SpanInterval | undefined;
  /** Spans of several traces were open: the sample may belong to another of them. */
  readonly isConcurrent: boolean;
}

/** Time of all spans of one name. */
export interface SpanTime {
  readonly name: string;
  readonly spans: number;
  readonly samples: number;
  readonly micros: number;
  /** Share of its samples that were seen while other traces were open too, 0 to 1. */
  readonly concurrentShare: number;
}

interface Placed {
  readonly span: SpanInterval | undefined;
  readonly isConcurrent: boolean;
}

const NOWHERE: Placed = { span: undefined, isConcurrent: false };

/**
 * The innermost span that was open at each sample: exact for what runs in one go, and a guess,
 * marked so, where requests interleave.
 */
export function placeSamples(
  samples: readonly Sample[],
  spans: readonly SpanInterval[],
): readonly Placed[] {
  const waiting = [...spans].sort((a, b) => a.startMicros - b.startMicros);
  let next = 0;
  let open: SpanInterval[] = [];
  return samples.map(({ atMicros }) => {
    for (let span = waiting[next]; span !== undefined && span.startMicros <= atMicros; ) {
      open.push(span);
      next += 1;
      span = waiting[next];
    }
    open = open.filter(({ endMicros }) => endMicros >= atMicros);
    // Opened last is innermost.
    const span = open.at(-1);
    if (span === undefined) return NOWHERE;
    return { span, isConcurrent: open.some(({ traceId }) => traceId !== span.traceId) };
  });
}

/** Samples whose spans are known, as `ExactProfiler` records them. */
function placeExactly(
  sampleSpans: readonly (string | undefined)[],
  spans: readonly SpanInterval[],
): readonly Placed[] {
  const byId = new Map(spans.map((span) => [span.spanId, { span, isConcurrent: false }]));
  return sampleSpans.map((spanId) => byId.get(spanId ?? '') ?? NOWHERE);
}

export interface ByEachSpan {
  readonly hasIdle: boolean;
  /** The span of each sample where it is known, by its id. */
  readonly sampleSpans?: readonly (string | undefined)[] | undefined;
}

/** The stacks of a profile, apart for each span. */
export function stacksBySpan(
  profile: CpuProfile,
  spans: readonly SpanInterval[],
  { hasIdle, sampleSpans }: ByEachSpan,
): readonly SpanStack[] {
  const table = new StackTable(profile);
  const samples = samplesOf(profile);
  const placed =
    sampleSpans === undefined ? placeSamples(samples, spans) : placeExactly(sampleSpans, spans);
  const stacks = new Map<string, { -readonly [Key in keyof SpanStack]: SpanStack[Key] }>();
  for (const [index, { nodeId, micros }] of samples.entries()) {
    const frames = table.frames(nodeId);
    const leaf = frames.at(-1);
    if (leaf === undefined || (!hasIdle && leaf.category === 'idle')) continue;
    const { span, isConcurrent } = placed[index] ?? NOWHERE;
    const key = textKey([String(nodeId), span?.spanId ?? '', String(isConcurrent)]);
    const stack = stacks.get(key) ?? { frames, span, isConcurrent, samples: 0, micros: 0 };
    stacks.set(key, stack);
    stack.samples += 1;
    stack.micros += micros;
  }
  return [...stacks.values()];
}

/** Which spans the time went to, the longest first. */
export function spanTimes(stacks: readonly SpanStack[]): readonly SpanTime[] {
  const times = new Map<
    string,
    { ids: Set<string>; samples: number; micros: number; concurrent: number }
  >();
  for (const { span, samples, micros, isConcurrent } of stacks) {
    if (span === undefined) continue;
    const time = times.get(span.name) ?? { ids: new Set(), samples: 0, micros: 0, concurrent: 0 };
    times.set(span.name, time);
    time.ids.add(span.spanId);
    time.samples += samples;
    time.micros += micros;
    if (isConcurrent) time.concurrent += samples;
  }
  return [...times]
    .map(([name, { ids, samples, micros, concurrent }]) => ({
      name,
      spans: ids.size,
      samples,
      micros,
      concurrentShare: samples === 0 ? 0 : concurrent / samples,
    }))
    .sort((a, b) => b.micros - a.micros);
}
