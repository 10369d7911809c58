/**
 * The telemetry registry: every span, metric, event and attribute Telltale emits, once.
 *
 * The constants are made from `telemetry/registry/*.yaml` (`npm run docs`), and so are the tables
 * in the documentation, so one edit renames a thing everywhere.
 */
export * from './telemetry/generated/attributes.ts';
export * from './telemetry/generated/events.ts';
export * from './telemetry/generated/metrics.ts';
export * from './telemetry/generated/schema-url.ts';
export * from './telemetry/generated/spans.ts';
export * from './telemetry/rows.ts';

/** Stands for every value beyond a limit on distinct attribute values. */
export const OTHER: string = '_OTHER';
