import {
  ATTR_DRIFT_ASPECT,
  ATTR_DRIFT_BASELINE_ID,
  ATTR_DRIFT_DIRECTION,
  ATTR_DRIFT_INSTANCE,
  ATTR_DRIFT_METRIC,
  ATTR_DRIFT_SCOPE,
  ATTR_DRIFT_SEASON,
  ATTR_DRIFT_SEGMENT,
  ATTR_DRIFT_STATE,
  ATTR_DRIFT_STREAM,
} from './attributes/drift.ts';
import { ATTR_MODEL_NAME, ATTR_MODEL_VERSION } from './attributes/model.ts';
import type { AttributeRow, MetricRow } from './rows.ts';

/** A gauge of the alert service about one stream over all of its instances. */
function fleetGauge(
  [name, unit, description]: readonly [name: string, unit: string, description: string],
  ...attributes: readonly AttributeRow[]
): MetricRow {
  return {
    name: `ml.drift.fleet.${name}`,
    instrument: 'gauge',
    isObservable: true,
    unit,
    description,
    attributes: [
      ATTR_MODEL_NAME,
      ATTR_MODEL_VERSION,
      ATTR_DRIFT_STREAM,
      ATTR_DRIFT_DIRECTION,
      ATTR_DRIFT_SEGMENT,
      ATTR_DRIFT_SEASON,
      ATTR_DRIFT_SCOPE,
      ...attributes,
    ],
    stability: 'development',
  };
}

export const METRIC_DRIFT_FLEET_EVIDENCE: MetricRow = fleetGauge(
  ['evidence', '{evidence}', 'Mean of the evidence of live instances'],
  ATTR_DRIFT_ASPECT,
);

export const METRIC_DRIFT_FLEET_EVIDENCE_THRESHOLD: MetricRow = fleetGauge(
  ['evidence_threshold', '{evidence}', 'Largest threshold of live instances'],
  ATTR_DRIFT_ASPECT,
);

export const METRIC_DRIFT_FLEET_STATE: MetricRow = fleetGauge(
  [
    'state',
    '{state}',
    'Worst of live instances: 0 learning, 1 stable, 2 warning, 3 drift, 4 alert',
  ],
  ATTR_DRIFT_ASPECT,
);

export const METRIC_DRIFT_FLEET_INSTANCES: MetricRow = fleetGauge(
  ['instances', '{instance}', 'Live instances by the worst state of their aspects'],
  ATTR_DRIFT_STATE,
);

export const METRIC_DRIFT_FLEET_DISTANCE: MetricRow = fleetGauge(
  ['distance', '{distance}', 'Distance of the merged window from the baseline'],
  ATTR_DRIFT_BASELINE_ID,
  ATTR_DRIFT_METRIC,
);

export const METRIC_DRIFT_FLEET_NOISE_FLOOR: MetricRow = fleetGauge(
  ['noise_floor', '{distance}', 'Distance that 95 % of unchanged merged windows stay below'],
  ATTR_DRIFT_BASELINE_ID,
  ATTR_DRIFT_METRIC,
);

export const METRIC_DRIFT_FLEET_RECORDS: MetricRow = fleetGauge(
  ['records', '{record}', 'Values in the merged window'],
  ATTR_DRIFT_BASELINE_ID,
);

export const METRIC_DRIFT_FLEET_COUNT_EVIDENCE: MetricRow = fleetGauge(
  ['count_evidence', '{evidence}', 'Evidence from merged rank counts, one step an interval'],
  ATTR_DRIFT_BASELINE_ID,
);

export const METRIC_DRIFT_FLEET_BASELINES: MetricRow = fleetGauge([
  'baselines',
  '{baseline}',
  'Baselines that instances compare with; more than one do not add up',
]);

export const METRIC_DRIFT_FLEET_BAD_INSTANCE: MetricRow = fleetGauge(
  ['bad_instance', '{distance}', 'Debiased PSI of an instance that differs from all the others'],
  ATTR_DRIFT_BASELINE_ID,
  ATTR_DRIFT_INSTANCE,
);

/** Drift of a fleet, merged by the alert service. */
export const FLEET_DRIFT_METRICS: readonly MetricRow[] = [
  METRIC_DRIFT_FLEET_EVIDENCE,
  METRIC_DRIFT_FLEET_EVIDENCE_THRESHOLD,
  METRIC_DRIFT_FLEET_STATE,
  METRIC_DRIFT_FLEET_INSTANCES,
  METRIC_DRIFT_FLEET_DISTANCE,
  METRIC_DRIFT_FLEET_NOISE_FLOOR,
  METRIC_DRIFT_FLEET_RECORDS,
  METRIC_DRIFT_FLEET_COUNT_EVIDENCE,
  METRIC_DRIFT_FLEET_BASELINES,
  METRIC_DRIFT_FLEET_BAD_INSTANCE,
];
