import { readLogLines } from '../log-lines.ts';

/** A change of state that the service wrote into its log. */
export interface DriftEvent {
  readonly kind: 'detected' | 'recovered';
  readonly timeMs: number;
  readonly stream: string;
  readonly direction: string;
  readonly aspect: string;
  readonly to: string;
  /** Effect size at that moment. */
  readonly distance: number;
}

const KINDS: Readonly<Record<string, DriftEvent['kind']>> = {
  'ml.drift.detected': 'detected',
  'ml.drift.recovered': 'recovered',
};

/** The drift events in the log of a service, oldest first. */
export function readDriftEvents(logPath: string): readonly DriftEvent[] {
  return readLogLines(logPath)
    .flatMap((line) => driftEvent(line) ?? [])
    .toSorted((a, b) => a.timeMs - b.timeMs);
}

function driftEvent(line: Readonly<Record<string, unknown>>): DriftEvent | undefined {
  const kind = KINDS[String(line['event.name'])];
  if (kind === undefined) return undefined;
  return {
    kind,
    timeMs: Date.parse(String(line['timestamp'])),
    stream: String(line['ml.drift.stream']),
    direction: String(line['ml.drift.direction']),
    aspect: String(line['ml.drift.aspect']),
    to: String(line['ml.drift.to']),
    distance: Number(line['ml.drift.distance']),
  };
}
