import { sharedWeights, type UrnState } from '../sequential/polya-urn.ts';
import type { Baseline, KnownValues, StreamKey } from './baseline.ts';
import { BASELINE_SCHEMA, baselineId, type Digest } from './baseline-file.ts';
import { type BaselineProblem, baselineProblem } from './baseline-problem.ts';

export type ParsedBaseline =
  | { readonly ok: true; readonly baseline: Baseline; readonly id: string }
  | { readonly ok: false; readonly problem: BaselineProblem };

/**
 * Reads a baseline file. A file that is damaged, changed or of another schema is refused as a whole
 * with the one field at fault; the baseline in force stays.
 */
export function parseBaseline(text: string, digest: Digest): ParsedBaseline {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return refuse('', 'expected JSON');
  }
  const fields = (file ?? {}) as Readonly<Record<string, unknown>>;
  if (fields['schema'] !== BASELINE_SCHEMA)
    return refuse('schema', `expected "${BASELINE_SCHEMA}"`);
  const problem = baselineProblem(fields);
  if (problem !== undefined) return { ok: false, problem };
  const baseline = baselineOf(fields as unknown as CheckedFile);
  const id = baselineId(baseline, digest);
  if (id !== fields['id']) return refuse('id', 'expected the hash of the content');
  return { ok: true, baseline, id };
}

/**
 * Whether a baseline is of this stream. An empty version in the file means any version of the model,
 * for baselines that were made before there was one.
 *
 * @returns the field that names something else
 */
export function foreignField(baseline: Baseline, key: StreamKey): BaselineProblem | undefined {
  const expected: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['model.name', baseline.key.model, key.model],
    [
      'model.version',
      baseline.key.version === '' ? key.version : baseline.key.version,
      key.version,
    ],
    ['stream.name', baseline.key.name, key.name],
    ['stream.direction', baseline.key.direction, key.direction],
    ['stream.segment', baseline.key.segment ?? '', key.segment ?? ''],
    ['stream.seasonKey', baseline.key.season ?? '', key.season ?? ''],
  ];
  const foreign = expected.find(([, found, wanted]) => found !== wanted);
  if (foreign === undefined) return undefined;
  const [field, found, wanted] = foreign;
  return { field, reason: `expected "${wanted}": current value is "${found}"` };
}

const refuse = (field: string, reason: string): ParsedBaseline => ({
  ok: false,
  problem: { field, reason },
});

interface DependenceFields {
  readonly thin?: number;
  readonly deff?: number;
}

/** The shape that `baselineProblem` has found to be there. */
interface CheckedFile {
  readonly model: { readonly name: string; readonly version: string };
  readonly stream: {
    readonly name: string;
    readonly kind: Baseline['kind'];
    readonly direction: StreamKey['direction'];
    readonly segment?: string;
    readonly seasonKey?: string;
  };
  readonly createdAt: string;
  readonly source: Baseline['source'];
  readonly n: number;
  readonly quality: Baseline['quality'];
  readonly cells: UrnState;
  readonly rank20: UrnState;
  readonly bins10?: Baseline['bins'];
  readonly sample?: readonly number[];
  readonly moments?: Baseline['moments'];
  readonly categories?: {
    readonly top: readonly (readonly [string, number])[];
    readonly other: number;
  };
  readonly classes?: NonNullable<Baseline['classes']>;
  readonly novelty: UrnState &
    DependenceFields & {
      readonly range?: readonly [number, number];
      readonly declared: boolean;
      readonly n?: number;
      readonly hits?: number;
    };
  readonly missing: UrnState &
    DependenceFields & {
      readonly quality?: Baseline['quality'];
      readonly n: number;
      readonly null: number;
      readonly invalid: number;
    };
  readonly autocorrelation: { readonly thin: number; readonly deff: number };
  readonly calibration?: Baseline['calibration'];
  readonly loss?: Baseline['loss'];
}

function baselineOf(file: CheckedFile): Baseline {
  const { missing, categories } = file;
  return {
    key: keyOf(file),
    kind: file.stream.kind,
    source: file.source,
    createdMs: Date.parse(file.createdAt),
    size: file.n,
    quality: file.quality,
    thin: file.autocorrelation.thin,
    designEffect: file.autocorrelation.deff,
    cells: urnOf(file.cells),
    ranks: urnOf(file.rank20),
    bins: file.bins10 ?? { edges: [], counts: [] },
    sample: Float64Array.from(file.sample ?? []),
    ...(file.moments === undefined ? {} : { moments: file.moments }),
    categoryCounts:
      categories === undefined
        ? []
        : [...categories.top.map(([, count]) => count), categories.other],
    known: knownOf(file),
    isDeclared: file.novelty.declared,
    novelty: noveltyOf(file.novelty),
    missing: {
      urn: urnOf(missing),
      records: missing.n,
      nulls: missing.null,
      invalid: missing.invalid,
      ...dependenceOf(missing),
      ...(missing.quality === undefined ? {} : { quality: missing.quality }),
    },
    ...(file.classes === undefined ? {} : { classes: file.classes }),
    ...(file.calibration === undefined ? {} : { calibration: file.calibration }),
    ...(file.loss === undefined ? {} : { loss: file.loss }),
  };
}

function noveltyOf(novelty: CheckedFile['novelty']): Baseline['novelty'] {
  const { n: records, hits } = novelty;
  const isCounted = records !== undefined && hits !== undefined;
  return {
    urn: urnOf(novelty),
    ...dependenceOf(novelty),
    ...(isCounted ? { rate: { hits, records } } : {}),
  };
}

const dependenceOf = ({ thin, deff }: DependenceFields) => ({
  ...(thin === undefined ? {} : { thin }),
  ...(deff === undefined ? {} : { designEffect: deff }),
});

function keyOf({ model, stream }: CheckedFile): StreamKey {
  return {
    model: model.name,
    version: model.version,
    name: stream.name,
    direction: stream.direction,
    ...(stream.segment === undefined ? {} : { segment: stream.segment }),
    ...(stream.seasonKey === undefined ? {} : { season: stream.seasonKey }),
  };
}

function knownOf({ categories, novelty }: CheckedFile): KnownValues {
  if (categories !== undefined) {
    return { kind: 'categories', names: categories.top.map(([name]) => name) };
  }
  const [min = 0, max = 0] = novelty.range ?? [];
  return { kind: 'range', min, max };
}

const urnOf = ({ edges, ties, weights }: UrnState): UrnState => ({
  edges,
  ties,
  weights: sharedWeights(weights),
});
