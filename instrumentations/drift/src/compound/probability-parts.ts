import { isVector } from './embedding-parts.ts';
import type { Part, ValueParts } from './value-parts.ts';

const PARTS: readonly Part[] = [
  { suffix: 'confidence', kind: 'confidence' },
  { suffix: 'margin', kind: 'numeric' },
  { suffix: 'entropy', kind: 'numeric' },
  { suffix: 'class', kind: 'categorical' },
];

const CLASSES_MAX = 4096;
const NO_PROBABILITIES = 'numbers that are no probabilities: from 0 to 1, with the sum 1';
/** How far from 1 probabilities may add up to. */
const SUM_TOLERANCE = 1e-3;

/**
 * What is watched of the probabilities of classes: the largest, its lead over the second, the
 * entropy in nats, and which class it is.
 */
export class ProbabilityParts implements ValueParts {
  readonly parts: readonly Part[] = PARTS;
  readonly values: (number | undefined)[] = PARTS.map(() => undefined);

  split(value: unknown): string | undefined {
    if (!isVector(value)) return 'no list of probabilities';
    if (value.length < 2 || value.length > CLASSES_MAX) return `${value.length} probabilities`;
    let sum = 0;
    let entropy = 0;
    let best = -1;
    let second = -1;
    let chosen = 0;
    for (let index = 0; index < value.length; index += 1) {
      const p = value[index];
      if (typeof p !== 'number' || !(p >= 0 && p <= 1)) return NO_PROBABILITIES;
      sum += p;
      if (p > 0) entropy -= p * Math.log(p);
      if (p > best) {
        second = best;
        best = p;
        chosen = index;
      } else if (p > second) second = p;
    }
    this.values[0] = best;
    this.values[1] = best - second;
    this.values[2] = entropy;
    this.values[3] = chosen;
    return Math.abs(sum - 1) <= SUM_TOLERANCE ? undefined : NO_PROBABILITIES;
  }
}
