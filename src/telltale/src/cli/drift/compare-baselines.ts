import {
  type Baseline,
  chiSquaredTest,
  ksAsymptotic,
  ksNumerator,
  missingRate,
} from '@telltale/statistics';

import { shortNumber } from './text.ts';

/** An effect below this does not matter: the default of `drift.drift_threshold`. */
const EFFECT_MIN = 0.05;
/** Chance that any stream of a comparison is called different although none is. */
const CHANCE_MAX = 0.01;
const TESTS_PER_STREAM = 2;

/** One stream of two versions side by side. */
export interface StreamComparison {
  readonly stream: string;
  readonly direction: string;
  readonly verdict: 'alike' | 'differs' | 'only_first' | 'only_second' | 'kinds_differ';
  /** Kolmogorov-Smirnov distance of numbers, total variation of categories. */
  readonly effect: number | null;
  /** Probability of such an effect by chance. */
  readonly p: number | null;
  readonly missing: { readonly first: number; readonly second: number; readonly p: number } | null;
  readonly values: { readonly first: number; readonly second: number };
  /** Which way it moved, in words. */
  readonly moved: string;
}

/** Holds the streams of two versions against each other, by name, direction and segment. */
export function compareBaselines(
  first: readonly Baseline[],
  second: readonly Baseline[],
): readonly StreamComparison[] {
  const bySecond = new Map(second.map((baseline) => [idOf(baseline), baseline]));
  const firsts = new Set(first.map(idOf));
  const pairs = first.flatMap((one) => {
    const other = bySecond.get(idOf(one));
    return other === undefined ? [] : [[one, other] as const];
  });
  const chance = CHANCE_MAX / Math.max(1, TESTS_PER_STREAM * pairs.length);
  return [
    ...pairs.map(([one, other]) => compareTwo(one, other, chance)),
    ...first.filter((one) => !bySecond.has(idOf(one))).map((one) => alone(one, 'only_first')),
    ...second.filter((one) => !firsts.has(idOf(one))).map((one) => alone(one, 'only_second')),
  ];
}

const idOf = ({ key }: Baseline): string =>
  JSON.stringify([key.name, key.direction, key.segment ?? null, key.season ?? null]);

const headOf = ({ key }: Baseline): Pick<StreamComparison, 'stream' | 'direction'> => ({
  stream: key.segment === undefined ? key.name : `${key.name} (${key.segment})`,
  direction: key.direction,
});

const alone = (one: Baseline, verdict: 'only_first' | 'only_second'): StreamComparison => ({
  ...headOf(one),
  verdict,
  effect: null,
  p: null,
  missing: null,
  values: {
    first: verdict === 'only_first' ? one.size : 0,
    second: verdict === 'only_second' ? one.size : 0,
  },
  moved: '',
});

function compareTwo(one: Baseline, other: Baseline, chance: number): StreamComparison {
  const values = { first: one.size, second: other.size };
  const missing = missingOf(one, other);
  const found = one.known.kind === other.known.kind ? effectOf(one, other) : undefined;
  if (found === undefined) {
    const kinds = `${one.kind} and ${other.kind}`;
    return {
      ...headOf(one),
      verdict: 'kinds_differ',
      effect: null,
      p: null,
      missing,
      values,
      moved: kinds,
    };
  }
  const isMoved = found.effect >= EFFECT_MIN && found.p < chance;
  const isMissing = Math.abs(missing.second - missing.first) >= EFFECT_MIN && missing.p < chance;
  return {
    ...headOf(one),
    verdict: isMoved || isMissing ? 'differs' : 'alike',
    effect: found.effect,
    p: found.p,
    missing,
    values,
    moved: [...(isMoved ? [found.moved] : []), ...(isMissing ? ['missing values'] : [])].join(', '),
  };
}

interface FoundEffect {
  readonly effect: number;
  readonly p: number;
  readonly moved: string;
}

/** Records that depend on each other weigh less, by the design effect. */
const weightOf = ({ size, designEffect }: Baseline): number => Math.max(1, size / designEffect);

function effectOf(one: Baseline, other: Baseline): FoundEffect {
  if (one.known.kind === 'categories' && other.known.kind === 'categories') {
    return categoryEffectOf(one, other);
  }
  if (one.sample.length === 0 || other.sample.length === 0) return { effect: 0, p: 1, moved: '' };
  const effect = ksNumerator(one.sample, other.sample) / (one.sample.length * other.sample.length);
  const [m, n] = [weightOf(one), weightOf(other)];
  const by = (other.moments?.mean ?? 0) - (one.moments?.mean ?? 0);
  const moved = `mean ${by < 0 ? 'down' : 'up'} by ${shortNumber(Math.abs(by))}`;
  return { effect, p: ksAsymptotic({ m, n, numerator: effect * m * n }), moved };
}

function categoryEffectOf(one: Baseline, other: Baseline): FoundEffect {
  const [before, now] = [sharesOf(one), sharesOf(other)];
  // A name without a place on one side is among its others: there the sums can be compared only.
  const names = [...before.keys()].filter((name) => now.has(name));
  const rest = (shares: ReadonlyMap<string, number>): number =>
    Math.max(0, 1 - names.reduce((sum, name) => sum + (shares.get(name) ?? 0), 0));
  const pairs = [
    ...names.map((name) => [name, before.get(name) ?? 0, now.get(name) ?? 0] as const),
    ['all others', rest(before), rest(now)] as const,
  ];
  const effect = pairs.reduce((sum, [, a, b]) => sum + Math.abs(a - b), 0) / 2;
  const counts = (place: 1 | 2, of: Baseline): number[] =>
    pairs.map((pair) => pair[place] * weightOf(of));
  const test = chiSquaredTest(counts(1, one), counts(2, other), { pool: true });
  return { effect, p: test?.pValue ?? 1, moved: movedMost(before, now) };
}

/**
 * The category whose share moved most. One that has a name on one side only is somewhere among the
 * unnamed of the other, so its share there is known up to theirs.
 */
function movedMost(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): string {
  const [unnamedBefore, unnamedNow] = [unnamed(before), unnamed(now)];
  const moves = [...new Set([...before.keys(), ...now.keys()])].map((name) => {
    const [first, second] = [before.get(name), now.get(name)];
    const by = Math.abs((second ?? unnamedNow) - (first ?? unnamedBefore));
    const text = `"${name}" ${shareText(first, unnamedBefore)} to ${shareText(second, unnamedNow)}`;
    return { by, text };
  });
  moves.push({
    by: Math.abs(unnamedNow - unnamedBefore),
    text: `all others ${percent(unnamedBefore)} to ${percent(unnamedNow)}`,
  });
  return moves.reduce((most, each) => (each.by > most.by ? each : most)).text;
}

const unnamed = (shares: ReadonlyMap<string, number>): number =>
  Math.max(0, 1 - [...shares.values()].reduce((sum, share) => sum + share, 0));

function shareText(share: number | undefined, unnamedShare: number): string {
  if (share !== undefined) return percent(share);
  const most = percent(unnamedShare);
  return most === percent(0) ? most : `at most ${most}`;
}

function sharesOf({ known, categoryCounts, size }: Baseline): ReadonlyMap<string, number> {
  const names = known.kind === 'categories' ? known.names : [];
  return new Map(
    names.map((name, place) => [name, (categoryCounts[place] ?? 0) / Math.max(1, size)]),
  );
}

function missingOf(one: Baseline, other: Baseline): NonNullable<StreamComparison['missing']> {
  const counts = (of: Baseline): readonly [number, number] => {
    const { hits, records, designEffect } = missingRate(of);
    return [hits / designEffect, (records - hits) / designEffect];
  };
  const share = (of: Baseline): number => {
    const { hits, records } = missingRate(of);
    return records > 0 ? hits / records : 0;
  };
  const p = chiSquaredTest(counts(one), counts(other))?.pValue ?? 1;
  return { first: share(one), second: share(other), p };
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
