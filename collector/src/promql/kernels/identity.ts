import { type Labels, METRIC_NAME_LABEL } from '../../model/labels.ts';
import { derivedLabels } from './derived-labels.ts';

export const TYPE_LABEL = '__type__';
const UNIT_LABEL = '__unit__';

const IDENTITY_LABELS: ReadonlySet<string> = new Set([METRIC_NAME_LABEL, TYPE_LABEL, UNIT_LABEL]);

/** Labels without the parts that say which metric it is: name, type and unit. */
export function withoutIdentity(labels: Labels): Labels {
  return derivedLabels(IDENTITY_LABELS, labels, removeIdentity);
}

function removeIdentity(labels: Labels): Labels {
  for (const name of IDENTITY_LABELS) {
    if (labels.has(name)) return labels.without(IDENTITY_LABELS);
  }
  return labels;
}
