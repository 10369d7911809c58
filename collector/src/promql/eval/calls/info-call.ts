import { Labels, METRIC_NAME_LABEL } from '../../../model/labels.ts';
import { formatLabels } from '../../../model/labels-format.ts';
import { compileMatcher } from '../../../model/matcher.ts';
import type { Call, Expr, LabelMatcher, TimeModifiers, VectorSelector } from '../../ast.ts';
import { evaluationError } from '../../error.ts';
import { childrenOf } from '../children.ts';
import { resolveOffset } from '../durations.ts';
import type { Scope } from '../query.ts';
import { forEachSeries, walkInstant } from '../selectors/instant.ts';
import { SeriesBuilder } from '../series-builder.ts';
import type { StepSeries, StepValue } from '../step-series.ts';
import { isPresent, sampleAt } from '../step-series.ts';
import { argumentAt, vectorArgument } from './arguments.ts';

/** The labels by which an info series belongs to others. */
const IDENTIFYING_LABELS: ReadonlySet<string> = new Set(['instance', 'job']);

const TARGET_INFO: LabelMatcher = { name: METRIC_NAME_LABEL, operator: '=', value: 'target_info' };

/** An info series, and the time of its sample at each step (`undefined`: none). */
interface InfoSeries {
  readonly labels: Labels;
  readonly name: string;
  readonly identity: string;
  readonly timesMs: (number | undefined)[];
}

/** What the second argument of `info` asks for. */
interface InfoSelection {
  readonly nameMatchers: readonly LabelMatcher[];
  readonly dataMatchers: readonly LabelMatcher[];
}

/** `info(v, selector)`: adds the labels of info series with the same instance and job. */
export function evaluateInfo(call: Call, scope: Scope): StepValue {
  const base = vectorArgument(call, 0, scope);
  const selection = selectionOf(call);
  const isInfo = allMatch(selection.nameMatchers);
  const isIgnored = base.map(({ labels }) => isInfo(labels.metricName));
  const enriched = base.filter((_, index) => isIgnored[index] !== true);
  const info = selectInfo(call, { enriched, selection }, scope);
  const output = new SeriesBuilder(scope);
  for (let step = 0; step < scope.grid.count; step += 1) {
    const newest = newestByIdentity(info, step);
    for (const [index, series] of base.entries()) {
      if (!isPresent(series, step)) continue;
      const labels =
        isIgnored[index] === true ? series.labels : enrich(series.labels, newest, selection);
      if (labels === undefined) continue;
      output.add(output.seriesOf(labels, series.dropsName), step, sampleAt(series, step));
    }
  }
  return { kind: 'vector', series: output.list() };
}

function selectionOf(call: Call): InfoSelection {
  const selector = call.args.length > 1 ? argumentAt(call, 1) : undefined;
  const matchers = selector?.kind === 'vectorSelector' ? selector.matchers : [];
  const names = matchers.filter(({ name }) => name === METRIC_NAME_LABEL);
  return {
    nameMatchers: effectiveNameMatchers(names),
    dataMatchers: matchers.filter(({ name }) => name !== METRIC_NAME_LABEL),
  };
}

/** Matchers that only exclude names are about `*_info` metrics; none at all about `target_info`. */
function effectiveNameMatchers(matchers: readonly LabelMatcher[]): readonly LabelMatcher[] {
  if (matchers.some(({ operator }) => operator === '=' || operator === '=~')) return matchers;
  if (matchers.length === 0) return [TARGET_INFO];
  return [{ name: METRIC_NAME_LABEL, operator: '=~', value: '.+_info' }, ...matchers];
}

function allMatch(matchers: readonly LabelMatcher[]): (value: string) => boolean {
  const predicates = matchers.map(compileMatcher);
  return (value) => predicates.every((matches) => matches(value));
}

function selectInfo(
  call: Call,
  { enriched, selection }: { enriched: readonly StepSeries[]; selection: InfoSelection },
  scope: Scope,
): InfoSeries[] {
  const identities = identifyingValues(enriched);
  if (identities.size === 0) return [];
  const selector: VectorSelector = {
    kind: 'vectorSelector',
    name: '',
    matchers: [...selection.nameMatchers, ...selection.dataMatchers],
    position: call.position,
    // Info series are looked up at the time from which the samples come.
    ...(timeOfFirstSelector(argumentAt(call, 0), { offset: 0 }, scope) ?? { offset: 0 }),
  };
  const found: InfoSeries[] = [];
  forEachSeries(selector, scope, (source, times) => {
    const isNeeded = [...identities].every(([name, values]) => values.has(source.labels.get(name)));
    if (!isNeeded) return;
    const timesMs: (number | undefined)[] = [];
    walkInstant(source, { times, scope, selector }, (step, { columns, position }) => {
      if (columns.histograms?.[position] !== undefined) throw notFloat(source.labels);
      timesMs[step] = columns.times[position] ?? 0;
    });
    const { labels } = source;
    const identity = identityOf(labels.metricName, labels);
    found.push({ labels, name: labels.metricName, identity, timesMs });
  });
  return found;
}

function notFloat(labels: Labels): Error {
  return evaluationError(
    `this should be an info metric, with float samples: ${formatLabels(labels)}`,
  );
}

/** Where the first selector of an expression looks, subqueries around it included. */
function timeOfFirstSelector(
  expr: Expr,
  outer: TimeModifiers,
  scope: Scope,
): TimeModifiers | undefined {
  const inside = (modifiers: TimeModifiers): TimeModifiers => {
    const offset = resolveOffset(modifiers.offset, scope.query.times);
    if (modifiers.at !== undefined) return { at: modifiers.at, offset };
    return { ...outer, offset: Number(outer.offset) + offset };
  };
  if (expr.kind === 'vectorSelector') return inside(expr);
  const around = expr.kind === 'subquery' ? inside(expr) : outer;
  return childrenOf(expr)
    .map((child) => timeOfFirstSelector(child, around, scope))
    .find((time) => time !== undefined);
}

/** The values of the identifying labels among some series; labels that none has are left out. */
function identifyingValues(series: readonly StepSeries[]): ReadonlyMap<string, Set<string>> {
  const byName = new Map<string, Set<string>>();
  for (const name of IDENTIFYING_LABELS) {
    const values = new Set(series.map(({ labels }) => labels.get(name)));
    values.delete('');
    if (values.size > 0) byName.set(name, values);
  }
  return byName;
}

function identityOf(infoName: string, labels: Labels): string {
  return labels.keep(IDENTIFYING_LABELS).with(METRIC_NAME_LABEL, infoName).key;
}

/** The info series with the newest sample of each name and identity. */
function newestByIdentity(
  info: readonly InfoSeries[],
  step: number,
): ReadonlyMap<string, InfoSeries> {
  const newest = new Map<string, InfoSeries>();
  for (const series of info) {
    const timeMs = series.timesMs[step];
    if (timeMs === undefined) continue;
    const known = newest.get(series.identity);
    const knownMs = known?.timesMs[step] ?? -Infinity;
    if (known !== undefined && knownMs === timeMs) {
      throw evaluationError(
        `found duplicate series for info metric: existing ${formatLabels(known.labels)} @ ${knownMs}, ` +
          `new ${formatLabels(series.labels)} @ ${timeMs}`,
      );
    }
    if (timeMs > knownMs) newest.set(series.identity, series);
  }
  return newest;
}

/**
 * Labels plus those of the info series that belong to them; `undefined` when none does although the
 * selector demands a label.
 */
function enrich(
  labels: Labels,
  newest: ReadonlyMap<string, InfoSeries>,
  { dataMatchers }: InfoSelection,
): Labels | undefined {
  const wanted = new Set(dataMatchers.map(({ name }) => name));
  const added = new Map<string, string>();
  let isMatched = false;
  for (const [identity, info] of newest) {
    if (identityOf(info.name, labels) !== identity) continue;
    isMatched = true;
    for (const [name, value] of info.labels) {
      const isData = name !== METRIC_NAME_LABEL && (wanted.size === 0 || wanted.has(name));
      if (isData) addLabel(added, labels, { name, value });
    }
  }
  const isOptional = dataMatchers.every((matcher) => compileMatcher(matcher)(''));
  if (!isMatched && !isOptional) return undefined;
  return added.size === 0 ? labels : Labels.fromPairs([...labels, ...added]);
}

function addLabel(
  added: Map<string, string>,
  labels: Labels,
  { name, value }: { readonly name: string; readonly value: string },
): void {
  const known = added.get(name);
  if (known !== undefined && known !== value) {
    throw evaluationError(`conflicting label: ${name}`);
  }
  if (!labels.has(name)) added.set(name, value);
}
