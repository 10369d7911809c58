import type { Row } from './panels/panel.ts';

/** Which variables a board has, in this order. */
export type VariableName =
  | 'datasource'
  | 'alerts'
  | 'traces'
  | 'environment'
  | 'service'
  | 'model'
  | 'version'
  | 'instance'
  | 'slo'
  | 'traceId';

/** Events drawn over all panels of a board. */
export type AnnotationName = 'alerts' | 'model loads' | 'drift';

/** One dashboard as data. */
export interface Board {
  readonly uid: string;
  readonly title: string;
  /** The question that the board answers. */
  readonly description: string;
  readonly variables: readonly VariableName[];
  readonly annotations: readonly AnnotationName[];
  readonly rows: readonly Row[];
}

/** The variables that choose among the series of a model. */
export const MODEL_VARIABLES: readonly VariableName[] = [
  'datasource',
  'environment',
  'service',
  'model',
  'version',
  'instance',
];
