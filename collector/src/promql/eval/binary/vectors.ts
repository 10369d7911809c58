import { Labels } from '../../../model/labels.ts';
import { formatLabels } from '../../../model/labels-format.ts';
import type { VectorMatching } from '../../ast.ts';
import { evaluationError } from '../../error.ts';
import { type MatchedExpr, matchRule, resultLabels } from '../../kernels/matching.ts';
import type { Scope } from '../query.ts';
import { SeriesBuilder } from '../series-builder.ts';
import type { StepSeries } from '../step-series.ts';
import { isPresent, sampleAt } from '../step-series.ts';
import type { Sample } from './samples.ts';
import { combineSamples } from './samples.ts';
import type { Sides } from './sets.ts';
import type { MatchGroups } from './signature.ts';

/** A sample of one side, or a fill value that stands in for one. */
interface Operand {
  readonly labels: Labels;
  readonly sample: Sample;
}

/**
 * Arithmetic and comparison of two vectors. Sides are swapped for `group_right`, so that here the
 * "one" side is always on the right; `#combine` swaps the operands back.
 */
export class VectorOperation {
  readonly #expr: MatchedExpr;
  readonly #matching: VectorMatching;
  readonly #scope: Scope;
  readonly #output: SeriesBuilder;
  readonly #isSwapped: boolean;
  readonly #many: readonly StepSeries[];
  readonly #one: readonly StepSeries[];
  readonly #manyGroups: readonly number[];
  readonly #oneGroups: readonly number[];
  readonly #resultLabels = new Map<Labels, Map<Labels, Labels>>();
  readonly #fillLabels = new Map<Labels, Labels>();

  constructor(
    expr: MatchedExpr,
    operands: { readonly sides: Sides; readonly groups: MatchGroups },
    scope: Scope,
  ) {
    const { sides, groups } = operands;
    this.#expr = expr;
    this.#matching = expr.matching;
    this.#scope = scope;
    this.#output = new SeriesBuilder(scope);
    this.#isSwapped = expr.matching.cardinality === 'one-to-many';
    this.#many = this.#isSwapped ? sides.right : sides.left;
    this.#one = this.#isSwapped ? sides.left : sides.right;
    this.#manyGroups = this.#isSwapped ? groups.right : groups.left;
    this.#oneGroups = this.#isSwapped ? groups.left : groups.right;
  }

  run(): readonly StepSeries[] {
    const { query, grid } = this.#scope;
    for (let step = 0; step < grid.count; step += 1) {
      query.checkCancelled();
      this.#runStep(step);
    }
    return this.#output.list();
  }

  #runStep(step: number): void {
    const many = this.#presentAt(this.#many, step);
    const one = this.#presentAt(this.#one, step);
    if (many.length === 0 && one.length === 0) return;
    // Upstream checks `fill_left` and `fill_right` as written: only the short cut swaps nothing.
    const { left, right } = this.#matching.fill ?? {};
    const isOneEmpty = many.length === 0 || one.length === 0;
    if (isOneEmpty && left === undefined && right === undefined) return;
    const oneByGroup = this.#indexOneSide(one);
    const matched = new Map<number, Set<string>>();
    for (const position of many) {
      this.#matchSample(step, position, { oneByGroup, matched });
    }
    this.#fillUnmatched(step, one, matched);
  }

  #presentAt(series: readonly StepSeries[], step: number): number[] {
    const present: number[] = [];
    for (let position = 0; position < series.length; position += 1) {
      const item = series[position];
      if (item !== undefined && isPresent(item, step)) present.push(position);
    }
    return present;
  }

  #indexOneSide(present: readonly number[]): Map<number, StepSeries> {
    const byGroup = new Map<number, StepSeries>();
    for (const position of present) {
      const series = this.#one[position];
      const group = this.#oneGroups[position] ?? 0;
      if (series === undefined) continue;
      const other = byGroup.get(group);
      if (other !== undefined) throw this.#duplicate(series, other);
      byGroup.set(group, series);
    }
    return byGroup;
  }

  #matchSample(
    step: number,
    position: number,
    state: { oneByGroup: Map<number, StepSeries>; matched: Map<number, Set<string>> },
  ): void {
    const series = this.#many[position];
    const sample = series === undefined ? undefined : sampleAt(series, step);
    if (series === undefined || sample === undefined) return;
    const group = this.#manyGroups[position] ?? 0;
    const many: Operand = { labels: series.labels, sample };
    const partner = state.oneByGroup.get(group);
    const one = partner === undefined ? undefined : sampleAt(partner, step);
    if (partner !== undefined && one !== undefined) {
      this.#emit(
        step,
        [many, { labels: partner.labels, sample: one }],
        markIn(state.matched, group),
      );
      return;
    }
    const fill = this.#matching.fill?.right;
    if (fill === undefined) return;
    const filled: Operand = { labels: this.#labelsToFill(series.labels), sample: fill };
    this.#emit(step, [many, filled], markIn(state.matched, group));
  }

  #fillUnmatched(
    step: number,
    present: readonly number[],
    matched: Map<number, Set<string>>,
  ): void {
    const fill = this.#matching.fill?.left;
    if (fill === undefined) return;
    for (const position of present) {
      const group = this.#oneGroups[position] ?? 0;
      const series = this.#one[position];
      const sample = series === undefined ? undefined : sampleAt(series, step);
      if (series === undefined || sample === undefined || matched.has(group)) continue;
      const filled: Operand = { labels: this.#labelsToFill(series.labels), sample: fill };
      this.#emit(step, [filled, { labels: series.labels, sample }], markIn(matched, group));
    }
  }

  /** Combines a sample of the many side with one of the one side, and checks that none matched before. */
  #emit(
    step: number,
    [many, one]: readonly [Operand, Operand],
    mark: (key: string) => boolean,
  ): void {
    const operands: readonly [Sample, Sample] = this.#isSwapped
      ? [one.sample, many.sample]
      : [many.sample, one.sample];
    const outcome = combineSamples(this.#expr, operands, this.#scope.query);
    if (outcome === undefined) return;
    const labels = this.#labelsOf(many.labels, one.labels);
    if (this.#matching.cardinality === 'one-to-one') {
      if (!mark('')) {
        throw evaluationError(
          'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
          this.#expr.position,
        );
      }
    } else if (!mark(labels.key)) {
      throw evaluationError(
        'multiple matches for labels: grouping labels must ensure unique matches',
        this.#expr.position,
      );
    }
    const { returnBool } = this.#expr;
    if (!outcome.isKept && !returnBool) return;
    const series = this.#output.seriesOf(labels, returnBool);
    this.#output.add(series, step, returnBool ? Number(outcome.isKept) : outcome.sample);
  }

  #labelsOf(many: Labels, one: Labels): Labels {
    let byOne = this.#resultLabels.get(many);
    if (byOne === undefined) {
      byOne = new Map();
      this.#resultLabels.set(many, byOne);
    }
    let labels = byOne.get(one);
    if (labels === undefined) {
      const { delayedNameRemoval } = this.#scope.query.options.features;
      labels = resultLabels(this.#expr, [many, one], delayedNameRemoval);
      byOne.set(one, labels);
    }
    return labels;
  }

  #labelsToFill(labels: Labels): Labels {
    let filled = this.#fillLabels.get(labels);
    if (filled === undefined) {
      filled = matchRule(this.#matching)(labels);
      this.#fillLabels.set(labels, filled);
    }
    return filled;
  }

  #duplicate(series: StepSeries, other: StepSeries): Error {
    const group = formatLabels(matchRule(this.#matching)(series.labels));
    const side = this.#isSwapped ? 'left' : 'right';
    // Sorted, so that the text does not depend on the order in which series were created.
    const both = [series.labels, other.labels].sort((a, b) => Labels.compare(a, b));
    return evaluationError(
      `found duplicate series for the match group ${group} on the ${side} hand-side of the ` +
        `operation: [${both.map(formatLabels).join(', ')}]` +
        ';many-to-many matching not allowed: matching labels must be unique on one side',
      this.#expr.position,
    );
  }
}

/** Notes results of a match group; answers whether the result is the first of its key. */
function markIn(matched: Map<number, Set<string>>, group: number): (key: string) => boolean {
  return (key) => {
    const known = matched.get(group);
    if (known === undefined) {
      matched.set(group, new Set([key]));
      return true;
    }
    if (known.has(key)) return false;
    known.add(key);
    return true;
  };
}
