import { type Feature, NO_SHIFT, type Shift } from '../../shift.ts';
import { FEATURES, type Row } from '../../training/dataset.ts';
import { createRandom, shuffled } from '../../training/random.ts';

/** What happens to the traffic, one after the other. */
export interface DriftPlan {
  readonly filtered: Shift & { readonly kind: 'filtered' };
  readonly broken: Shift & { readonly kind: 'broken' };
}

/** A story is this long where the run has no end. */
const STORY_MS = 60_000;
/** Shorter, and no baseline would be learned before the traffic shifts. */
export const STORY_MS_MIN = 40_000;

/** Parts of the story: clean, filtered, broken, and clean to the end. */
const FILTERED_FROM = 0.4;
const BROKEN_FROM = 0.6;
const RECOVERED_FROM = 0.7;

/** Shares of the rows that a filter may leave, and that a broken answer may have been before. */
const FILTERED_SHARE: readonly [number, number] = [0.2, 0.6];
const BROKEN_SHARE_MAX = 0.5;

/** Chooses which feature is filtered and which one breaks. */
export function planDrift(rows: readonly Row[], seed: number): DriftPlan {
  const random = createRandom(seed);
  const answers = shuffled(answersOf(rows), random);
  const [low, high] = FILTERED_SHARE;
  const filtered = pick(answers, ({ share }) => share >= low && share <= high);
  const broken = pick(
    answers,
    ({ feature, share }) => feature !== filtered.feature && share <= BROKEN_SHARE_MAX,
  );
  return {
    filtered: { kind: 'filtered', feature: filtered.feature, value: filtered.value },
    broken: { kind: 'broken', feature: broken.feature, value: broken.value },
  };
}

interface AnswerShare {
  readonly feature: Feature;
  readonly value: number;
  readonly share: number;
}

/** Every answer of every feature that some row gives, with the share of rows that give it. */
function answersOf(rows: readonly Row[]): readonly AnswerShare[] {
  return FEATURES.flatMap((feature, column) => {
    const values = [...new Set(rows.map(({ features }) => features[column] ?? 0))];
    return values
      .toSorted((a, b) => a - b)
      .map((value) => {
        const count = rows.filter(({ features }) => features[column] === value).length;
        return { feature, value, share: count / rows.length };
      });
  });
}

function pick(
  answers: readonly AnswerShare[],
  fits: (answer: AnswerShare) => boolean,
): AnswerShare {
  const found = answers.find(fits);
  if (found === undefined) throw new Error('Cannot plan a shift: no answer of any feature fits');
  return found;
}

/** When each part begins, in milliseconds since the start; `forMs` is the length of the run. */
export function momentsOf(forMs: number | undefined): {
  readonly filteredMs: number;
  readonly brokenMs: number;
  readonly recoveredMs: number;
} {
  const length = forMs ?? STORY_MS;
  return {
    filteredMs: FILTERED_FROM * length,
    brokenMs: BROKEN_FROM * length,
    recoveredMs: RECOVERED_FROM * length,
  };
}

/** What is different at a moment of the run. */
export function shiftAt(plan: DriftPlan, elapsedMs: number, forMs: number | undefined): Shift {
  const { filteredMs, brokenMs, recoveredMs } = momentsOf(forMs);
  if (elapsedMs < filteredMs || elapsedMs >= recoveredMs) return NO_SHIFT;
  return elapsedMs < brokenMs ? plan.filtered : plan.broken;
}
