import { Labels } from '../../model/labels.ts';
import type { Expr } from '../../promql/ast.ts';
import type { Value } from '../../promql/eval/values.ts';
import { DEFAULT_FEATURES, type PromqlFeatures } from '../../promql/features.ts';
import { parseSequence, parseSeries } from '../../promql/notation/series.ts';
import { parseExpr } from '../../promql/parser/parse.ts';
import type { SeriesSource } from '../../promql/series-source.ts';
import { ALERT_NAME_LABEL } from '../alert/alert-series.ts';
import type { Alert } from '../alert/alert-state.ts';
import { type RuleEnvironment, toElements } from '../evaluation.ts';
import { RuleGroup } from '../group.ts';
import type { GroupDefinition } from '../rule.ts';
import {
  areAlertsEqual,
  areSamplesEqual,
  shownAlert,
  sortAlerts,
  sortSamples,
  type TestSample,
} from './compare.ts';
import { formatTestSample } from './format.ts';
import { TestSeries } from './test-series.ts';
import type { AlertTest, ExprTest, UnitTest, UnitTestFailure, UnitTestFile } from './unit-test.ts';

/** Evaluates an instant query over series in memory. @throws {Error} when it fails. */
export type EvaluateQuery = (
  expr: Expr,
  input: {
    readonly source: SeriesSource;
    readonly timeMs: number;
    readonly subqueryStepMs: number;
  },
) => Value;

export interface UnitTestOptions {
  readonly evaluate: EvaluateQuery;
  readonly features?: PromqlFeatures;
  /** The groups of the rule files that the test file names. */
  readonly loadGroups: (test: UnitTest) => readonly GroupDefinition[];
}

/**
 * Runs one unit test: evaluates the groups from its start to its last evaluation time and compares
 * firing alerts and expressions with what it expects. No failures mean that it passed.
 */
export function runUnitTest(
  file: UnitTestFile,
  test: UnitTest,
  options: UnitTestOptions,
): readonly UnitTestFailure[] {
  const nameless = test.alertTests.find(({ alertName }) => alertName === '');
  if (nameless !== undefined) {
    const error = 'an item under alert_rule_test misses required attribute alertname';
    return [{ kind: 'broken', test: test.name, error }];
  }
  try {
    return new UnitTestRun(file, test, options).run();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [{ kind: 'broken', test: test.name, error: error.message }];
  }
}

class UnitTestRun {
  readonly #file: UnitTestFile;
  readonly #test: UnitTest;
  readonly #options: UnitTestOptions;
  readonly #series: TestSeries;
  readonly #groups: readonly RuleGroup[];
  readonly #failures: UnitTestFailure[] = [];

  constructor(file: UnitTestFile, test: UnitTest, options: UnitTestOptions) {
    this.#file = file;
    this.#test = test;
    this.#options = options;
    this.#series = new TestSeries(test);
    const order = new Map(file.groupEvalOrder.map((name, index) => [name, index]));
    this.#groups = options
      .loadGroups(test)
      // promtool looks the name up in a map of Go, which gives 0 for a group that is not listed.
      .toSorted((left, right) => (order.get(left.name) ?? 0) - (order.get(right.name) ?? 0))
      .map((definition) => new RuleGroup(definition));
  }

  run(): readonly UnitTestFailure[] {
    const { startMs, alertTests, exprTests } = this.#test;
    const stepMs = this.#file.evaluationIntervalMs;
    const times = [...alertTests, ...exprTests].map(({ evalTimeMs }) => evalTimeMs);
    const endMs = startMs + Math.max(0, ...times);
    for (let timeMs = startMs; timeMs <= endMs; timeMs += stepMs) {
      this.#series.loadTill(timeMs);
      if (!this.#evaluateGroups(timeMs)) return this.#failures;
      this.#checkAlerts(timeMs, timeMs + stepMs);
    }
    for (const exprTest of exprTests) this.#checkExpr(exprTest);
    return this.#failures;
  }

  /** `false` when a rule failed, which ends the test. */
  #evaluateGroups(timeMs: number): boolean {
    const { name } = this.#test;
    const errors = this.#groups.flatMap((group) => {
      return group.evaluate(timeMs, this.#environment()).errors;
    });
    for (const { rule, error } of errors) {
      this.#failures.push({ kind: 'ruleError', test: name, rule, timeMs, error });
    }
    return errors.length === 0;
  }

  #environment(): RuleEnvironment {
    return {
      query: (expr, timeMs) => this.#query(expr, timeMs),
      queryText: (text, timeMs) => this.#query(this.#parse(text), timeMs),
      append: (samples) => {
        this.#series.append(samples);
      },
      externalLabels: this.#test.externalLabels,
      externalUrl: this.#test.externalUrl,
    };
  }

  #query(expr: Expr, timeMs: number): Value {
    const subqueryStepMs = this.#file.evaluationIntervalMs;
    return this.#options.evaluate(expr, { source: this.#series.source, timeMs, subqueryStepMs });
  }

  #parse(text: string): Expr {
    return parseExpr(text, this.#options.features ?? DEFAULT_FEATURES);
  }

  /** Alerts are compared with the evaluation at or before the time that a test names. */
  #checkAlerts(fromMs: number, toMs: number): void {
    const { startMs, alertTests } = this.#test;
    const due = alertTests
      .filter(({ evalTimeMs }) => startMs + evalTimeMs >= fromMs && startMs + evalTimeMs < toMs)
      .toSorted((left, right) => left.evalTimeMs - right.evalTimeMs);
    for (const alertTest of due) this.#checkAlert(alertTest);
  }

  #checkAlert({ alertName, evalTimeMs, alerts }: AlertTest): void {
    const got = sortAlerts(this.#firing(alertName).map(shownAlert));
    const expected = sortAlerts(
      alerts.map(({ labels, annotations }) => {
        return { labels: { ...labels, [ALERT_NAME_LABEL]: alertName }, annotations };
      }),
    );
    if (areAlertsEqual(expected, got)) return;
    const test = this.#test.name;
    this.#failures.push({ kind: 'alert', test, alertName, evalTimeMs, expected, got });
  }

  #firing(alertName: string): readonly Alert[] {
    return this.#groups
      .flatMap(({ rules }) => rules)
      .filter(({ rule }) => rule.kind === 'alerting' && rule.name === alertName)
      .flatMap(({ alerts }) => [...alerts.values()])
      .filter(({ status }) => status === 'firing');
  }

  #checkExpr(exprTest: ExprTest): void {
    const { expr, evalTimeMs } = exprTest;
    const test = this.#test.name;
    try {
      const value = this.#query(this.#parse(expr), this.#test.startMs + evalTimeMs);
      const got = sortSamples(
        toElements(value).map((element) => ({ ...element, value: element.value ?? 0 })),
      );
      const expected = sortSamples(exprTest.samples.map(readExpectedSample));
      if (areSamplesEqual(expected, got, this.#file.isFuzzy)) return;
      const shown = { expected: expected.map(formatTestSample), got: got.map(formatTestSample) };
      this.#failures.push({ kind: 'expr', test, expr, evalTimeMs, ...shown });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#failures.push({ kind: 'exprError', test, expr, evalTimeMs, error: message });
    }
  }
}

function readExpectedSample(sample: ExprTest['samples'][number]): TestSample {
  try {
    const labels = sample.labels.trim() === '' ? Labels.EMPTY : parseSeries(sample.labels).labels;
    if (sample.histogram === '') return { labels, value: sample.value };
    const [written, ...rest] = parseSequence(sample.histogram);
    if (written?.kind !== 'histogram' || rest.length > 0) {
      throw new SyntaxError(`expected one histogram, got ${sample.histogram}`);
    }
    return { labels, value: 0, histogram: written.histogram };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`labels ${JSON.stringify(sample.labels)}: ${message}`, { cause: error });
  }
}
