import { logGamma } from '../distance/special-functions.ts';

/** Such a difference of two halves, or a larger one, comes by chance once in a thousand. */
const HALVES_P_MIN = 0.001;
/** Missing values without which a start is no worse than the rest. */
const START_HITS_MIN = 5;
/** Parts of a start that must all have missing values. */
const START_PARTS = 8;
/** Twice the log likelihood ratio from which the start is another stretch than the rest. */
const START_RATIO_MIN = 20;

/**
 * Whether two halves of records have something equally often, by the exact hypergeometric law.
 *
 * @param hits 1 where it happened, else 0, independent of each other
 * @param tests that are made of the same records: one of them cries wolf no oftener than one alone
 */
export function areHalvesEqual(hits: readonly number[], tests = 1): boolean {
  const middle = Math.floor(hits.length / 2);
  const first = sumOf(hits.slice(0, middle));
  const all = sumOf(hits);
  return (
    hypergeometricP(first, { all, drawn: middle, records: hits.length }) > HALVES_P_MIN / tests
  );
}

const sumOf = (hits: readonly number[]): number => hits.reduce((sum, hit) => sum + hit, 0);

/** Two-sided: of this and all outcomes that are no more likely. */
function hypergeometricP(
  hits: number,
  of: { readonly all: number; readonly drawn: number; readonly records: number },
): number {
  const { all, drawn, records } = of;
  const logChoose = (n: number, k: number): number =>
    logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
  const logOf = (k: number): number =>
    logChoose(all, k) + logChoose(records - all, drawn - k) - logChoose(records, drawn);
  const limit = logOf(hits) + 1e-9;
  let p = 0;
  for (let k = Math.max(0, drawn - (records - all)); k <= Math.min(all, drawn); k += 1) {
    const log = logOf(k);
    if (log <= limit) p += Math.exp(log);
  }
  return p;
}

/**
 * How many records at the start are another stretch than the rest: more of them are missing, evenly
 * so, as while an application warms up. An outage in the middle is no such start: outages come
 * again, and a baseline without them would take the next one for a change.
 *
 * @param outcomes 0 for a usable value, in time order
 * @returns at most half of the records
 */
export function startLength(outcomes: readonly number[]): number {
  const n = outcomes.length;
  const hits = outcomes.map((outcome) => (outcome === 0 ? 0 : 1));
  const all = sumOf(hits);
  let best = 0;
  let bestRatio = START_RATIO_MIN;
  let inStart = 0;
  for (let length = 1; length <= n / 2; length += 1) {
    inStart += hits[length - 1] ?? 0;
    if (inStart < START_HITS_MIN || inStart * (n - length) <= (all - inStart) * length) continue;
    const ratio =
      2 * (logLikelihood(inStart, length) + logLikelihood(all - inStart, n - length)) -
      2 * logLikelihood(all, n);
    if (ratio > bestRatio) {
      best = length;
      bestRatio = ratio;
    }
  }
  return isEven(hits.slice(0, best)) ? best : 0;
}

/** At its most likely share. */
function logLikelihood(hits: number, records: number): number {
  const term = (count: number): number => (count === 0 ? 0 : count * Math.log(count / records));
  return term(hits) + term(records - hits);
}

/** Whether each part of a stretch has its share of them; outages fall into some parts only. */
function isEven(hits: readonly number[]): boolean {
  const length = hits.length / START_PARTS;
  const expected = sumOf(hits) / START_PARTS;
  return Array.from({ length: START_PARTS }, (_, part) =>
    sumOf(hits.slice(Math.floor(part * length), Math.floor((part + 1) * length))),
  ).every((count) => count * 4 >= expected);
}
