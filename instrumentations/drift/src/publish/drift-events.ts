import {
  type Attributes,
  type Context,
  context,
  logs,
  ROOT_CONTEXT,
  TraceFlags,
  trace,
} from '@opentelemetry/api';

import {
  ATTR_DRIFT_ASPECT,
  ATTR_DRIFT_CHANGE_POINT_RECORDS_AGO,
  ATTR_DRIFT_CHANGE_POINT_TIME,
  ATTR_DRIFT_DISTANCE,
  ATTR_DRIFT_EVIDENCE,
  ATTR_DRIFT_EVIDENCE_THRESHOLD,
  ATTR_DRIFT_FROM,
  ATTR_DRIFT_NOISE_FLOOR,
  ATTR_DRIFT_OUTLYING,
  ATTR_DRIFT_TO,
  ATTR_DRIFT_TOP_MOVERS,
  EVENT_DRIFT_DETECTED,
  EVENT_DRIFT_RECOVERED,
  type EventRow,
  SCHEMA_URL,
} from '@telltale/core';

import type { OutlyingValue } from '../compare/examples/outlying.ts';
import type { DriftMonitor } from '../monitor/drift-monitor.ts';
import { SCOPE } from '../scope.ts';
import { isoTime, topMovers } from '../stream/status.ts';
import type { StreamMonitor } from '../stream/stream-monitor.ts';
import type { DriftTransition } from '../types.ts';
import { streamAttributes } from './telemetry-attributes.ts';

const SEVERITY_ALERT = 17;
const OUTLYING_MAX = 5;

/** `ml.drift.detected` at drift and alert, `ml.drift.recovered` at the end of both. */
export function emitTransition(monitor: DriftMonitor, transition: DriftTransition): void {
  const row = eventOf(transition);
  if (row === undefined) return;
  const { from, to, stream, aspect } = transition;
  const watched = row === EVENT_DRIFT_DETECTED ? monitor.find(stream) : undefined;
  const outlying = watched?.comparison?.outlying.entries().slice(0, OUTLYING_MAX) ?? [];
  const effect = transition.effect.toFixed(3);
  logs.getLogger(SCOPE, undefined, { schemaUrl: SCHEMA_URL }).emit({
    eventName: row.name,
    severityNumber: to === 'alert' ? SEVERITY_ALERT : row.severityNumber,
    body: `${stream.name} of ${stream.model}: ${aspect} went from ${from} to ${to}, effect ${effect}`,
    attributes: {
      ...changeAttributes(transition),
      ...(watched === undefined ? {} : causeAttributes(watched, transition, outlying)),
    },
    context: contextOf(outlying),
  });
}

/** From alert to drift is neither a new incident nor its end. */
function eventOf({ from, to }: DriftTransition): EventRow | undefined {
  const wasIncident = from === 'drift' || from === 'alert';
  if (to === 'alert' || (to === 'drift' && !wasIncident)) return EVENT_DRIFT_DETECTED;
  return wasIncident && to === 'stable' ? EVENT_DRIFT_RECOVERED : undefined;
}

function changeAttributes(transition: DriftTransition): Attributes {
  return {
    ...streamAttributes(transition.stream, transition.baselineId),
    [ATTR_DRIFT_ASPECT.name]: transition.aspect,
    [ATTR_DRIFT_FROM.name]: transition.from,
    [ATTR_DRIFT_TO.name]: transition.to,
    [ATTR_DRIFT_EVIDENCE.name]: transition.evidence,
    [ATTR_DRIFT_EVIDENCE_THRESHOLD.name]: transition.threshold,
    [ATTR_DRIFT_DISTANCE.name]: transition.effect,
    [ATTR_DRIFT_NOISE_FLOOR.name]: transition.floor,
  };
}

function causeAttributes(
  { times, comparison }: StreamMonitor,
  { changePointRecordsAgo, records }: DriftTransition,
  outlying: readonly OutlyingValue[],
): Attributes {
  const attributes: Attributes = {};
  if (changePointRecordsAgo !== undefined) {
    attributes[ATTR_DRIFT_CHANGE_POINT_RECORDS_AGO.name] = changePointRecordsAgo;
    const timeMs = times.timeOf(records - changePointRecordsAgo + 1);
    if (timeMs !== null) attributes[ATTR_DRIFT_CHANGE_POINT_TIME.name] = isoTime(timeMs);
  }
  const moves = comparison === undefined ? [] : topMovers(comparison);
  if (moves.length > 0) {
    attributes[ATTR_DRIFT_TOP_MOVERS.name] = moves.map(
      ({ category, baseline, window }) =>
        `${category} ${baseline.toFixed(3)}->${window.toFixed(3)}`,
    );
  }
  if (outlying.length > 0) {
    attributes[ATTR_DRIFT_OUTLYING.name] = outlying.map(
      ({ traceId, spanId, value, rank }) =>
        `${traceId ?? ''}/${spanId ?? ''}/${value}/${rank.toFixed(3)}`,
    );
  }
  return attributes;
}

/** The event belongs to the trace of the prediction that is furthest out, where one is known. */
function contextOf(outlying: readonly OutlyingValue[]): Context {
  const linked = outlying.find(({ traceId }) => traceId !== null);
  if (linked === undefined || linked.traceId === null || linked.spanId === null) {
    return context.active();
  }
  const { traceId, spanId } = linked;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: TraceFlags.SAMPLED });
}
