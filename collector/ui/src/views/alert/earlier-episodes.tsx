import type { JSX } from 'preact';

import { ask } from '../../api/client.ts';
import { nowMs } from '../../browser/clock.ts';
import type { Alert } from '../../model/alert.ts';
import { type Episode, episodesOf, type HistoryEvent } from '../../model/episodes.ts';
import { durationText, momentText } from '../../model/time-text.ts';
import { Card } from '../../parts/card.tsx';
import { Labels } from '../../parts/labels.tsx';
import { useReading } from '../../store/reading.ts';

const SHOWN_MAX = 8;
const READ_MAX = 200;

/** When alerts of this name fired before, and for how long. */
export function EarlierEpisodes({ alert }: { readonly alert: Alert }): JSX.Element {
  const { value } = useReading((signal) => readEpisodes(alert.alertname, signal), alert.alertname, {
    events: ['alerts'],
  });
  const firedMs = Date.parse(alert.firedAt ?? '');
  const earlier = (value ?? []).filter(
    (episode) => !(episode.id === alert.id && Math.abs(episode.firedMs - firedMs) < 2000),
  );
  return (
    <Card title="Similar episodes">
      {value !== undefined && earlier.length === 0 && <p class="hint">It never fired before.</p>}
      <ul class="episodes">
        {earlier.slice(0, SHOWN_MAX).map((episode) => (
          <li key={`${episode.id} ${episode.firedMs}`}>
            <p>
              <strong>{momentText(episode.firedMs, nowMs.value)}</strong> {lengthText(episode)}
              {episode.id === alert.id && <span class="mark">this alert</span>}
            </p>
            {episode.id !== alert.id && <Labels labels={differing(episode.labels, alert.labels)} />}
          </li>
        ))}
      </ul>
      {earlier.length > SHOWN_MAX && (
        <p class="hint">and {earlier.length - SHOWN_MAX} more in the history</p>
      )}
    </Card>
  );
}

function lengthText({ firedMs, resolvedMs }: Episode): string {
  return resolvedMs === undefined ? 'still fires' : `for ${durationText(resolvedMs - firedMs)}`;
}

function differing(
  labels: Readonly<Record<string, string>>,
  from: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([name, value]) => from[name] !== value));
}

async function readEpisodes(alertname: string, signal: AbortSignal): Promise<readonly Episode[]> {
  const read = (kind: string): Promise<{ history: readonly HistoryEvent[] }> =>
    ask('monitoring/alerts/history', { query: { alertname, kind, limit: READ_MAX }, signal });
  const [fired, resolved] = await Promise.all([read('alert.firing'), read('alert.resolved')]);
  return episodesOf(fired.history, resolved.history);
}
