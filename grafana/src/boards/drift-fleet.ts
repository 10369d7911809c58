import {
  ATTR_DRIFT_INSTANCE,
  ATTR_DRIFT_SCOPE,
  ATTR_DRIFT_STATE,
  METRIC_DRIFT_FLEET_BAD_INSTANCE,
  METRIC_DRIFT_FLEET_BASELINES,
  METRIC_DRIFT_FLEET_DISTANCE,
  METRIC_DRIFT_FLEET_EVIDENCE,
  METRIC_DRIFT_FLEET_INSTANCES,
  METRIC_DRIFT_FLEET_STATE,
} from '@telltale/core';

import { DRIFT_STATES } from '../colors.ts';
import { ASPECT, DISTANCE, MODEL, STREAM } from '../labels.ts';
import type { PanelSpec } from '../panels/panel.ts';
import { stateTimeline, table, timeseries } from '../panels/short.ts';
import { aggregate } from '../queries/expressions.ts';
import { label, type Metric, metric } from '../queries/metric.ts';
import { byStream } from './by-stream.ts';

/** The alert service publishes the fleet's series, so no instance or service chooses them. */
const fleet = (row: Parameters<typeof metric>[0]): Metric => metric(row, 'model name');

/** What all instances see together. */
export const WHOLE_FLEET: readonly PanelSpec[] = [
  stateTimeline(
    'State over the fleet',
    [byStream(aggregate('max', fleet(METRIC_DRIFT_FLEET_STATE), { by: [MODEL, STREAM] }))],
    {
      unit: 'none',
      texts: DRIFT_STATES,
      description: 'Worst of all live instances, merged by the alert service.',
    },
  ),
  timeseries(
    'Fleet evidence',
    [
      byStream(
        aggregate('max', fleet(METRIC_DRIFT_FLEET_EVIDENCE), { by: [MODEL, STREAM, ASPECT] }),
        ` {{${ASPECT}}}`,
      ),
    ],
    {
      unit: 'none',
      isLogarithmic: true,
      width: 12,
      description: 'Mean evidence of the instances: finds what each sees too little of by itself.',
    },
  ),
  timeseries(
    'Fleet distance',
    [
      byStream(
        aggregate('max', fleet(METRIC_DRIFT_FLEET_DISTANCE), { by: [MODEL, STREAM, DISTANCE] }),
        ` {{${DISTANCE}}}`,
      ),
    ],
    {
      unit: 'none',
      description: 'Distance of the merged window from the baseline.',
    },
  ),
  timeseries(
    'Instances by state',
    [
      {
        expr: aggregate('max', fleet(METRIC_DRIFT_FLEET_INSTANCES), {
          by: [STREAM, label(ATTR_DRIFT_STATE)],
        }),
        legend: `{{${STREAM}}} {{${label(ATTR_DRIFT_STATE)}}}`,
      },
    ],
    {
      unit: 'short',
      description: 'How many instances see it. All: the world changed. One: that instance.',
    },
  ),
  timeseries(
    'Baselines in use',
    [
      byStream(
        aggregate('max', fleet(METRIC_DRIFT_FLEET_BASELINES), {
          by: [MODEL, STREAM, label(ATTR_DRIFT_SCOPE)],
        }),
      ),
    ],
    {
      unit: 'short',
      thresholds: [{ color: 'green' }, { from: 2, color: 'orange' }],
      description:
        'More than one: instances compare with different baselines; share one through the alert service.',
    },
  ),
  table(
    'Instances that differ',
    [
      {
        expr: aggregate('max', fleet(METRIC_DRIFT_FLEET_BAD_INSTANCE), {
          by: [MODEL, STREAM, label(ATTR_DRIFT_INSTANCE)],
        }),
      },
    ],
    {
      unit: 'none',
      width: 24,
      columns: {
        [MODEL]: 'Model',
        [STREAM]: 'Stream',
        [label(ATTR_DRIFT_INSTANCE)]: 'Instance',
        Value: 'Distance (PSI)',
      },
      description:
        'The one instance whose data differ from all others. Restart or drain it, then look at its feature pipeline.',
    },
  ),
];
