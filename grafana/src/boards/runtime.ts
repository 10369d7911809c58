import { METRIC_PROCESS_CPU_UTILIZATION, METRIC_PROCESS_MEMORY_USAGE } from '@telltale/core';

import { type Board, MODEL_VARIABLES } from '../board.ts';
import { rising } from '../colors.ts';
import { INSTANCE } from '../labels.ts';
import type { PanelSpec } from '../panels/panel.ts';
import { timeseries } from '../panels/short.ts';
import { aggregate, select } from '../queries/expressions.ts';
import { FOREIGN } from '../queries/foreign.ts';
import { metric } from '../queries/metric.ts';
import { GPU_ROWS } from './gpu.ts';

const byInstance = (expr: string, what = '') => ({ expr, legend: `{{${INSTANCE}}}${what}` });

const runtime: readonly PanelSpec[] = [
  timeseries(
    'Event loop utilisation',
    [byInstance(aggregate('max', FOREIGN.eventLoopUtilization, { by: [INSTANCE] }))],
    {
      unit: 'percentunit',
      min: 0,
      max: 1,
      thresholds: rising(0.7, 0.9),
      description:
        'Share of time in JavaScript. Red: add instances, or `telltale profile` one of them.',
    },
  ),
  timeseries(
    'Event loop delay',
    [
      byInstance(aggregate('max', FOREIGN.eventLoopDelayP50, { by: [INSTANCE] }), ' p50'),
      byInstance(aggregate('max', FOREIGN.eventLoopDelayP99, { by: [INSTANCE] }), ' p99'),
    ],
    {
      unit: 's',
      description: 'How late timers run. p99 high, p50 low: single long functions; see stalls.',
    },
  ),
  timeseries(
    'Time in garbage collection',
    [
      {
        expr: `sum by (v8js_gc_type) (rate(${select(FOREIGN.gcDuration, undefined, '_sum')}[$__rate_interval]))`,
        legend: '{{v8js_gc_type}}',
      },
    ],
    {
      unit: 'percentunit',
      isStacked: true,
      description: 'Share of the time. Much of it major: the heap is nearly full or leaks.',
    },
  ),
  timeseries(
    'Heap by space',
    [
      {
        expr: aggregate('sum', FOREIGN.heapUsed, { by: ['v8js_heap_space_name'] }),
        legend: '{{v8js_heap_space_name}}',
      },
    ],
    {
      unit: 'bytes',
      isStacked: true,
      description: 'old_space rising for days: `telltale profile heap` twice and compare.',
    },
  ),
  timeseries(
    'CPU of processes',
    [byInstance(aggregate('sum', metric(METRIC_PROCESS_CPU_UTILIZATION), { by: [INSTANCE] }))],
    {
      unit: 'percentunit',
      min: 0,
      description:
        'Of all CPUs of the machine. Full with an idle event loop: threads of the runtime.',
    },
  ),
  timeseries(
    'Memory of the process',
    [byInstance(aggregate('max', metric(METRIC_PROCESS_MEMORY_USAGE), { by: [INSTANCE] }))],
    {
      unit: 'bytes',
      min: 0,
      description: 'Resident memory. Far above the heap: tensors and models outside of JavaScript.',
    },
  ),
];

/** GPU and runtime of processes. */
export const GPU_RUNTIME: Board = {
  uid: 'telltale-gpu-runtime',
  title: 'Telltale: GPU and runtime',
  description: 'Do devices and processes keep up: load, memory, heat, errors, event loop, heap.',
  variables: MODEL_VARIABLES,
  annotations: ['alerts', 'model loads'],
  rows: [...GPU_ROWS, { title: 'Node.js', panels: runtime }],
};
