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
  METRIC_MODEL_LOAD_DURATION,
} from '@telltale/core';

import type { AnnotationName } from './board.ts';
import { DATA_SOURCES } from './panels/data-source.ts';
import { aggregate, select } from './queries/expressions.ts';
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
    expr: `sum by (${MODEL}, ${VERSION}) (increase(${select(metric(METRIC_MODEL_LOAD_DURATION), undefined, '_count')}[$__interval])) > 0`,
    title: `{{${MODEL}}} loaded`,
    text: `version {{${VERSION}}}`,
    color: 'blue',
  },
  drift: {
    expr: `sum by (${MODEL}, ${STREAM}, ${TO}) (increase(${select(metric(METRIC_DRIFT_TRANSITIONS), `${TO}=~"drift|alert"`)}[$__interval])) > 0`,
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
