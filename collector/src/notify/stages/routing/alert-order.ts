import { compareUtf8 } from '../../../model/labels.ts';
import type { LabelRecord } from '../matching/label-matchers.ts';

/** Labels that decide first in which order a message shows alerts. */
const FIRST = ['job', 'instance'] as const;

/** The order of alerts in a message: by `job`, by `instance`, then by all labels. */
export function compareAlerts(
  { labels: left }: { readonly labels: LabelRecord },
  { labels: right }: { readonly labels: LabelRecord },
): number {
  for (const name of FIRST) {
    const [a, b] = [left[name], right[name]];
    if (a === b) continue;
    if (a === undefined) return 1;
    if (b === undefined) return -1;
    return compareUtf8(a, b);
  }
  return compareLabels(left, right);
}

/** Fewer labels first; then names in order, then values. */
export function compareLabels(left: LabelRecord, right: LabelRecord): number {
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort(compareUtf8);
  const [sizeLeft, sizeRight] = [Object.keys(left).length, Object.keys(right).length];
  if (sizeLeft !== sizeRight) return sizeLeft - sizeRight;
  for (const name of names) {
    const [a, b] = [left[name], right[name]];
    if (a === undefined) return -1;
    if (b === undefined) return 1;
    if (a !== b) return compareUtf8(a, b);
  }
  return 0;
}
