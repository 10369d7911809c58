import { Labels } from '../../collector/src/model/labels.ts';
import { parseExpr } from '../../collector/src/promql/parser/parse.ts';
import { StandingPlanner } from '../../collector/src/promql/standing/plan/planner.ts';
import { RuleGroup } from '../../collector/src/rules/group.ts';
import { storeRuleSamples } from '../../collector/src/runtime/durable/rule-output.ts';
import { RetentionPlan } from '../../collector/src/storage/retention.ts';
import { SeriesStore } from '../../collector/src/storage/series-store.ts';
import type { SeriesReference } from '../../collector/src/storage/stored-series.ts';
import { medianNs } from './median-time.ts';

const START_MS = 1_790_000_000_000;
const STEP_MS = 15_000;
const SAMPLES = 20;
const ZONES = 10;
const MIB = 2 ** 20;

export interface SeriesRow {
  readonly series: number;
  /** Milliseconds to store one more sample of each. */
  readonly appendMs: number;
  /** Milliseconds of one rule that adds up all of them by ten zones. */
  readonly sumRuleMs: number;
  readonly heapMib: number;
}

/** A store with one gauge in many pods. */
class Fleet {
  readonly store: SeriesStore = new SeriesStore({
    retention: new RetentionPlan([], { retainAllMs: SAMPLES * STEP_MS, marginMs: STEP_MS }),
    // So that one metric may be all there is.
    limits: { seriesPerMetricMax: 1_000_000 },
  });
  readonly #references: SeriesReference[] = [];
  nowMs: number = START_MS;

  constructor(series: number) {
    this.store.advanceTo(START_MS);
    for (let pod = 0; pod < series; pod += 1) {
      const zone = `z${pod % ZONES}`;
      const labels = Labels.of({ __name__: 'load', pod: `pod-${pod}`, zone });
      const reference = this.store.resolve(labels);
      if (typeof reference === 'string') throw new Error(`Cannot store a series: ${reference}`);
      this.#references.push(reference);
    }
    for (let sample = 0; sample < SAMPLES; sample += 1) this.advance();
  }

  advance(): void {
    this.nowMs += STEP_MS;
    this.store.advanceTo(this.nowMs);
    for (const [pod, reference] of this.#references.entries()) {
      this.store.append(reference, this.nowMs, (pod * 7919 + this.nowMs) % 100);
    }
  }
}

export function measureSeries(series: number): SeriesRow {
  const before = heldBytes();
  const fleet = new Fleet(series);
  const heapMib = Math.round(((heldBytes() - before) / MIB) * 10) / 10;
  const evaluate = groupOf(fleet, ['sum by (zone) (load) > 1e12']);
  const appendMs = medianNs(() => fleet.advance(), 7, 2) / 1e6;
  const sumRuleMs =
    medianNs(
      () => {
        fleet.advance();
        evaluate();
      },
      7,
      2,
    ) / 1e6;
  return {
    series,
    appendMs: rounded(appendMs),
    sumRuleMs: rounded(Math.max(0, sumRuleMs - appendMs)),
    heapMib,
  };
}

export interface RulesRow {
  readonly rules: number;
  /** Milliseconds of one evaluation of the group. */
  readonly groupMs: number;
}

/** Rules that each look at one series of ten thousand and do not fire. */
export function measureRules(rules: number): RulesRow {
  const fleet = new Fleet(10_000);
  const evaluate = groupOf(
    fleet,
    Array.from({ length: rules }, (_, rule) => `load{pod="pod-${rule % 10_000}"} > 1000`),
  );
  return { rules, groupMs: rounded(medianNs(evaluate) / 1e6) };
}

function groupOf(fleet: Fleet, exprs: readonly string[]): () => void {
  const standing = new StandingPlanner(fleet.store).group();
  const group = new RuleGroup({
    file: 'bench.yml',
    name: 'growth',
    intervalMs: 1000,
    queryOffsetMs: 0,
    limit: 0,
    rules: exprs.map((exprText, index) => ({
      kind: 'alerting',
      name: `Rule${index}`,
      expr: parseExpr(exprText),
      exprText,
      labels: {},
      forMs: 0,
      keepFiringForMs: 0,
      annotations: {},
    })),
  });
  return () => {
    const { errors } = group.evaluate(fleet.nowMs, {
      query: (expr, timeMs) => standing.evaluate(expr, timeMs).value,
      queryText: () => {
        throw new Error('no template asks');
      },
      append: (samples) => storeRuleSamples(fleet.store, samples, 0),
      externalLabels: {},
      externalUrl: '',
    });
    if (errors.length > 0) throw new Error(errors[0]?.error);
  };
}

function heldBytes(): number {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
