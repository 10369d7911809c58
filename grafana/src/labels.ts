import {
  ATTR_DRIFT_ASPECT,
  ATTR_DRIFT_METRIC,
  ATTR_DRIFT_STREAM,
  ATTR_ERROR_TYPE,
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
} from '@telltale/core';

import { label } from './queries/metric.ts';

// Labels that many panels group by.
export const MODEL: string = label(ATTR_MODEL_NAME);
export const VERSION: string = label(ATTR_MODEL_VERSION);
export const STREAM: string = label(ATTR_DRIFT_STREAM);
export const ASPECT: string = label(ATTR_DRIFT_ASPECT);
export const DISTANCE: string = label(ATTR_DRIFT_METRIC);
export const ERROR_TYPE: string = label(ATTR_ERROR_TYPE);

// Resource attributes that Prometheus and the alert service put on every series.
export const INSTANCE = 'service_instance_id';
