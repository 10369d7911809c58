import type { Category } from './category.ts';
import type { CpuProfile } from './cpu-profile.ts';
import { type Frame, frameKey } from './frame.ts';
import { type Stack, stacksOf } from './samples.ts';

/** A function with its time over all stacks. */
export interface FunctionTotal {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly category: Category;
  /** Microseconds in which it ran itself. */
  readonly selfMicros: number;
  /** Microseconds in which it or what it called ran; a recursive call counts once. */
  readonly totalMicros: number;
}

/** A profile in figures. */
export interface ProfileStatistics {
  readonly samples: number;
  readonly durationMicros: number;
  readonly intervalMicros: number;
  /** Share of the duration by whose code ran, 0 to 1. */
  readonly shares: Readonly<Record<Category, number>>;
  /** Sorted by self time, the largest first; idle time is not among them. */
  readonly functions: readonly FunctionTotal[];
  /** Share of one CPU that sampling itself took, estimated. */
  readonly overheadEstimate: number;
}

/** CPU of the process for each sample, the sampler's thread included; measured 32 to 42 us. */
const SAMPLE_COST_MICROS = 33;

export function statisticsOf(profile: CpuProfile): ProfileStatistics {
  const stacks = stacksOf(profile, { hasIdle: true });
  const durationMicros = Math.max(0, profile.endTime - profile.startTime);
  const samples = profile.samples.length;
  return {
    samples,
    durationMicros,
    intervalMicros: samples === 0 ? 0 : Math.round(durationMicros / samples),
    shares: sharesOf(stacks),
    functions: functionTotals(stacks.filter(({ frames }) => frames.at(-1)?.category !== 'idle')),
    overheadEstimate: durationMicros === 0 ? 0 : (samples * SAMPLE_COST_MICROS) / durationMicros,
  };
}

function sharesOf(stacks: readonly Stack[]): Record<Category, number> {
  const shares = { own: 0, dependency: 0, node: 0, native: 0, gc: 0, idle: 0 };
  let all = 0;
  for (const { frames, micros } of stacks) {
    const category = frames.at(-1)?.category;
    if (category === undefined) continue;
    shares[category] += micros;
    all += micros;
  }
  if (all === 0) return shares;
  return Object.fromEntries(
    Object.entries(shares).map(([category, micros]) => [category, micros / all]),
  ) as Record<Category, number>;
}

/** Self and total time of each function, by self time. */
export function functionTotals(stacks: readonly Stack[]): readonly FunctionTotal[] {
  const totals = new Map<string, { frame: Frame; self: number; total: number }>();
  for (const { frames, micros } of stacks) {
    const counted = new Set<string>();
    for (const [index, frame] of frames.entries()) {
      const key = frameKey(frame);
      const entry = totals.get(key) ?? { frame, self: 0, total: 0 };
      totals.set(key, entry);
      if (index === frames.length - 1) entry.self += micros;
      if (counted.has(key)) continue;
      counted.add(key);
      entry.total += micros;
    }
  }
  return [...totals.values()]
    .map(({ frame: { name, file, line, category }, self, total }) => ({
      name,
      file,
      line,
      category,
      selfMicros: self,
      totalMicros: total,
    }))
    .sort((a, b) => b.selfMicros - a.selfMicros || b.totalMicros - a.totalMicros);
}
