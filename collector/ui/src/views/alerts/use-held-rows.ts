import { useEffect, useRef, useState } from 'preact/hooks';

import type { Row } from '../../model/alert-rows.ts';
import { type HeldRows, holdRows } from '../../model/held-rows.ts';

/** A pointer that rests this long is not about to click. */
const HOLD_MS = 5000;

/** Timers may fire a little before their time. */
const EARLY_MS = 20;

export interface Held extends HeldRows {
  /** The pointer moved over the list. */
  readonly touch: () => void;
  readonly release: () => void;
}

/** Rows that do not move while the pointer does. Another `key` is another list, shown at once. */
export function useHeldRows(wanted: readonly Row[], key: string): Held {
  const [heldUntilMs, holdUntil] = useState(0);
  const [, wake] = useState(0);
  const shown = useRef<{ rows: readonly Row[]; key: string }>({ rows: wanted, key });
  const isHeld = heldUntilMs > performance.now() && shown.current.key === key;
  const held = isHeld
    ? holdRows(shown.current.rows, wanted)
    : { rows: wanted, arrived: 0, gone: 0 };
  shown.current = { rows: held.rows, key };
  useEffect(() => {
    if (heldUntilMs === 0) return undefined;
    const timer = setTimeout(
      () => wake((count) => count + 1),
      heldUntilMs - performance.now() + EARLY_MS,
    );
    return () => clearTimeout(timer);
  }, [heldUntilMs]);
  return {
    ...held,
    touch: () => {
      const now = performance.now();
      // Each movement would draw the list again.
      if (heldUntilMs - now < HOLD_MS / 2) holdUntil(now + HOLD_MS);
    },
    release: () => holdUntil(0),
  };
}
