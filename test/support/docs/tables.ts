import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { OPTIONS } from 'telltale';

import {
  ATTR_TELLTALE_EVENT_TYPE,
  ATTRIBUTES,
  type AttributeRow,
  DRIFT_METRICS,
  DRIFT_VALUE_METRICS,
  ERROR_CODES,
  EVENTS,
  FLEET_DRIFT_METRICS,
  GPU_METRICS,
  METRICS,
  type MetricRow,
  type OptionRow,
  PROCESS_METRICS,
  promName,
  SPANS,
} from '@telltale/core';

import { OPERATION_ROOMS } from '../../../collector/src/http/routes/openapi/operations.ts';
import { CHART } from '../../../deploy/helm/places.ts';
import { valuesTable } from '../../../deploy/helm/values-table.ts';
import { OTEL_VARIABLES } from '../otel-variables/variables.ts';
import { markdownTable } from './markdown-table.ts';
import { PERFORMANCE_TABLES } from './performance-tables.ts';

const code = (text: string): string => `\`${text}\``;
const names = (attributes: readonly AttributeRow[]): string =>
  attributes.map((attribute) => code(attribute.name)).join(' ');

const STATES = { taken: 'as upstream', differs: 'differs', ignored: 'ignored' } as const;

/** Every variable of OpenTelemetry: whether it counts, what it does and what is different. */
const otelVariablesTable = (): string =>
  markdownTable(
    ['Environment', 'In Telltale', 'telltale.yaml', 'Default', 'Meaning', 'Remark'],
    OTEL_VARIABLES.map(({ name, state, note }) => {
      const row = OPTIONS.find(({ env }) => env === name);
      return [
        code(name),
        STATES[state],
        row === undefined || row.key === '' ? '' : code(row.key),
        row?.default === undefined ? '' : code(row.default),
        row?.description ?? '',
        note,
      ];
    }),
  );

const instrument = (row: MetricRow): string =>
  row.isObservable ? `${row.instrument}, observed` : row.instrument;

const metricsTable = (rows: readonly MetricRow[]): string =>
  markdownTable(
    ['Metric', 'Instrument', 'Unit', 'In Prometheus', 'Attributes', 'Meaning'],
    rows.map((row) => [
      code(row.name),
      instrument(row),
      code(row.unit),
      code(promName({ name: row.name, unit: row.unit, kind: row.instrument })),
      names(row.attributes),
      row.description,
    ]),
  );

const spansTable = (): string =>
  markdownTable(
    ['Span', 'When', 'Attributes'],
    SPANS.map((row) => [code(row.name), row.when, names(row.attributes)]),
  );

/** The type of an event, which each carries as an attribute, is a column of its own. */
const eventsTable = (): string =>
  markdownTable(
    ['Event', 'Type', 'Severity', 'When', 'Attributes'],
    EVENTS.map((row) => [
      code(row.name),
      row.type,
      String(row.severityNumber),
      row.when,
      names(row.attributes.filter(({ name }) => name !== ATTR_TELLTALE_EVENT_TYPE.name)),
    ]),
  );

const attributesTable = (): string =>
  markdownTable(
    ['Attribute', 'Type', 'Values', 'Meaning'],
    ATTRIBUTES.map((row) => [
      code(row.name),
      row.type,
      (row.values ?? []).map(code).join(' '),
      row.description,
    ]),
  );

const errorsTable = (): string =>
  markdownTable(
    ['Code', 'Meaning'],
    Object.entries(ERROR_CODES).map(([name, meaning]) => [code(name), meaning]),
  );

/** What the alert service answers to, one table for each kind of operation. */
const httpApiTables = (): string =>
  OPERATION_ROOMS.map(({ title, operations }) => {
    const table = markdownTable(
      ['Request', 'Key', 'Parameters', 'What it does'],
      operations.map(({ method, path, scope, query = [], summary }) => [
        code(`${method.toUpperCase()} ${path}`),
        scope === 'open' ? 'none' : code(scope),
        query
          .map((name) => (name.endsWith('*') ? `${code(name.slice(0, -1))}, many` : code(name)))
          .join('; '),
        summary,
      ]),
    );
    return `### ${title}\n\n${table}`;
  }).join('\n\n');

/** The table of a package's options. */
const optionsTable = (rows: readonly OptionRow[]): string =>
  markdownTable(
    ['telltale.yaml', 'Environment', 'Type', 'Default', 'Meaning'],
    rows.map((row) => [
      row.key === '' ? '' : code(row.key),
      row.env === undefined ? '' : code(row.env),
      row.values === undefined ? row.type : `${row.type}: ${row.values.join(', ')}`,
      row.default === undefined ? '' : code(row.default),
      row.description,
    ]),
  );

/** What the ONNX Runtime instrumentation measures. */
const INFERENCE = /^ml\.(?:inference(?!\.energy)|model|operator)\./u;

/** What stands between `<!-- table: NAME -->` and `<!-- end -->` in a README. */
export const TABLES: Readonly<Record<string, () => string>> = {
  metrics: () => metricsTable(METRICS),
  'process-metrics': () => metricsTable(PROCESS_METRICS),
  'gpu-metrics': () => metricsTable(GPU_METRICS),
  'drift-metrics': () => metricsTable([...DRIFT_METRICS, ...DRIFT_VALUE_METRICS]),
  'fleet-drift-metrics': () => metricsTable(FLEET_DRIFT_METRICS),
  'inference-metrics': () => metricsTable(METRICS.filter(({ name }) => INFERENCE.test(name))),
  options: () => optionsTable(OPTIONS.filter((row) => row.key !== '')),
  'otel-variables': otelVariablesTable,
  'variables-of-others': () =>
    optionsTable(OPTIONS.filter(({ key, env }) => key === '' && env?.startsWith('OTEL_') !== true)),
  spans: spansTable,
  events: eventsTable,
  attributes: attributesTable,
  errors: errorsTable,
  'http-api': httpApiTables,
  ...PERFORMANCE_TABLES,
  'chart-values': () => valuesTable(readFileSync(join(CHART, 'values.yaml'), 'utf8')),
};
