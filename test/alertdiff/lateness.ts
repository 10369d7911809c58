import type { Stretch } from './compare.ts';
import type { Passage } from './stream.ts';

/** How samples came too late for their slots: by the sender's fault, or by the receiver's. */
export interface Lateness {
  /** Sent when they were due or later: this command had no processor in time. */
  readonly sentLate: number;
  /** Sent in time, but taken when they were due or later. */
  readonly takenLate: number;
  /** Slots in these stretches may have been evaluated without a sample of their time. */
  readonly stretches: readonly Stretch[];
}

/**
 * @param recoveryMs how long ranges, `for` and `keep_firing_for` remember what a slot did not see.
 */
export function latenessOf(passages: readonly Passage[], recoveryMs: number): Lateness {
  const late = passages.filter(({ timeMs, takenMs }) => takenMs >= timeMs);
  const sentLate = late.filter(({ timeMs, sentMs }) => sentMs >= timeMs).length;
  return {
    sentLate,
    takenLate: late.length - sentLate,
    stretches: late.map(({ timeMs, takenMs }) => {
      return { fromMs: timeMs, toMs: takenMs + recoveryMs };
    }),
  };
}
