/** True labels arrive this long after the answer, in one request for all that are due. */
const DELAY_MS = 2_000;
const INTERVAL_MS = 250;
const LABELS_MAX = 1_000;

export interface Label {
  /** Id of the answer that it is the truth about. */
  readonly id: string;
  readonly phishing: boolean;
}

export interface LateLabels {
  add(label: Label): void;
  /** Tells all that is left. */
  stop(): Promise<void>;
}

/** Holds labels back as life does, where a person has to look first, and tells them later. */
export function startLabels(tell: (labels: readonly Label[]) => Promise<void>): LateLabels {
  const waiting: { readonly label: Label; readonly dueMs: number }[] = [];
  const inFlight = new Set<Promise<void>>();
  const take = (nowMs: number): Label[] => {
    const index = waiting.findIndex(({ dueMs }) => dueMs > nowMs);
    const count = Math.min(LABELS_MAX, index === -1 ? waiting.length : index);
    return waiting.splice(0, count).map(({ label }) => label);
  };
  const send = (nowMs: number): boolean => {
    const due = take(nowMs);
    if (due.length === 0) return false;
    const telling = tell(due).finally(() => inFlight.delete(telling));
    inFlight.add(telling);
    return true;
  };
  const timer = setInterval(() => void send(performance.now()), INTERVAL_MS);
  return {
    add: (label) => void waiting.push({ label, dueMs: performance.now() + DELAY_MS }),
    async stop() {
      clearInterval(timer);
      while (send(Infinity)) await Promise.all(inFlight);
      await Promise.all(inFlight);
    },
  };
}
