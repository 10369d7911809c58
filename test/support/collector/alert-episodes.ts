import type { App } from '../../../collector/src/app.ts';

/** One stretch of time in which an alert fired. */
export interface Episode {
  /** Name and labels. */
  readonly alert: string;
  readonly fromMs: number;
  /** `Infinity` while it fires. */
  readonly toMs: number;
}

/** Every stretch in which an alert of the service fired, in order of their beginning. */
export function episodesOf(app: App): readonly Episode[] {
  const events = app.core.parts.history
    .list({ limit: 1_000_000 })
    .filter(({ kind }) => kind === 'alert.firing' || kind === 'alert.resolved')
    .toReversed();
  const open = new Map<string, number>();
  const episodes: Episode[] = [];
  for (const { kind, labels, tsMs } of events) {
    const alert = JSON.stringify(labels);
    const fromMs = open.get(alert);
    if (kind === 'alert.firing') open.set(alert, tsMs);
    else if (fromMs !== undefined) {
      open.delete(alert);
      episodes.push({ alert, fromMs, toMs: tsMs });
    }
  }
  for (const [alert, fromMs] of open) episodes.push({ alert, fromMs, toMs: Infinity });
  return episodes;
}

/** Episodes that no other one of the same alert overlaps. */
export function episodesWithout(
  episodes: readonly Episode[],
  others: readonly Episode[],
): readonly Episode[] {
  return episodes.filter(
    ({ alert, fromMs, toMs }) =>
      !others.some(
        (other) => other.alert === alert && other.fromMs <= toMs && other.toMs >= fromMs,
      ),
  );
}
