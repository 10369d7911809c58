/** Why a baseline file was not taken: which field, and what is wrong with it. */
export interface BaselineProblem {
  readonly field: string;
  readonly reason: string;
}

type Fields = Readonly<Record<string, unknown>>;
type Check = () => BaselineProblem | undefined;

/** What is wrong with the fields of a baseline file, the first thing found. */
export function baselineProblem(file: Fields): BaselineProblem | undefined {
  const stream = fieldsOf(file['stream']);
  const missing = fieldsOf(file['missing']);
  const autocorrelation = fieldsOf(file['autocorrelation']);
  return firstOf([
    () => expectText('model.name', fieldsOf(file['model'])['name']),
    () => expectText('model.version', fieldsOf(file['model'])['version']),
    () => expectText('stream.name', stream['name']),
    () => expectOneOf('stream.kind', stream['kind'], KINDS),
    () => expectOneOf('stream.direction', stream['direction'], ['input', 'output']),
    () => expectOptionalText('stream.segment', stream['segment']),
    () => expectOptionalText('stream.seasonKey', stream['seasonKey']),
    () => expectTime('createdAt', file['createdAt']),
    () => expectOneOf('source', file['source'], ['auto', 'file', 'training', 'fleet']),
    () => expectOneOf('quality', file['quality'], ['ok', 'unstable', 'approximate']),
    () => expectNumber('n', file['n'], 0),
    () => expectNumber('autocorrelation.thin', autocorrelation['thin'], 1),
    () => expectNumber('autocorrelation.deff', autocorrelation['deff'], 1),
    () => urnProblem('cells', file['cells']),
    () => urnProblem('rank20', file['rank20']),
    () => expectTotal('rank20.weights', fieldsOf(file['rank20'])['weights'], Number(file['n']) + 1),
    () => urnProblem('novelty', file['novelty']),
    () => urnProblem('missing', missing),
    () => expectNumber('missing.n', missing['n'], 0),
    () => expectNumber('missing.null', missing['null'], 0),
    () => expectNumber('missing.invalid', missing['invalid'], 0),
    ...['missing', 'novelty'].map((name) => () => dependenceProblem(name, fieldsOf(file[name]))),
    () => expectOptionalNumber('novelty.n', fieldsOf(file['novelty'])['n'], 0),
    () => expectOptionalNumber('novelty.hits', fieldsOf(file['novelty'])['hits'], 0),
    () => classesProblem(file),
    () => (stream['kind'] === 'categorical' ? categoriesProblem(file) : numbersProblem(file)),
    () => calibrationProblem(file['calibration']),
    () => lossProblem(file['loss']),
  ]);
}

const KINDS: readonly string[] = ['score', 'confidence', 'numeric', 'categorical'];

function firstOf(checks: readonly Check[]): BaselineProblem | undefined {
  for (const check of checks) {
    const problem = check();
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

const isFinite = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);

const refuseUnless = (isRight: boolean, field: string, reason: string) =>
  isRight ? undefined : { field, reason };

const expectText = (field: string, value: unknown): BaselineProblem | undefined =>
  refuseUnless(typeof value === 'string', field, 'expected a text');

const expectOptionalText = (field: string, value: unknown): BaselineProblem | undefined =>
  value === undefined ? undefined : expectText(field, value);

const expectTime = (field: string, value: unknown): BaselineProblem | undefined =>
  refuseUnless(
    typeof value === 'string' && Number.isFinite(Date.parse(value)),
    field,
    'expected a time as in RFC 3339',
  );

const expectOneOf = (
  field: string,
  value: unknown,
  values: readonly string[],
): BaselineProblem | undefined =>
  refuseUnless(values.includes(String(value)), field, `expected one of ${values.join(', ')}`);

const expectNumber = (field: string, value: unknown, min: number): BaselineProblem | undefined =>
  refuseUnless(isFinite(value) && value >= min, field, `expected a number from ${min} on`);

const expectOptionalNumber = (
  field: string,
  value: unknown,
  min: number,
): BaselineProblem | undefined =>
  value === undefined ? undefined : expectNumber(field, value, min);

const dependenceProblem = (field: string, { thin, deff }: Fields): BaselineProblem | undefined =>
  expectOptionalNumber(`${field}.thin`, thin, 1) ?? expectOptionalNumber(`${field}.deff`, deff, 1);

/** Counts by name, of records that are no fewer than they. */
function classesProblem(file: Fields): BaselineProblem | undefined {
  if (file['classes'] === undefined) return undefined;
  const { counts, records } = fieldsOf(file['classes']);
  const problem = expectCounts('classes.counts', counts);
  if (problem !== undefined) return problem;
  const sum = (counts as readonly number[]).reduce((all, one) => all + one, 0);
  return expectNumber('classes.records', records, sum);
}

function expectTotal(field: string, value: unknown, total: number): BaselineProblem | undefined {
  const sum = (value as readonly number[]).reduce((all, one) => all + one, 0);
  return refuseUnless(sum === total, field, `expected a sum of ${total}: current value is ${sum}`);
}

/** The parts that only numbers have: bins, sample and range. */
function numbersProblem(file: Fields): BaselineProblem | undefined {
  const bins = fieldsOf(file['bins10']);
  const [min, max] = Array.isArray(fieldsOf(file['novelty'])['range'])
    ? (fieldsOf(file['novelty'])['range'] as readonly unknown[])
    : [];
  return firstOf([
    () => expectAscending('sample', file['sample']),
    () =>
      refuseUnless(
        lengthOf(file['sample']) > 0 || file['n'] === 0,
        'sample',
        'expected at least one number',
      ),
    () => expectAscending('bins10.edges', bins['edges']),
    () => expectCounts('bins10.counts', bins['counts']),
    () =>
      refuseUnless(
        lengthOf(bins['counts']) === lengthOf(bins['edges']) + 1,
        'bins10.counts',
        'expected one count more than edges',
      ),
    () => expectTotal('bins10.counts', bins['counts'], Number(file['n'])),
    () =>
      refuseUnless(
        isFinite(min) && isFinite(max) && min <= max,
        'novelty.range',
        'expected the smallest and the largest value',
      ),
  ]);
}

function categoriesProblem(file: Fields): BaselineProblem | undefined {
  const { top, other } = fieldsOf(file['categories']);
  const arePairs =
    Array.isArray(top) &&
    top.every((pair) => Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string');
  if (!arePairs) return { field: 'categories.top', reason: 'expected pairs of name and count' };
  const counts = [...(top as readonly (readonly unknown[])[]).map(([, count]) => count), other];
  return expectCounts('categories', counts) ?? expectTotal('categories', counts, Number(file['n']));
}

function expectCounts(field: string, value: unknown): BaselineProblem | undefined {
  const areCounts = Array.isArray(value) && value.every((each) => isFinite(each) && each >= 0);
  return refuseUnless(areCounts, field, 'expected counts');
}

function expectAscending(field: string, value: unknown): BaselineProblem | undefined {
  if (!Array.isArray(value) || !value.every(isFinite)) {
    return { field, reason: 'expected finite numbers' };
  }
  const isSorted = value.every((each, index) => index === 0 || each >= (value[index - 1] ?? 0));
  return refuseUnless(isSorted, field, 'expected ascending numbers');
}

function urnProblem(field: string, value: unknown): BaselineProblem | undefined {
  const { edges, ties, weights } = fieldsOf(value);
  if (!Array.isArray(edges) || !Array.isArray(weights) || weights.length !== edges.length + 1) {
    return { field, reason: 'expected edges and one weight more' };
  }
  const isHeavy = weights.some((weight) => weight > 0);
  if (!isHeavy || !weights.every((weight) => isFinite(weight) && weight >= 0)) {
    return { field, reason: 'expected weights from 0 on, not all of them 0' };
  }
  if (!Array.isArray(ties) || ties.length !== edges.length || !ties.every(isFinite)) {
    return { field, reason: 'expected a finite tie for each edge' };
  }
  return expectAscending(`${field}.edges`, edges);
}

function lossProblem(value: unknown): BaselineProblem | undefined {
  if (value === undefined) return undefined;
  const field = 'loss';
  const areKnots =
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((knot) => Array.isArray(knot) && knot.length === 3 && knot.every(isFinite));
  if (!areKnots) return { field, reason: 'expected predicted value, absolute and squared error' };
  const knots = value as readonly (readonly [number, number, number])[];
  const isSorted = knots.every(
    ([at, absolute, squared], index) =>
      at >= (knots[index - 1]?.[0] ?? at) && absolute >= 0 && squared >= 0,
  );
  return refuseUnless(isSorted, field, 'expected ascending values and errors of 0 or more');
}

function calibrationProblem(value: unknown): BaselineProblem | undefined {
  if (value === undefined) return undefined;
  const field = 'calibration';
  const areKnots =
    Array.isArray(value) &&
    value.every((knot) => Array.isArray(knot) && knot.length === 2 && knot.every(isFinite));
  if (!areKnots) return { field, reason: 'expected pairs of score and probability' };
  const knots = value as readonly (readonly [number, number])[];
  const isSorted = knots.every(
    ([score, probability], index) =>
      score >= (knots[index - 1]?.[0] ?? score) && probability >= (knots[index - 1]?.[1] ?? 0),
  );
  return refuseUnless(isSorted, field, 'expected knots that ascend in both');
}
