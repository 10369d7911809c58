import type {
  AlertTest,
  ExpectedAlert,
  ExpectedSample,
  ExprTest,
  UnitTest,
  UnitTestFile,
} from '../../rules/unit-test/unit-test.ts';
import type { Place, YamlProblem, YamlValue } from '../yaml/tree.ts';
import { comparePlaces, Fields, type Report } from './fields.ts';
import { RuleFileError } from './rules-file.ts';
import { readYaml } from './yaml.ts';

const EVALUATION_INTERVAL_MS = 60_000;

const FILE_SHAPE = {
  type: 'main.unitTestFile',
  keys: ['rule_files', 'evaluation_interval', 'group_eval_order', 'tests', 'fuzzy_compare'],
};
const TEST_SHAPE = {
  type: 'main.testGroup',
  keys: [
    'name',
    'interval',
    'input_series',
    'alert_rule_test',
    'promql_expr_test',
    'external_labels',
    'external_url',
    'start_timestamp',
  ],
};
const SERIES_SHAPE = { type: 'main.series', keys: ['series', 'values'] };
const ALERT_TEST_SHAPE = {
  type: 'main.alertTestCase',
  keys: ['eval_time', 'alertname', 'exp_alerts'],
};
const ALERT_SHAPE = { type: 'main.alert', keys: ['exp_labels', 'exp_annotations'] };
const EXPR_TEST_SHAPE = {
  type: 'main.promqlTestCase',
  keys: ['expr', 'eval_time', 'exp_samples'],
};
const SAMPLE_SHAPE = { type: 'main.sample', keys: ['labels', 'value', 'histogram'] };

/**
 * Reads a unit-test file of rules as strictly as promtool does.
 *
 * @throws {RuleFileError} with every problem of the file.
 */
export function parseUnitTestFile(bytes: Uint8Array, file: string): UnitTestFile {
  const { root, problems } = readYaml(bytes);
  const found: YamlProblem[] = [...problems];
  const report: Report = (place, message) => {
    found.push({ ...place, message });
  };
  const read = new UnitTestReader(report).readFile(root ?? { kind: 'null', place: START });
  if (found.length > 0) {
    throw new RuleFileError(found.toSorted(comparePlaces).map((problem) => ({ file, ...problem })));
  }
  return read;
}

const START: Place = { line: 1, column: 1 };

class UnitTestReader {
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  readFile(root: YamlValue): UnitTestFile {
    const fields = new Fields(root, FILE_SHAPE, this.#report);
    // Like upstream, an interval of 0 means the default.
    const evaluationIntervalMs =
      fields.durationMs('evaluation_interval', 0) || EVALUATION_INTERVAL_MS;
    return {
      ruleFiles: this.#texts(fields.list('rule_files')),
      evaluationIntervalMs,
      groupEvalOrder: this.#readOrder(fields),
      isFuzzy: fields.boolean('fuzzy_compare'),
      tests: fields.list('tests').map((node, index) => {
        return this.#readTest(node, { index, evaluationIntervalMs });
      }),
    };
  }

  #readOrder(fields: Fields): readonly string[] {
    const names = this.#texts(fields.list('group_eval_order'));
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      const place = fields.placeOf('group_eval_order');
      this.#report(place, `group name repeated in evaluation order: ${name}`);
    }
    return names;
  }

  #readTest(
    node: YamlValue,
    {
      index,
      evaluationIntervalMs,
    }: { readonly index: number; readonly evaluationIntervalMs: number },
  ): UnitTest {
    const fields = new Fields(node, TEST_SHAPE, this.#report);
    const externalLabels = fields
      .textEntries('external_labels')
      .map(({ key, text }) => [key, text]);
    return {
      name: fields.text('name') || `unnamed#${index}`,
      intervalMs: fields.durationMs('interval', 0) || evaluationIntervalMs,
      startMs: this.#readStart(fields),
      inputSeries: fields.list('input_series').map((series) => {
        const input = new Fields(series, SERIES_SHAPE, this.#report);
        return { series: input.text('series'), values: input.text('values') };
      }),
      externalLabels: Object.fromEntries(externalLabels),
      externalUrl: fields.text('external_url'),
      alertTests: fields.list('alert_rule_test').map((item) => this.#readAlertTest(item)),
      exprTests: fields.list('promql_expr_test').map((item) => this.#readExprTest(item)),
    };
  }

  /** Seconds since the epoch, or a time such as `2026-01-02T03:04:05Z`. */
  #readStart(fields: Fields): number {
    if (!fields.has('start_timestamp')) return 0;
    const text = fields.text('start_timestamp');
    if (/^[-+]?[0-9]+(?:\.[0-9]+)?$/u.test(text)) return Math.round(Number(text) * 1000);
    const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[-+]\d{2}:\d{2})$/u.test(
      text,
    );
    const timeMs = isTime ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(timeMs)) return timeMs;
    const place = fields.placeOf('start_timestamp');
    this.#report(place, `cannot parse ${JSON.stringify(text)} to a valid timestamp`);
    return 0;
  }

  #readAlertTest(node: YamlValue): AlertTest {
    const fields = new Fields(node, ALERT_TEST_SHAPE, this.#report);
    return {
      evalTimeMs: fields.durationMs('eval_time', 0),
      alertName: fields.text('alertname'),
      alerts: fields.list('exp_alerts').map((item) => this.#readAlert(item)),
    };
  }

  #readAlert(node: YamlValue): ExpectedAlert {
    const fields = new Fields(node, ALERT_SHAPE, this.#report);
    const record = (key: string): Readonly<Record<string, string>> => {
      return Object.fromEntries(fields.textEntries(key).map(({ key: name, text }) => [name, text]));
    };
    return { labels: record('exp_labels'), annotations: record('exp_annotations') };
  }

  #readExprTest(node: YamlValue): ExprTest {
    const fields = new Fields(node, EXPR_TEST_SHAPE, this.#report);
    return {
      expr: fields.text('expr'),
      evalTimeMs: fields.durationMs('eval_time', 0),
      samples: fields.list('exp_samples').map((item): ExpectedSample => {
        const sample = new Fields(item, SAMPLE_SHAPE, this.#report);
        return {
          labels: sample.text('labels'),
          value: sample.float('value'),
          histogram: sample.text('histogram'),
        };
      }),
    };
  }

  #texts(nodes: readonly YamlValue[]): readonly string[] {
    return nodes.map((node) => {
      if (node.kind === 'scalar') return node.text;
      if (node.kind !== 'null')
        this.#report(node.place, `cannot unmarshal a ${node.kind} into string`);
      return '';
    });
  }
}
