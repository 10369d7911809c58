import { SeededRandom, standardNormal } from '@telltale/statistics';

/** A series with the places where it changes, counted from 0. */
export interface AnnotatedSeries {
  readonly name: string;
  readonly values: readonly number[];
  readonly changes: readonly number[];
}

/** What a stretch of a series looks like. */
interface Stretch {
  readonly length: number;
  readonly level: number;
  readonly spread: number;
}

/** One kind of series: how its values follow from each other, and its stretches. */
interface Kind {
  readonly name: string;
  /** Correlation of values that follow each other; 1 is a price. */
  readonly memory: number;
  /** Height of a cycle of 24 values. */
  readonly cycle?: number;
  readonly stretches: readonly Stretch[];
}

const levels = (length: number, ...values: readonly number[]): Stretch[] =>
  values.map((level, index) => ({ length: length + 7 * (index % 3), level, spread: 1 }));

/** Twelve kinds with 34 changes in all, such as series of sensors, sales, prices and heartbeats. */
const KINDS: readonly Kind[] = [
  { name: 'steps', memory: 0, stretches: levels(60, 0, 4, 1, 6) },
  { name: 'small steps', memory: 0, stretches: levels(90, 0, 2, 0, 2) },
  { name: 'sensor', memory: 0.4, stretches: levels(70, 20, 24, 19, 23) },
  { name: 'slow sensor', memory: 0.7, stretches: levels(110, 50, 56, 48, 55) },
  { name: 'run and walk', memory: 0.3, stretches: levels(35, 5, 9, 5, 9, 5) },
  { name: 'daily cycle', memory: 0.2, cycle: 1, stretches: levels(96, 0, 5, -1) },
  {
    name: 'spread',
    memory: 0,
    stretches: [
      { length: 80, level: 0, spread: 1 },
      { length: 80, level: 0, spread: 6 },
      { length: 80, level: 0, spread: 0.1 },
    ],
  },
  { name: 'sales', memory: 0.5, stretches: levels(52, 100, 108, 112, 104) },
  { name: 'price', memory: 0.97, stretches: levels(150, 100, 112, 104) },
  { name: 'calm price', memory: 0.99, stretches: levels(200, 60, 75, 64) },
  { name: 'counts', memory: 0.1, stretches: levels(45, 12, 17, 11, 18) },
  { name: 'outage', memory: 0.2, stretches: levels(64, 30, 5, 30, 5, 30) },
];

/** Series that stand in for real annotated ones: all noise has a deviation of about 1. */
export const standIns = (seed: number): readonly AnnotatedSeries[] =>
  KINDS.map((kind, index) => seriesOf(kind, new SeededRandom(seed * 100 + index)));

function seriesOf(
  { name, memory, cycle = 0, stretches }: Kind,
  random: SeededRandom,
): AnnotatedSeries {
  const values: number[] = [];
  const changes: number[] = [];
  let noise = standardNormal(random);
  for (const { length, level, spread } of stretches) {
    if (values.length > 0) changes.push(values.length);
    for (let index = 0; index < length; index += 1) {
      noise = memory * noise + Math.sqrt(1 - memory * memory) * standardNormal(random);
      const wave = cycle * Math.sin((2 * Math.PI * values.length) / 24);
      values.push(level + wave + spread * noise);
    }
  }
  return { name, values, changes };
}
