import { ALERT_OPERATIONS } from './alert-operations.ts';
import { ALERTMANAGER_OPERATIONS } from './alertmanager-operations.ts';
import { DRIFT_OPERATIONS } from './drift-operations.ts';
import type { Operation } from './operation.ts';
import { QUERY_OPERATIONS } from './query-operations.ts';
import { SERVICE_OPERATIONS } from './service-operations.ts';

/** Operations of one kind, in the order in which documents show them. */
export interface OperationRoom {
  readonly title: string;
  readonly operations: readonly Operation[];
}

/** Every operation of the API listener; a test compares them with its routes. */
export const OPERATION_ROOMS: readonly OperationRoom[] = [
  { title: 'Alerts and silences', operations: ALERT_OPERATIONS },
  { title: 'Alertmanager', operations: ALERTMANAGER_OPERATIONS },
  { title: 'Series and rules, as Prometheus', operations: QUERY_OPERATIONS },
  { title: 'Drift of the fleet', operations: DRIFT_OPERATIONS },
  { title: 'The service itself', operations: SERVICE_OPERATIONS },
];

export const OPERATIONS: readonly Operation[] = OPERATION_ROOMS.flatMap(
  ({ operations }) => operations,
);
