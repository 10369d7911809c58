import type { LabelRecord } from '../matching/label-matchers.ts';
import type { Route } from '../routing/route.ts';
import type { Inhibitor } from './inhibit.ts';
import type { SilenceBook } from './silence-book.ts';
import { containsTime, type TimeInterval } from './time-interval.ts';

/** What mutes alerts, at one moment. */
export interface Muting {
  readonly inhibitor: Inhibitor;
  readonly silences: SilenceBook;
  readonly intervals: ReadonlyMap<string, TimeInterval>;
}

/** Why an alert is not shown; all empty when it is. */
export interface MuteReasons {
  /** Fingerprints of the alerts that inhibit it. */
  readonly inhibitedBy: readonly string[];
  /** Ids of silences. */
  readonly silencedBy: readonly string[];
  /** Names of time intervals. */
  readonly mutedBy: readonly string[];
}

/** The time intervals that mute a whole route now; empty when it is active. */
export function routeMutedBy(
  route: Pick<Route, 'muteIntervals' | 'activeIntervals'>,
  intervals: ReadonlyMap<string, TimeInterval>,
  nowMs: number,
): readonly string[] {
  const holds = (name: string): boolean => {
    const interval = intervals.get(name);
    return interval !== undefined && containsTime(interval, nowMs);
  };
  const { muteIntervals, activeIntervals } = route;
  if (activeIntervals.length > 0 && !activeIntervals.some(holds)) return activeIntervals;
  return muteIntervals.filter(holds);
}

export function muteReasons(
  { fingerprint, labels }: { readonly fingerprint: string; readonly labels: LabelRecord },
  { inhibitor, silences }: Muting,
  { mutedBy, nowMs }: { readonly mutedBy: readonly string[]; readonly nowMs: number },
): MuteReasons {
  const inhibitedBy = inhibitor.inhibitedBy(labels, nowMs).filter((each) => each !== fingerprint);
  return { inhibitedBy, silencedBy: silences.silencedBy(labels, nowMs), mutedBy };
}

export function isMuted({ inhibitedBy, silencedBy, mutedBy }: MuteReasons): boolean {
  return inhibitedBy.length + silencedBy.length + mutedBy.length > 0;
}
