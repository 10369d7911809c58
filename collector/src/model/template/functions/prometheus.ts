import type { GoFunction } from '../value.ts';
import { HUMANIZE_FUNCTIONS } from './humanize.ts';
import { queryFunctions, type TemplateQuery } from './query.ts';
import { REGEX_FUNCTIONS } from './regex.ts';
import { TEXT_FUNCTIONS } from './text.ts';
import { TIME_FUNCTIONS } from './time.ts';

/** What the functions of rule templates know of their surroundings. */
export interface PrometheusContext {
  readonly query: TemplateQuery;
  /** Evaluation time in milliseconds since the epoch. */
  readonly nowMs: number;
  /** Where people reach the service, such as `http://alerts.example:9465/base`. */
  readonly externalUrl: string;
}

const STATIC = Object.entries({
  ...HUMANIZE_FUNCTIONS,
  ...REGEX_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...TIME_FUNCTIONS,
});

/** The functions that Prometheus gives to the templates of rules. */
export function prometheusFunctions(context: PrometheusContext): ReadonlyMap<string, GoFunction> {
  return new Map([
    ...STATIC,
    ...Object.entries({
      ...queryFunctions(context.query),
      now: { parameters: [], call: () => context.nowMs / 1000 },
      externalURL: { parameters: [], call: () => context.externalUrl },
      pathPrefix: { parameters: [], call: () => pathOf(context.externalUrl) },
    }),
  ]);
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname.replace(/\/$/u, '') : '';
}

/** Names only, for checking templates before there is anything to query. */
export const PROMETHEUS_FUNCTION_NAMES: ReadonlySet<string> = new Set(
  prometheusFunctions({ query: () => [], nowMs: 0, externalUrl: '' }).keys(),
);
