import type { Answer, ApiHistogram, ApiPoint } from './answers.ts';

/**
 * How alike two answers are. `close`: within 1e-12 of each other, relatively. That includes 0 and
 * -0, because which of the two `max` keeps depends on an order that is random in Prometheus.
 */
export type Likeness = 'equal' | 'close' | 'different';

const RELATIVE_MAX = 1e-12;

export function compareAnswers(ours: Answer, theirs: Answer): Likeness {
  if (ours.kind !== 'series' || theirs.kind !== 'series') {
    return ours.kind === theirs.kind ? 'equal' : 'different';
  }
  if (ours.series.size !== theirs.series.size) return 'different';
  if (ours.order.length !== theirs.order.length) return 'different';
  let worst: Likeness = 'equal';
  for (const [key, points] of ours.series) {
    const likeness = comparePoints(points, theirs.series.get(key) ?? []);
    if (likeness === 'different') return 'different';
    if (likeness === 'close') worst = 'close';
  }
  return worst;
}

/** Whether both carry the same warnings and infos, to the letter. */
export function haveSameRemarks(ours: Answer, theirs: Answer): boolean {
  if (ours.kind !== 'series' || theirs.kind !== 'series') return true;
  return ours.remarks.join('\n') === theirs.remarks.join('\n');
}

/** The largest relative difference of two numbers in the answers; infinite when they differ in kind. */
export function relativeDistance(left: Answer, right: Answer): number {
  if (left.kind !== 'series' || right.kind !== 'series')
    return left.kind === right.kind ? 0 : Infinity;
  if (left.series.size !== right.series.size) return Infinity;
  let largest = 0;
  for (const [key, points] of left.series) {
    const others = right.series.get(key);
    if (others?.length !== points.length) return Infinity;
    for (const [index, [timeMs, value]] of points.entries()) {
      const other = others[index];
      if (other?.[0] !== timeMs) return Infinity;
      largest = Math.max(largest, valueDistance(value, other[1]));
    }
  }
  return largest;
}

function valueDistance(left: number | ApiHistogram, right: number | ApiHistogram): number {
  const [ours, theirs] = [numbersOf(left), numbersOf(right)];
  if (ours.length !== theirs.length) return Infinity;
  return Math.max(0, ...ours.map((number, index) => numberDistance(number, theirs[index] ?? 0)));
}

function numbersOf(value: number | ApiHistogram): number[] {
  return typeof value === 'number' ? [value] : flatten(value);
}

function numberDistance(left: number, right: number): number {
  if (left === right || (Number.isNaN(left) && Number.isNaN(right))) return 0;
  const distance = Math.abs(left - right) / Math.max(Math.abs(left), Math.abs(right));
  return Number.isNaN(distance) ? Infinity : distance;
}

/** The values in the order in which a sorting expression gave them. */
export function orderedValues(answer: Answer): (number | ApiHistogram)[] {
  if (answer.kind !== 'series') return [];
  return answer.order.flatMap((key) => (answer.series.get(key) ?? []).map(([, value]) => value));
}

function comparePoints(ours: readonly ApiPoint[], theirs: readonly ApiPoint[]): Likeness {
  if (ours.length !== theirs.length) return 'different';
  let worst: Likeness = 'equal';
  for (const [index, [timeMs, value]] of ours.entries()) {
    const other = theirs[index];
    if (other === undefined || other[0] !== timeMs) return 'different';
    const likeness = compareValues(value, other[1]);
    if (likeness === 'different') return 'different';
    if (likeness === 'close') worst = 'close';
  }
  return worst;
}

function compareValues(ours: number | ApiHistogram, theirs: number | ApiHistogram): Likeness {
  if (typeof ours === 'number' && typeof theirs === 'number') return compareNumbers(ours, theirs);
  if (typeof ours === 'number' || typeof theirs === 'number') return 'different';
  return compareLists(flatten(ours), flatten(theirs));
}

function flatten({ count, sum, buckets }: ApiHistogram): number[] {
  return [count, sum, ...buckets.flat()];
}

function compareLists(ours: readonly number[], theirs: readonly number[]): Likeness {
  if (ours.length !== theirs.length) return 'different';
  const each = ours.map((number, index) => compareNumbers(number, theirs[index] ?? Number.NaN));
  if (each.includes('different')) return 'different';
  return each.includes('close') ? 'close' : 'equal';
}

function compareNumbers(ours: number, theirs: number): Likeness {
  if (Object.is(ours, theirs)) return 'equal';
  const difference = Math.abs(ours - theirs);
  const scale = Math.max(Math.abs(ours), Math.abs(theirs));
  return difference <= scale * RELATIVE_MAX ? 'close' : 'different';
}
