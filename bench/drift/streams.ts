import { type SeededRandom, standardNormal } from '@telltale/statistics';

/** How one record is drawn, with a state of its own where it needs one. */
export type Draw = () => number;

/** A stream without change. */
export interface NullStream {
  readonly name: string;
  readonly create: (random: SeededRandom) => Draw;
}

export const INDEPENDENT: readonly NullStream[] = [
  { name: 'continuous', create: (random) => () => standardNormal(random) },
  { name: 'discrete', create: (random) => () => Math.floor(10 * random.next()) },
  {
    name: 'zero-inflated',
    create: (random) => () => (random.next() < 0.3 ? 0 : random.next()),
  },
  {
    name: 'constant-mixture',
    create: (random) => () => (random.next() < 0.9 ? 7 : standardNormal(random)),
  },
];

/** An autoregressive stream of first order with unit innovations, started in its own law. */
export const autoregressive = (coefficient: number): NullStream => ({
  name: `AR(1) ${coefficient}`,
  create: (random) => {
    let z = standardNormal(random) / Math.sqrt(1 - coefficient * coefficient);
    return () => {
      z = coefficient * z + standardNormal(random);
      return z;
    };
  },
});

/** A change of a standard normal stream. */
export interface Change {
  readonly name: string;
  readonly draw: (random: SeededRandom) => number;
}

const shift = (sigma: number): Change => ({
  name: `shift ${sigma} sigma`,
  draw: (random) => standardNormal(random) + sigma,
});

const scale = (factor: number): Change => ({
  name: `scale ${factor}`,
  draw: (random) => standardNormal(random) * factor,
});

/** The changes of the published delays, in the order of their columns. */
export const CHANGES: readonly Change[] = [
  shift(0.1),
  shift(0.25),
  shift(0.5),
  shift(1),
  scale(1.25),
  scale(0.75),
  scale(1.5),
  {
    name: '5 % outliers at +5',
    draw: (random) => standardNormal(random) + (random.next() < 0.05 ? 5 : 0),
  },
  {
    name: '10 % stuck at 0',
    draw: (random) => (random.next() < 0.1 ? 0 : standardNormal(random)),
  },
];
