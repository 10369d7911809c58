import { encodeOtlp } from '../../test/support/otlp/otlp-proto.ts';

/** How large a fleet is. */
export interface Size {
  /** Each with `SERIES_A_SERVICE` series. */
  readonly services: number;
  readonly rules: number;
}

/** Metrics of one service; rules take turns among them. */
const METRICS = 20;
/** Of each metric: five routes, two codes. */
const ROUTES = 5;
const CODES = ['200', '500'] as const;
export const SERIES_A_SERVICE: number = METRICS * ROUTES * CODES.length;

/** As rules and queries know them. */
export const METRIC_NAMES: readonly string[] = Array.from(
  { length: METRICS },
  (_, metric) => `scale_requests_${metric}_total`,
);

/** Seconds between two evaluations, and between two points of a series. */
export const ROUND_SECONDS = 4;
const WINDOW = '1m';

/** Every `shards`-th service, beginning with `shard`: what one of two tiers would route there. */
export const shardOf = ({ services }: Size, shard: number, shards: number): readonly number[] =>
  Array.from({ length: services }, (_, service) => service).filter(
    (service) => service % shards === shard,
  );

/**
 * Rules that group by service, as the shipped ones do, so that each shard takes the same file: a
 * share of failures, and a rate, by turns. None fires.
 */
export function rulesFile(rules: number): string {
  const lines = Array.from({ length: rules }, (_, rule) => {
    const metric = METRIC_NAMES[rule % METRICS];
    const all = `sum by (service_name) (rate(${metric}[${WINDOW}]))`;
    const failed = `sum by (service_name) (rate(${metric}{code="500"}[${WINDOW}]))`;
    // The threshold differs, so that no two rules are the same query.
    const expr =
      rule % 2 === 0
        ? `${failed} / ${all} > ${1 + rule / 1000}`
        : `sum by (service_name, route) (rate(${metric}[${WINDOW}])) > ${1e9 + rule}`;
    return `  - {alert: Scale${rule}, expr: '${expr}'}\n`;
  });
  return `groups:\n- name: scale\n  interval: ${ROUND_SECONDS}s\n  rules:\n${lines.join('')}`;
}

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

/** One request with the next point of every series of these services. */
export function fleetBody(services: readonly number[], round: number, timeMs: number): Uint8Array {
  const times = {
    startTimeUnixNano: `${timeMs - (round + 1) * ROUND_SECONDS * 1000}000000`,
    timeUnixNano: `${timeMs}000000`,
  };
  return encodeOtlp('ExportMetricsServiceRequest', {
    resourceMetrics: services.map((service) => ({
      resource: {
        attributes: [
          text('service.name', `service-${service}`),
          text('service.instance.id', `instance-${service}`),
        ],
      },
      scopeMetrics: [
        {
          metrics: Array.from({ length: METRICS }, (_, metric) => ({
            name: `scale.requests.${metric}`,
            sum: {
              aggregationTemporality: 2,
              isMonotonic: true,
              dataPoints: Array.from({ length: ROUTES }, (_unused, route) => route).flatMap(
                (route) =>
                  CODES.map((code, slot) => ({
                    ...times,
                    asInt: (round + 1) * (10 + service + metric + route) * (slot === 0 ? 20 : 1),
                    // Prometheus makes a label of no resource attribute unless it is told to.
                    attributes: [
                      text('service_name', `service-${service}`),
                      text('route', `/r/${route}`),
                      text('code', code),
                    ],
                  })),
              ),
            },
          })),
        },
      ],
    })),
  });
}
