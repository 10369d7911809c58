/** What is wrong with the model at a moment of the demo. */
export type Fault = 'none' | 'slow' | 'errors';

export interface FaultMessage {
  readonly fault: Fault;
}

export function isFaultMessage(message: unknown): message is FaultMessage {
  const fault = (message as Partial<FaultMessage> | null)?.fault;
  return fault === 'none' || fault === 'slow' || fault === 'errors';
}

/** Below this an alert has no time to become pending, fire and resolve. */
export const FAULTS_FOR_MS_MIN = 30_000;

/** An endless run, or one of any length, shows its faults in the first forty seconds. */
const STORY_MS = 40_000;

/** Parts of the story: healthy, slow, healthy, failing, healthy to the end. */
const SLOW_FROM = 0.1;
const SLOW_TO = 0.3;
const ERRORS_FROM = 0.5;
const ERRORS_TO = 0.65;

/** The fault at a moment; `forMs` is the length of the run, `undefined` when it has no end. */
export function faultAt(elapsedMs: number, forMs: number | undefined): Fault {
  if (forMs !== undefined && forMs < FAULTS_FOR_MS_MIN) return 'none';
  const part = elapsedMs / Math.min(forMs ?? STORY_MS, STORY_MS);
  if (part >= SLOW_FROM && part < SLOW_TO) return 'slow';
  return part >= ERRORS_FROM && part < ERRORS_TO ? 'errors' : 'none';
}
