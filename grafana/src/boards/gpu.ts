import {
  ATTR_ERROR_TYPE,
  ATTR_GPU_CLOCK_DOMAIN,
  ATTR_GPU_THROTTLE_REASON,
  ATTR_HW_GPU_TASK,
  ATTR_HW_ID,
  ATTR_HW_NAME,
  ATTR_HW_SENSOR_LOCATION,
  ATTR_HW_STATE,
  ATTR_NETWORK_IO_DIRECTION,
  METRIC_GPU_CLOCK,
  METRIC_GPU_MEMORY_BANDWIDTH_UTILIZATION,
  METRIC_GPU_NVLINK_IO,
  METRIC_GPU_PCIE_IO,
  METRIC_GPU_POWER_LIMIT,
  METRIC_GPU_PROCESS_MEMORY_USAGE,
  METRIC_GPU_SM_UTILIZATION,
  METRIC_GPU_SNAPSHOT_AGE,
  METRIC_GPU_TEMPERATURE_MARGIN,
  METRIC_GPU_TENSOR_UTILIZATION,
  METRIC_GPU_THROTTLE_TIME,
  METRIC_HW_ENERGY,
  METRIC_HW_ERRORS,
  METRIC_HW_GPU_MEMORY_LIMIT,
  METRIC_HW_GPU_MEMORY_USAGE,
  METRIC_HW_GPU_UTILIZATION,
  METRIC_HW_POWER,
  METRIC_HW_STATUS,
  METRIC_HW_TEMPERATURE,
  METRIC_INFERENCE_DURATION,
  type MetricRow,
} from '@telltale/core';

import { NONE_EXPECTED, rising } from '../colors.ts';
import { INSTANCE } from '../labels.ts';
import type { PanelSpec } from '../panels/panel.ts';
import { bargauge, gauge, stat, stateTimeline, timeseries } from '../panels/short.ts';
import { aggregate, rate, select } from '../queries/expressions.ts';
import { label, metric } from '../queries/metric.ts';

// Processes of one machine report the same device, so every query takes the maximum of a device
// before anything is added up.
const DEVICE = [label(ATTR_HW_ID), label(ATTR_HW_NAME)] as const;
const NAME = `{{${label(ATTR_HW_NAME)}}}`;
const [TASK, SENSOR, DOMAIN, REASON, DIRECTION, STATE, ERROR] = [
  label(ATTR_HW_GPU_TASK),
  label(ATTR_HW_SENSOR_LOCATION),
  label(ATTR_GPU_CLOCK_DOMAIN),
  label(ATTR_GPU_THROTTLE_REASON),
  label(ATTR_NETWORK_IO_DIRECTION),
  label(ATTR_HW_STATE),
  label(ATTR_ERROR_TYPE),
];

const newest = (row: MetricRow, ...by: readonly string[]): string =>
  aggregate('max', metric(row), { by: [...DEVICE, ...by] });

/** A counter of a device, as a rate or as the events of each step. */
const counted = (change: 'rate' | 'increase', row: MetricRow, ...by: readonly string[]): string =>
  `max by (${[...DEVICE, ...by].join(', ')}) (${change}(${select(metric(row))}[$__rate_interval]))`;

const memoryShare = `${newest(METRIC_HW_GPU_MEMORY_USAGE)} / ${newest(METRIC_HW_GPU_MEMORY_LIMIT)}`;

const glance: readonly PanelSpec[] = [
  stat('Devices', [{ expr: `count(${newest(METRIC_HW_GPU_MEMORY_LIMIT)})` }], {
    unit: 'short',
    description:
      'GPUs that some instance reports. Fewer than there are: `telltale gpu` on that machine.',
  }),
  stat(
    'Devices that failed',
    [
      {
        expr: `count(max by (${DEVICE[0]}) (${select(metric(METRIC_HW_STATUS), `${STATE}="failed"`)}) == 1) or vector(0)`,
      },
    ],
    {
      unit: 'short',
      thresholds: NONE_EXPECTED,
      description: 'Red: drain the machine, then look at Errors and at the log of its driver.',
    },
  ),
  gauge('Power now', [{ expr: `sum(${newest(METRIC_HW_POWER)})` }], {
    unit: 'watt',
    min: 0,
    width: 5,
    height: 4,
    description: 'Power of all devices together.',
  }),
  gauge('Hottest', [{ expr: `max(${newest(METRIC_HW_TEMPERATURE)})` }], {
    unit: 'celsius',
    min: 0,
    max: 110,
    width: 5,
    height: 4,
    thresholds: rising(80, 90),
    description: 'Warmest sensor of all devices. Red: clocks will be held down; look at airflow.',
  }),
  bargauge('Memory share', [{ expr: memoryShare, legend: NAME }], {
    unit: 'percentunit',
    min: 0,
    max: 1,
    width: 6,
    height: 4,
    thresholds: rising(0.85, 0.95),
    description: 'Memory in use. Red: the next larger batch fails for lack of memory.',
  }),
];

const work: readonly PanelSpec[] = [
  timeseries(
    'Utilisation by task',
    [{ expr: newest(METRIC_HW_GPU_UTILIZATION, TASK), legend: `${NAME} {{${TASK}}}` }],
    {
      unit: 'percentunit',
      min: 0,
      max: 1,
      description:
        'Share of time in which any kernel ran: 100 % may still be a nearly idle chip; compare with the next panel.',
    },
  ),
  timeseries(
    'Multiprocessors, tensor cores, memory bandwidth',
    [
      { expr: newest(METRIC_GPU_SM_UTILIZATION), legend: `${NAME} multiprocessors` },
      { expr: newest(METRIC_GPU_TENSOR_UTILIZATION), legend: `${NAME} tensor cores` },
      { expr: newest(METRIC_GPU_MEMORY_BANDWIDTH_UTILIZATION), legend: `${NAME} bandwidth` },
    ],
    {
      unit: 'percentunit',
      min: 0,
      max: 1,
      description:
        'How busy the chip really is. Bandwidth high and tensor cores low: larger batches help.',
    },
  ),
  timeseries(
    'Memory used and limit',
    [
      { expr: newest(METRIC_HW_GPU_MEMORY_USAGE), legend: `${NAME} used` },
      { expr: newest(METRIC_HW_GPU_MEMORY_LIMIT), legend: `${NAME} limit` },
    ],
    { unit: 'bytes', min: 0, description: 'Rising without end: a session is never released.' },
  ),
  timeseries(
    'Memory of processes',
    [
      {
        expr: `sum by (${INSTANCE}, ${DEVICE[1]}) (${select(metric(METRIC_GPU_PROCESS_MEMORY_USAGE))})`,
        legend: `${NAME} {{${INSTANCE}}}`,
      },
    ],
    {
      unit: 'bytes',
      description:
        'Which instance holds the memory. The rest of Memory used belongs to other programs.',
    },
  ),
  timeseries(
    'Traffic over PCIe',
    [{ expr: counted('rate', METRIC_GPU_PCIE_IO, DIRECTION), legend: `${NAME} {{${DIRECTION}}}` }],
    {
      unit: 'Bps',
      description:
        'High with little work done: tensors travel to and fro; bind inputs and outputs.',
    },
  ),
  timeseries(
    'Traffic over NVLink',
    [
      {
        expr: counted('rate', METRIC_GPU_NVLINK_IO, DIRECTION),
        legend: `${NAME} {{${DIRECTION}}}`,
      },
    ],
    { unit: 'Bps', description: 'Traffic between devices. None where a model is on one device.' },
  ),
];

const health: readonly PanelSpec[] = [
  timeseries(
    'Temperature by sensor',
    [{ expr: newest(METRIC_HW_TEMPERATURE, SENSOR), legend: `${NAME} {{${SENSOR}}}` }],
    {
      unit: 'celsius',
      thresholds: rising(80, 90),
      description: 'Red: airflow, dust, or a neighbour; the margin beside says how much is left.',
    },
  ),
  timeseries(
    'Degrees to the limit',
    [{ expr: newest(METRIC_GPU_TEMPERATURE_MARGIN), legend: NAME }],
    { unit: 'celsius', description: 'At zero the device holds its clocks down.' },
  ),
  timeseries(
    'Power and its limit',
    [
      { expr: newest(METRIC_HW_POWER), legend: `${NAME} power` },
      { expr: newest(METRIC_GPU_POWER_LIMIT), legend: `${NAME} limit` },
    ],
    {
      unit: 'watt',
      min: 0,
      description: 'At the limit clocks fall: fewer runs a second at the same utilisation.',
    },
  ),
  timeseries(
    'Energy per inference',
    [
      {
        expr: `sum(${counted('rate', METRIC_HW_ENERGY)}) / ${rate(metric(METRIC_INFERENCE_DURATION))}`,
        legend: 'joules a run',
      },
    ],
    {
      unit: 'joule',
      description: 'Rising at the same traffic: smaller batches, a larger model, or idle devices.',
    },
  ),
  timeseries(
    'Clocks',
    [{ expr: newest(METRIC_GPU_CLOCK, DOMAIN), legend: `${NAME} {{${DOMAIN}}}` }],
    {
      unit: 'hertz',
      description: 'Falling under load: look at Time at held down clocks for the reason.',
    },
  ),
  timeseries(
    'Time at held down clocks',
    [{ expr: counted('rate', METRIC_GPU_THROTTLE_TIME, REASON), legend: `${NAME} {{${REASON}}}` }],
    {
      unit: 'percentunit',
      min: 0,
      isStacked: true,
      thresholds: rising(0.1, 0.5),
      description: 'Share of the time, by reason. Thermal: cooling. Power: the limit of the board.',
    },
  ),
  timeseries(
    'Errors',
    [{ expr: counted('increase', METRIC_HW_ERRORS, ERROR), legend: `${NAME} {{${ERROR}}}` }],
    {
      unit: 'short',
      thresholds: NONE_EXPECTED,
      description:
        'Memory errors, PCIe replays and numbered errors of the driver. Uncorrected ones: drain the machine.',
    },
  ),
  stateTimeline(
    'State of devices',
    [{ expr: newest(METRIC_HW_STATUS, STATE), legend: `${NAME} {{${STATE}}}` }],
    {
      unit: 'none',
      width: 8,
      texts: [
        { value: '1', text: 'is', color: 'blue' },
        { value: '0', text: 'is not', color: 'transparent' },
      ],
      description: 'Which state a device says it is in. failed: the driver lost it.',
    },
  ),
  timeseries(
    'Age of readings',
    [
      {
        expr: aggregate('max', metric(METRIC_GPU_SNAPSHOT_AGE), { by: [INSTANCE] }),
        legend: `{{${INSTANCE}}}`,
      },
    ],
    {
      unit: 's',
      thresholds: rising(15, 60),
      description: 'Growing: the driver does not return from a call; values above are old.',
    },
  ),
];

/** What the devices do and how they are. */
export const GPU_ROWS = [
  { title: 'Devices at a glance', panels: glance },
  { title: 'Work', panels: work },
  { title: 'Heat, power and errors', panels: health },
] as const;
