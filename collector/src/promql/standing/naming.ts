import type { Labels } from '../../model/labels.ts';
import { withoutIdentity } from '../kernels/identity.ts';

/** What a slot is called, and whether its metric name goes at the end of the query. */
export interface SlotName {
  readonly labels: Labels;
  readonly dropsName: boolean;
}

export type Naming = (labels: Labels, dropsName: boolean) => SlotName;

export const keepName: Naming = (labels, dropsName) => ({ labels, dropsName });

/** Drops the metric name at once. */
export const dropName: Naming = (labels) => ({ labels: withoutIdentity(labels), dropsName: true });

/** Notes that the metric name goes at the end of the query. */
export const dropNameLater: Naming = (labels) => ({ labels, dropsName: true });
