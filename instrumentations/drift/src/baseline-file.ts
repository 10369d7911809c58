import { createHash } from 'node:crypto';

import type { UrnState } from '@telltale/statistics';

import type { Baseline, KnownValues } from './baseline.ts';

const BASELINE_SCHEMA = 'ml-drift-baseline/1';

/** Why a baseline file was not taken: which field, and what is wrong with it. */
export interface BaselineProblem {
  readonly field: string;
  readonly reason: string;
}

export type ParsedBaseline =
  | { readonly ok: true; readonly baseline: Baseline; readonly id: string }
  | { readonly ok: false; readonly problem: BaselineProblem };

/** JSON with sorted keys and without spaces: the same baseline has the same bytes everywhere. */
function canonicalJson(value: unknown): string {
  if (value instanceof Float64Array) return canonicalJson([...value]);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}

/** The content hash of a baseline: SHA-256 over its canonical form, in hex. */
export function baselineId(baseline: Baseline): string {
  return createHash('sha256').update(canonicalJson(baseline)).digest('hex');
}

/** The text of a baseline file. */
export function serializeBaseline(baseline: Baseline): string {
  const file = { schema: BASELINE_SCHEMA, id: baselineId(baseline), baseline };
  return `${canonicalJson(file)}\n`;
}

/**
 * Reads a baseline file. A file that is damaged, changed or of another schema is refused as a whole
 * with the one field at fault; the baseline in force stays.
 */
export function parseBaseline(text: string): ParsedBaseline {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return refuse('', 'expected JSON');
  }
  const { schema, id, baseline } = (file ?? {}) as Readonly<Record<string, unknown>>;
  if (schema !== BASELINE_SCHEMA) return refuse('schema', `expected "${BASELINE_SCHEMA}"`);
  const problem = baselineProblem(baseline);
  if (problem !== undefined) return { ok: false, problem };
  const fields = baseline as Omit<Baseline, 'sample'> & { readonly sample: readonly number[] };
  const parsed: Baseline = { ...fields, sample: Float64Array.from(fields.sample) };
  if (baselineId(parsed) !== id) return refuse('id', 'expected the hash of the content');
  return { ok: true, baseline: parsed, id };
}

const refuse = (field: string, reason: string): ParsedBaseline => ({
  ok: false,
  problem: { field, reason },
});

type Fields = Readonly<Record<string, unknown>>;

function baselineProblem(value: unknown): BaselineProblem | undefined {
  if (typeof value !== 'object' || value === null) {
    return { field: 'baseline', reason: 'expected an object' };
  }
  const fields = value as Fields;
  const checks: readonly (() => BaselineProblem | undefined)[] = [
    () => expectOneOf(fields, 'kind', ['score', 'confidence', 'numeric', 'categorical']),
    () => expectOneOf(fields, 'quality', ['ok', 'unstable']),
    () => expectNumber(fields, 'size', 1),
    () => expectNumber(fields, 'thin', 1),
    () => expectNumber(fields, 'designEffect', 1),
    () => urnProblem('cells', fields['cells']),
    () => urnProblem('ranks', fields['ranks']),
    () => urnProblem('novelty', fields['novelty']),
    () => urnProblem('missing.urn', (fields['missing'] as Fields | undefined)?.['urn']),
    () => numbersProblem('sample', fields['sample'], { isAscending: true }),
    () => numbersProblem('categoryCounts', fields['categoryCounts'], {}),
    () => binsProblem(fields['bins']),
    () => missingProblem(fields['missing']),
    () => knownProblem(fields['known']),
  ];
  for (const check of checks) {
    const problem = check();
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function expectOneOf(
  fields: Fields,
  field: string,
  values: readonly string[],
): BaselineProblem | undefined {
  if (values.includes(String(fields[field]))) return undefined;
  return { field, reason: `expected one of ${values.join(', ')}` };
}

function expectNumber(fields: Fields, field: string, min: number): BaselineProblem | undefined {
  const value = fields[field];
  if (typeof value === 'number' && Number.isFinite(value) && value >= min) return undefined;
  return { field, reason: `expected a number from ${min} on` };
}

function numbersProblem(
  field: string,
  value: unknown,
  { isAscending = false }: { readonly isAscending?: boolean },
): BaselineProblem | undefined {
  if (!Array.isArray(value) || !value.every((each) => Number.isFinite(each))) {
    return { field, reason: 'expected finite numbers' };
  }
  const numbers = value as readonly number[];
  const isSorted = numbers.every((each, index) => index === 0 || each >= (numbers[index - 1] ?? 0));
  return isAscending && !isSorted ? { field, reason: 'expected ascending numbers' } : undefined;
}

function urnProblem(field: string, value: unknown): BaselineProblem | undefined {
  const { edges, ties, weights } = (value ?? {}) as Partial<UrnState>;
  if (!Array.isArray(edges) || !Array.isArray(weights) || weights.length !== edges.length + 1) {
    return { field, reason: 'expected edges and one weight more' };
  }
  if (!weights.every((weight) => Number.isFinite(weight) && weight > 0)) {
    return { field, reason: 'expected weights above 0' };
  }
  if (!Array.isArray(ties) || ties.length !== edges.length || !ties.every(Number.isFinite)) {
    return { field, reason: 'expected a finite tie for each edge' };
  }
  const problem = numbersProblem(field, edges, { isAscending: true });
  return problem === undefined ? undefined : { field, reason: 'expected ascending finite edges' };
}

function binsProblem(value: unknown): BaselineProblem | undefined {
  const { edges, counts } = (value ?? {}) as Fields;
  return (
    numbersProblem('bins.edges', edges, { isAscending: true }) ??
    numbersProblem('bins.counts', counts, {})
  );
}

function missingProblem(value: unknown): BaselineProblem | undefined {
  const fields = (value ?? {}) as Fields;
  for (const field of ['records', 'nulls', 'invalid']) {
    const problem = expectNumber(fields, field, 0);
    if (problem !== undefined) return { ...problem, field: `missing.${field}` };
  }
  return undefined;
}

function knownProblem(value: unknown): BaselineProblem | undefined {
  const known = (value ?? {}) as Partial<
    Record<keyof KnownValues | 'min' | 'max' | 'names', unknown>
  >;
  if (known.kind === 'range' && Number.isFinite(known.min) && Number.isFinite(known.max)) {
    return undefined;
  }
  const names = known.names;
  const areNames = Array.isArray(names) && names.every((name) => typeof name === 'string');
  if (known.kind === 'categories' && areNames) return undefined;
  return { field: 'known', reason: 'expected a range or a list of categories' };
}
