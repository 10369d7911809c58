import type { JSX } from 'preact';

import { type DriftAspect, evidenceShare } from '../../model/drift.ts';
import { numberText } from '../../model/number-text.ts';

/** Where the threshold stands in the bar; what is beyond has the rest. */
const THRESHOLD_PERCENT = 70;

/** Evidence against its threshold. Text says the numbers, the bar how far it is. */
export function EvidenceBar({
  aspect,
  isShort = false,
}: {
  readonly aspect: DriftAspect | undefined;
  readonly isShort?: boolean;
}): JSX.Element | null {
  if (aspect === undefined || aspect.evidence === null || aspect.threshold === null) {
    return isShort ? null : <p class="hint">No evidence yet.</p>;
  }
  const { evidence, threshold } = aspect;
  const percent = Math.min(100, evidenceShare(evidence, threshold) * THRESHOLD_PERCENT);
  const isOver = evidence >= threshold;
  return (
    <span class="evidence">
      {!isShort && (
        <span class="evidence-text">
          <strong>{aspect.aspect === 'value' ? 'values' : aspect.aspect}</strong> evidence{' '}
          {numberText(evidence)} {isOver ? 'is beyond' : 'of'} {numberText(threshold)}
        </span>
      )}
      <svg class="evidence-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="evidence-ground" width="100" height="6" />
        <rect class={isOver ? 'evidence-over' : 'evidence-under'} width={percent} height="6" />
        <rect class="evidence-threshold" x={THRESHOLD_PERCENT} width="0.7" height="6" />
      </svg>
    </span>
  );
}
