import type { SeededRandom } from '@telltale/statistics';

import { parseAlertmanagerConfig } from '../../collector/src/config/alertmanager/load.ts';
import { isConfigError } from '../../collector/src/config/config-error.ts';
import { parseRuleFile, RuleFileError } from '../../collector/src/config/rules/rules-file.ts';
import { readFrame } from '../../collector/src/http/server/grpc-frames.ts';
import { Labels } from '../../collector/src/model/labels.ts';
import { jsonToProtobuf } from '../../collector/src/otlp/json/json-to-protobuf.ts';
import { isOtlpError } from '../../collector/src/otlp/otlp-error.ts';
import { readLogs } from '../../collector/src/otlp/read/read-logs.ts';
import { readMetrics } from '../../collector/src/otlp/read/read-metrics.ts';
import { readSpans } from '../../collector/src/otlp/read/read-spans.ts';
import { MetricTranslator } from '../../collector/src/otlp/translate/metric-translator.ts';
import { PromqlError } from '../../collector/src/promql/error.ts';
import { evaluateInstant } from '../../collector/src/promql/eval/evaluate.ts';
import { MemorySource } from '../../collector/src/promql/memory-source.ts';
import { parseExpr } from '../../collector/src/promql/parser/parse.ts';
import { printExpr } from '../../collector/src/promql/printer.ts';
import {
  expandRuleText,
  parseRuleText,
  ruleTextVariables,
} from '../../collector/src/rules/alert/rule-text.ts';
import { readCsvRecords } from '../../src/baseline-tool/src/table/csv-records.ts';
import { TableError } from '../../src/baseline-tool/src/table/table-error.ts';
import { AWKWARD_FILES } from '../support/yaml/awkward-rules.ts';
import { mutateYaml } from '../support/yaml/mutate-yaml.ts';
import { mutateBytes, mutateText } from './mutate-bytes.ts';
import * as seeds from './seeds.ts';

/** Something that reads what others wrote. */
export interface FuzzTarget {
  readonly name: string;
  input(random: SeededRandom): Uint8Array;
  run(input: Uint8Array): void | Promise<void>;
  /** Whether an error is the reader's own answer to bad input. */
  isOwn(error: unknown): boolean;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const pick = <T>(list: readonly T[], random: SeededRandom): T => {
  const found = list[Math.floor(random.next() * list.length)];
  if (found === undefined) throw new Error('There is nothing to pick from');
  return found;
};

const bytesOf =
  (texts: readonly Uint8Array[]) =>
  (random: SeededRandom): Uint8Array =>
    mutateBytes(pick(texts, random), random);

const textOf =
  (texts: readonly string[], pieces: readonly string[]) =>
  (random: SeededRandom): Uint8Array =>
    encoder.encode(mutateText(pick(texts, random), pieces, random));

const yamlSeeds = AWKWARD_FILES.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));

/** Labels at the end of a translation, and nothing kept of them. */
function translate(bytes: Uint8Array): void {
  const translator = new MetricTranslator({ sink: seeds.createSink() });
  translator.translate(readMetrics(bytes), seeds.NOW_MS);
}

function evaluate(text: string): void {
  const expr = parseExpr(text);
  const printed = printExpr(expr);
  if (printExpr(parseExpr(printed)) !== printed) throw new Error(`Printed another: ${printed}`);
  evaluateInstant(expr, { source: SOURCE, timeMs: seeds.NOW_MS });
}

const SOURCE = new MemorySource();
for (const labels of seeds.SERIES) {
  for (let index = 0; index < 20; index += 1) {
    const timeMs = seeds.NOW_MS - (20 - index) * 15_000;
    SOURCE.append(Labels.of(labels), [{ timeMs, value: index % 7 }]);
  }
}

const VARIABLES = ruleTextVariables({
  labels: Labels.of({ __name__: 'up', job: 'a', instance: 'b:1' }),
  externalLabels: { region: 'eu' },
  externalUrl: 'http://localhost',
  value: 1.5,
});

export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  {
    name: 'OTLP protobuf',
    input: bytesOf(seeds.METRICS),
    run: translate,
    isOwn: isOtlpError,
  },
  {
    name: 'OTLP protobuf of logs and traces',
    input: bytesOf(seeds.METRICS),
    run: (input) => {
      readLogs(input);
      readSpans(input);
    },
    isOwn: isOtlpError,
  },
  {
    name: 'OTLP JSON',
    input: bytesOf(seeds.METRICS_JSON),
    run: (input) => translate(jsonToProtobuf('metrics', input)),
    isOwn: isOtlpError,
  },
  {
    name: 'gRPC frames',
    input: bytesOf(seeds.FRAMES),
    run: (input) => {
      const frame = readFrame(Buffer.from(input));
      if (frame !== undefined && !frame.isCompressed) translate(frame.message);
    },
    isOwn: isOtlpError,
  },
  {
    name: 'PromQL',
    input: textOf(seeds.EXPRESSIONS, seeds.PROMQL_PIECES),
    run: (input) => evaluate(decoder.decode(input)),
    isOwn: (error) => PromqlError.is(error),
  },
  {
    name: 'YAML rule files',
    input: (random) => encoder.encode(mutateYaml(pick(yamlSeeds, random), random)),
    run: (input) => {
      parseRuleFile(input, { file: 'f', intervalMs: 60_000 });
    },
    isOwn: (error) => error instanceof RuleFileError,
  },
  {
    name: 'alertmanager.yml',
    input: (random) => encoder.encode(mutateYaml(pick(seeds.ALERTMANAGER, random), random)),
    run: (input) => {
      parseAlertmanagerConfig(decoder.decode(input), seeds.ALERTMANAGER_OPTIONS);
    },
    isOwn: isConfigError,
  },
  {
    name: 'templates',
    input: textOf(seeds.TEMPLATES, seeds.TEMPLATE_PIECES),
    run: (input) => {
      expandRuleText(parseRuleText('A', decoder.decode(input)), VARIABLES, seeds.FUNCTIONS);
    },
    isOwn: () => false,
  },
  {
    name: 'CSV',
    input: textOf(seeds.CSV, ['"', ',', '\n', '\r', ';', '""', 'x', '1.5', '\t', '\ufeff', ' ']),
    run: async (input) => {
      await readCsvRecords([input], { onRecord: () => undefined });
    },
    isOwn: (error) => error instanceof TableError,
  },
];
