import type { Labels } from '../../model/labels.ts';

const CACHE = new WeakMap<object, WeakMap<Labels, Labels>>();

/**
 * Labels that follow from others by a rule that belongs to an owner (a part of an expression).
 *
 * They are remembered as long as both the owner and the labels live: series and rules outlive their
 * evaluations, and making a label set again costs more than everything else an operator does.
 */
export function derivedLabels(
  owner: object,
  labels: Labels,
  derive: (labels: Labels) => Labels,
): Labels {
  let byLabels = CACHE.get(owner);
  if (byLabels === undefined) {
    byLabels = new WeakMap();
    CACHE.set(owner, byLabels);
  }
  let derived = byLabels.get(labels);
  if (derived === undefined) {
    derived = derive(labels);
    byLabels.set(labels, derived);
  }
  return derived;
}
