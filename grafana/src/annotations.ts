import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type AnnotationQuery,
  AnnotationQueryBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';

import {
  ATTR_DRIFT_STREAM,
  ATTR_DRIFT_TO,
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  METRIC_DRIFT_TRANSITIONS,
  METRIC_MODEL_LOADED,
} from '@telltale/core';

import type { AnnotationName } from './board.ts';
import { DATA_SOURCES } from './panels/data-source.ts';
import { aggregate, events, select } from './queries/expressions.ts';
import { FOREIGN } from './queries/foreign.ts';
import { label, metric } from './queries/metric.ts';

interface Marks {
  readonly expr: string;
  readonly title: string;
  readonly text: string;
  readonly color: string;
}

const MODEL = label(ATTR_MODEL_NAME);
const VERSION = label(ATTR_MODEL_VERSION);
const STREAM = label(ATTR_DRIFT_STREAM);
const TO = label(ATTR_DRIFT_TO);
const LOADED = select(metric(METRIC_MODEL_LOADED));

const MARKS: Readonly<Record<AnnotationName, Marks>> = {
  alerts: {
    expr: aggregate('max', FOREIGN.alerts, {
      by: ['alertname', 'severity'],
      where: 'alertstate="firing"',
    }),
    title: '{{alertname}}',
    text: '{{severity}}',
    color: 'red',
  },
  'model loads': {
    // A gauge, because it is the same whichever kind of histogram a process exports.
    expr: `count by (${MODEL}, ${VERSION}) (${LOADED} unless ${LOADED} offset $__interval)`,
    title: `{{${MODEL}}} loaded`,
    text: `version {{${VERSION}}}`,
    color: 'blue',
  },
  drift: {
    expr: `${events(metric(METRIC_DRIFT_TRANSITIONS), { by: [MODEL, STREAM, TO], where: `${TO}=~"drift|alert"` }, '$__interval')} > 0`,
    title: `{{${STREAM}}} moved`,
    text: `{{${MODEL}}}: {{${TO}}}`,
    color: 'orange',
  },
};

export function toAnnotation(name: AnnotationName): Builder<AnnotationQuery> {
  const { expr, title, text, color } = MARKS[name];
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATA_SOURCES.metrics)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .titleFormat(title)
    .textFormat(text)
    .step('60s');
}
