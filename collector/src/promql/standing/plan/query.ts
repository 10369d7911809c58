import type { Labels } from '../../../model/labels.ts';
import { type Annotation, AnnotationSet } from '../../annotations.ts';
import type { Expr } from '../../ast.ts';
import type { EvaluationOptions } from '../../eval/options.ts';
import type { EvaluationResult, VectorElement } from '../../eval/values.ts';
import { withoutIdentity } from '../../kernels/identity.ts';
import { IrregularData, type Node, type Tick, type VectorNode } from '../node.ts';

/** How a group of queries keeps time; see `StandingGroup`. */
export interface Ticks {
  tickAt(timeMs: number): Tick;
}

export interface StandingParts {
  readonly expr: Expr;
  readonly root: Node;
  readonly annotated: readonly { readonly annotations: readonly Annotation[] }[];
  readonly ticks: Ticks;
  readonly options: EvaluationOptions;
  readonly general: GeneralEvaluator;
}

/** Evaluates any expression at a time. */
export type GeneralEvaluator = (expr: Expr, timeMs: number) => EvaluationResult;

const NO_ANNOTATIONS: readonly Annotation[] = [];

/** An expression that stays bound to its series from one evaluation to the next. */
export class StandingQuery {
  readonly expr: Expr;
  /** Evaluations that met irregular data and were answered by the general evaluator. */
  irregularCount = 0;
  readonly #parts: StandingParts;
  /** Labels without the name, for queries with delayed name removal. */
  readonly #bareLabels: WeakMap<Labels, Labels> = new WeakMap();

  constructor(parts: StandingParts) {
    this.expr = parts.expr;
    this.#parts = parts;
  }

  /**
   * The value of the expression at a time, as the general evaluator gives it; elements of a vector
   * stand in the order in which their series appeared. Times may go back, at the price of reading
   * whole windows again.
   *
   * @throws {PromqlError} `PROMQL_EVALUATION` when the data does not allow an answer.
   */
  evaluate(timeMs: number): EvaluationResult {
    try {
      return this.#evaluateStanding(timeMs);
    } catch (error) {
      if (!(error instanceof IrregularData)) throw error;
      this.irregularCount += 1;
      return this.#parts.general(this.expr, timeMs);
    }
  }

  #evaluateStanding(timeMs: number): EvaluationResult {
    const { root, ticks } = this.#parts;
    const tick = ticks.tickAt(timeMs);
    if (root.kind === 'scalar') {
      const value = root.evaluate(tick);
      return { value: { kind: 'scalar', timeMs, value }, annotations: this.#annotations() };
    }
    root.evaluate(tick);
    const elements = this.#elements(root, timeMs);
    return { value: { kind: 'vector', elements }, annotations: this.#annotations() };
  }

  #elements(root: VectorNode, timeMs: number): readonly VectorElement[] {
    const elements: VectorElement[] = [];
    const { present, values, labels, dropsName, slotCount } = root;
    const { delayedNameRemoval } = this.#parts.options.features;
    for (let slot = 0; slot < slotCount; slot += 1) {
      const own = present[slot] === 1 ? labels[slot] : undefined;
      if (own === undefined) continue;
      const isBare = delayedNameRemoval && dropsName[slot] === true;
      const named = isBare ? this.#bare(own) : own;
      elements.push({ labels: named, timeMs, value: values[slot] ?? Number.NaN });
    }
    if (delayedNameRemoval) requireDistinct(elements);
    return elements;
  }

  #bare(labels: Labels): Labels {
    let bare = this.#bareLabels.get(labels);
    if (bare === undefined) {
      bare = withoutIdentity(labels);
      this.#bareLabels.set(labels, bare);
    }
    return bare;
  }

  #annotations(): readonly Annotation[] {
    let found: AnnotationSet | undefined;
    for (const { annotations } of this.#parts.annotated) {
      for (const annotation of annotations) {
        found ??= new AnnotationSet();
        found.add(annotation);
      }
    }
    return found?.list() ?? NO_ANNOTATIONS;
  }
}

function requireDistinct(elements: readonly VectorElement[]): void {
  if (elements.length < 2) return;
  const keys = new Set(elements.map(({ labels }) => labels.key));
  if (keys.size < elements.length) throw new IrregularData('equal label sets');
}
