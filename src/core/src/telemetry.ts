/**
 * The telemetry registry: every span, metric, event and attribute Telltale emits, once.
 *
 * Instrumentations take names, units and buckets from here and the tables in the READMEs are
 * generated from here, so one edit renames a thing everywhere.
 */
export * from './telemetry/application-metrics.ts';
export * from './telemetry/attributes.ts';
export * from './telemetry/drift-events.ts';
export * from './telemetry/drift-metrics.ts';
export * from './telemetry/events.ts';
export * from './telemetry/fleet-drift-metrics.ts';
export * from './telemetry/metrics.ts';
export * from './telemetry/process-metrics.ts';
export * from './telemetry/rows.ts';
export * from './telemetry/spans.ts';

/** Identifies this version of the registry in OTLP (`schema_url`). Names nothing that is fetched. */
export const SCHEMA_URL: string = 'https://telltale.invalid/schemas/0.1.0';

/** Stands for every value beyond a limit on distinct attribute values. */
export const OTHER: string = '_OTHER';
