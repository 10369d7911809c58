import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';

import { ATTR_MODEL_NAME, ATTR_MODEL_VERSION, METRIC_INFERENCE_DURATION } from '@telltale/core';

import type { VariableName } from './board.ts';
import { DATA_SOURCES } from './panels/data-source.ts';
import { label, metric } from './queries/metric.ts';

const RUNS = `${metric(METRIC_INFERENCE_DURATION).series}_count`;

/** Values of a label, several of which can be chosen; everything at first. */
const query = (name: VariableName, text: string, expression: string): Builder<VariableModel> =>
  new QueryVariableBuilder(name)
    .label(text)
    .datasource(DATA_SOURCES.metrics)
    .query({ qryType: 1, query: expression, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .definition(expression)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });

interface DataSource {
  readonly type: string;
  /** The one chosen at first. */
  readonly uid: string;
}

const source = (name: VariableName, text: string, { type, uid }: DataSource) =>
  new DatasourceVariableBuilder(name)
    .label(text)
    .type(type)
    .current({ selected: true, text: uid, value: uid });

const BUILDERS: Readonly<Record<VariableName, () => Builder<VariableModel>>> = {
  datasource: () => source('datasource', 'Prometheus', { type: 'prometheus', uid: 'prometheus' }),
  alerts: () => source('alerts', 'Alert service', { type: 'prometheus', uid: 'telltale' }),
  traces: () => source('traces', 'Tempo', { type: 'tempo', uid: 'tempo' }),
  environment: () =>
    query('environment', 'Environment', 'label_values(target_info, deployment_environment_name)'),
  service: () =>
    query(
      'service',
      'Service',
      'label_values(target_info{deployment_environment_name=~"$environment"}, service_name)',
    ),
  model: () =>
    query(
      'model',
      'Model',
      `label_values(${RUNS}{service_name=~"$service"}, ${label(ATTR_MODEL_NAME)})`,
    ),
  version: () =>
    query(
      'version',
      'Version',
      `label_values(${RUNS}{${label(ATTR_MODEL_NAME)}=~"$model"}, ${label(ATTR_MODEL_VERSION)})`,
    ),
  instance: () =>
    query(
      'instance',
      'Instance',
      `label_values(${RUNS}{service_name=~"$service"}, service_instance_id)`,
    ),
  slo: () =>
    new CustomVariableBuilder('slo')
      .label('Objective')
      .values('0.99,0.999,0.9999')
      .current({ selected: true, text: '0.999', value: '0.999' }),
  traceId: () => new TextBoxVariableBuilder('traceId').label('Trace id').defaultValue(''),
};

export const toVariable = (name: VariableName): Builder<VariableModel> => BUILDERS[name]();
