import type { Attributes } from '@opentelemetry/api';

import {
  ATTR_DRIFT_BASELINE_ID,
  ATTR_DRIFT_DIRECTION,
  ATTR_DRIFT_SEASON,
  ATTR_DRIFT_SEGMENT,
  ATTR_DRIFT_STREAM,
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  ATTR_OTEL_METRIC_OVERFLOW,
} from '@telltale/core';

import { isOverflow } from '../stream/stream-id.ts';
import type { StreamKey } from '../types.ts';

/** Digits of a baseline's hash that telemetry carries. */
const ID_DIGITS = 12;

/** What names a stream in telemetry, with its baseline where counts depend on it. */
export function streamAttributes(key: StreamKey, baselineId?: string): Attributes {
  const { model, version, name, direction, segment, season } = key;
  return {
    [ATTR_MODEL_NAME.name]: model,
    [ATTR_MODEL_VERSION.name]: version,
    [ATTR_DRIFT_STREAM.name]: name,
    [ATTR_DRIFT_DIRECTION.name]: direction,
    ...(segment === undefined ? {} : { [ATTR_DRIFT_SEGMENT.name]: segment }),
    ...(season === undefined ? {} : { [ATTR_DRIFT_SEASON.name]: season }),
    ...(isOverflow(key) ? { [ATTR_OTEL_METRIC_OVERFLOW.name]: true } : {}),
    ...(baselineId === undefined
      ? {}
      : { [ATTR_DRIFT_BASELINE_ID.name]: baselineId.slice(0, ID_DIGITS) }),
  };
}
