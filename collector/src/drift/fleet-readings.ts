import {
  ATTR_DRIFT_ASPECT,
  ATTR_DRIFT_BASELINE_ID,
  ATTR_DRIFT_DIRECTION,
  ATTR_DRIFT_INSTANCE,
  ATTR_DRIFT_METRIC,
  ATTR_DRIFT_SEASON,
  ATTR_DRIFT_SEGMENT,
  ATTR_DRIFT_STATE,
  ATTR_DRIFT_STREAM,
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  METRIC_DRIFT_FLEET_BAD_INSTANCE,
  METRIC_DRIFT_FLEET_BASELINES,
  METRIC_DRIFT_FLEET_COUNT_EVIDENCE,
  METRIC_DRIFT_FLEET_DISTANCE,
  METRIC_DRIFT_FLEET_EVIDENCE,
  METRIC_DRIFT_FLEET_EVIDENCE_THRESHOLD,
  METRIC_DRIFT_FLEET_INSTANCES,
  METRIC_DRIFT_FLEET_NOISE_FLOOR,
  METRIC_DRIFT_FLEET_RECORDS,
  METRIC_DRIFT_FLEET_STATE,
  type MetricRow,
} from '@telltale/core';
import type { StreamKey } from '@telltale/statistics';

import type { FleetStatus, FleetStreamStatus, RankRowStatus } from './fleet-status.ts';
import { STATES } from './members.ts';

/** One value of one metric of the fleet. */
export interface FleetReading {
  readonly row: MetricRow;
  readonly value: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Everything of a status that is a number of its own. What is not known is left out. */
export function fleetReadings({ streams }: FleetStatus): FleetReading[] {
  return streams.flatMap((stream) => {
    const S = streamAttributes(stream.stream);
    return [
      ...aspectReadings(stream, S),
      ...instanceReadings(stream, S),
      ...stream.baselines.flatMap((row) => rowReadings(row, S)),
    ].filter(({ value }) => Number.isFinite(value));
  });
}

type Attributes = FleetReading['attributes'];

function streamAttributes(key: StreamKey): Attributes {
  const { model, version, name, direction, segment, season } = key;
  return {
    [ATTR_MODEL_NAME.name]: model,
    [ATTR_MODEL_VERSION.name]: version,
    [ATTR_DRIFT_STREAM.name]: name,
    [ATTR_DRIFT_DIRECTION.name]: direction,
    ...(segment === undefined ? {} : { [ATTR_DRIFT_SEGMENT.name]: segment }),
    ...(season === undefined ? {} : { [ATTR_DRIFT_SEASON.name]: season }),
  };
}

function aspectReadings({ aspects }: FleetStreamStatus, S: Attributes): FleetReading[] {
  return aspects.flatMap(({ aspect, evidence, threshold, state }): FleetReading[] => {
    const attributes = { ...S, [ATTR_DRIFT_ASPECT.name]: aspect };
    const value = STATES.indexOf(state);
    return [
      { row: METRIC_DRIFT_FLEET_STATE, value, attributes },
      ...optional(METRIC_DRIFT_FLEET_EVIDENCE, evidence, attributes),
      ...optional(METRIC_DRIFT_FLEET_EVIDENCE_THRESHOLD, threshold, attributes),
    ];
  });
}

function instanceReadings(
  { instances, baselines, findings }: FleetStreamStatus,
  S: Attributes,
): FleetReading[] {
  const byState = Object.entries(instances.byState).map(([state, value]): FleetReading => {
    const attributes = { ...S, [ATTR_DRIFT_STATE.name]: state };
    return { row: METRIC_DRIFT_FLEET_INSTANCES, value, attributes };
  });
  const used = baselines.filter(({ records }) => records > 0).length;
  const bad = findings.flatMap((finding): FleetReading[] => {
    if (finding.kind !== 'bad_pod') return [];
    const attributes = {
      ...S,
      [ATTR_DRIFT_BASELINE_ID.name]: finding.baselineId,
      [ATTR_DRIFT_INSTANCE.name]: finding.instance,
    };
    return [{ row: METRIC_DRIFT_FLEET_BAD_INSTANCE, value: finding.psiDebiased, attributes }];
  });
  return [...byState, { row: METRIC_DRIFT_FLEET_BASELINES, value: used, attributes: S }, ...bad];
}

function rowReadings(row: RankRowStatus, S: Attributes): FleetReading[] {
  const B = { ...S, [ATTR_DRIFT_BASELINE_ID.name]: row.baselineId };
  const { distances, records, countEvidence } = row;
  const base = [
    { row: METRIC_DRIFT_FLEET_RECORDS, value: records, attributes: B },
    ...optional(METRIC_DRIFT_FLEET_COUNT_EVIDENCE, countEvidence, B),
  ];
  if (distances === null) return base;
  const named: readonly (readonly [string, number])[] = [
    ['psi', distances.psi],
    ['psi_debiased', distances.psiDebiased],
    ['jensen_shannon', distances.jensenShannon],
    ['hellinger', distances.hellinger],
    ['ks_low', distances.ks.low],
    ['ks_high', distances.ks.high],
    ['rank_wasserstein', distances.rankWasserstein],
  ];
  const measured = (metric: string): Attributes => ({ ...B, [ATTR_DRIFT_METRIC.name]: metric });
  return [
    ...base,
    ...named.map(([metric, value]): FleetReading => {
      return { row: METRIC_DRIFT_FLEET_DISTANCE, value, attributes: measured(metric) };
    }),
    {
      row: METRIC_DRIFT_FLEET_NOISE_FLOOR,
      value: distances.psiFloor,
      attributes: measured('psi'),
    },
  ];
}

const optional = (row: MetricRow, value: number | null, attributes: Attributes): FleetReading[] =>
  value === null ? [] : [{ row, value, attributes }];
