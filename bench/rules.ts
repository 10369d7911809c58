/**
 * How long rules take: seven shapes over 28,000 series with 60 samples each.
 *
 * Between two measured evaluations every series gets a sample, so that windows move as they do in
 * service. `plannerNs` and `generalNs` evaluate the expression alone; `ruleNs` is the whole alerting
 * rule with the planner: alert states, expanded annotations, and the ALERTS series it writes. That
 * is what Prometheus' own figure covers, which is given when `npm run tools` has built the program.
 */
import { availableParallelism } from 'node:os';

import { evaluateInstant } from '../collector/src/promql/eval/evaluate.ts';
import { parseExpr } from '../collector/src/promql/parser/parse.ts';
import { StandingPlanner } from '../collector/src/promql/standing/plan/planner.ts';
import type { RuleEnvironment } from '../collector/src/rules/evaluation.ts';
import { RuleGroup } from '../collector/src/rules/group.ts';
import { storeRuleSamples } from '../collector/src/runtime/durable/rule-output.ts';
import { measurePrometheus } from './rules/prometheus.ts';
import { createWorkload, LoadedStore, RULE_SHAPES, type RuleShape } from './rules/workload.ts';

const START_MS = 1_790_000_000_000;
const WARMUP_TICKS = 30;
const TICKS = 41;
const GENERAL_TICKS = 11;
/** Cheap evaluations are repeated, because a clock cannot time one. */
const REPEATS: Readonly<Record<string, number>> = { threshold_1: 200 };

interface Figures {
  readonly reads: number;
  readonly plannerNs: number;
  readonly ruleNs: number;
  readonly generalNs: number;
  readonly irregular: number;
  readonly prometheusNs?: number;
  readonly timesFaster?: number;
}

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  const workload = createWorkload();
  const reference = await measurePrometheus(workload);
  const shapes: Record<string, Figures> = {};
  for (const shape of RULE_SHAPES) {
    const figures = measureShape(shape, new LoadedStore(workload, START_MS));
    const seconds = reference?.get(shape.name);
    shapes[shape.name] =
      seconds === undefined
        ? figures
        : {
            ...figures,
            prometheusNs: Math.round(seconds * 1e9),
            timesFaster: Number(((seconds * 1e9) / figures.ruleNs).toFixed(1)),
          };
  }
  const summary = {
    series: workload.length,
    cpus: availableParallelism(),
    node: process.version,
    reference: reference === undefined ? 'absent' : 'Prometheus 3.14',
    shapes,
  };
  if (!options.isJson) console.table(shapes);
  process.stdout.write(`${JSON.stringify(summary)}\n`);
}

function measureShape(shape: RuleShape, loaded: LoadedStore): Figures {
  const expr = parseExpr(shape.expr);
  const { store } = loaded;
  const planner = new StandingPlanner(store);
  const query = planner.group().plan(expr);
  if ('refused' in query) throw new Error(`Cannot plan ${shape.name}: ${query.refused}`);
  const repeats = REPEATS[shape.name] ?? 1;
  const general = (): unknown => evaluateInstant(expr, { source: store, timeMs: loaded.nowMs });
  const planned = (): unknown => query.evaluate(loaded.nowMs);
  const rule = ruleOf(shape, loaded, planner);
  const generalTicks = { ticks: GENERAL_TICKS, warmup: 5, repeats };
  const ticks = { ticks: TICKS, warmup: WARMUP_TICKS, repeats };
  const figures = {
    reads: shape.reads,
    plannerNs: measure(loaded, planned, ticks),
    ruleNs: measure(loaded, rule, ticks),
    generalNs: measure(loaded, general, generalTicks),
    irregular: query.irregularCount,
  };
  planner.close();
  return figures;
}

/** The alerting rule as a group evaluates it. */
function ruleOf(shape: RuleShape, loaded: LoadedStore, planner: StandingPlanner): () => unknown {
  const standing = planner.group();
  const { alert: name, expr: exprText, annotations } = shape;
  const rule = {
    kind: 'alerting',
    name,
    expr: parseExpr(exprText),
    exprText,
    labels: {},
    forMs: 0,
    keepFiringForMs: 0,
    annotations,
  } as const;
  const group = new RuleGroup({
    file: 'bench.yml',
    name: 'bench',
    intervalMs: 5000,
    queryOffsetMs: 0,
    limit: 0,
    rules: [rule],
  });
  const environment: RuleEnvironment = {
    query: (expr, timeMs) => standing.evaluate(expr, timeMs).value,
    queryText: () => {
      throw new Error('no template asks');
    },
    append: (samples) => storeRuleSamples(loaded.store, samples, 0),
    externalLabels: {},
    externalUrl: '',
  };
  return () => {
    const { errors } = group.evaluate(loaded.nowMs, environment);
    if (errors.length > 0) throw new Error(errors[0]?.error);
  };
}

/** Median nanoseconds of one call, one call (or a few) after each step of the store. */
function measure(
  loaded: LoadedStore,
  call: () => unknown,
  { ticks, warmup, repeats }: { ticks: number; warmup: number; repeats: number },
): number {
  const times: number[] = [];
  for (let tick = 0; tick < warmup + ticks; tick += 1) {
    loaded.advance();
    const start = process.hrtime.bigint();
    for (let repeat = 0; repeat < repeats; repeat += 1) call();
    const elapsedNs = Number(process.hrtime.bigint() - start) / repeats;
    if (tick >= warmup) times.push(elapsedNs);
  }
  times.sort((left, right) => left - right);
  return Math.round(times[Math.floor(times.length / 2)] ?? 0);
}
