import type { JSX } from 'preact';

import { ask } from '../../api/client.ts';
import { place, setParameters } from '../../browser/place.ts';
import { numberText } from '../../model/number-text.ts';
import { durationText } from '../../model/time-text.ts';
import { Card } from '../../parts/card.tsx';
import { Link } from '../../parts/link.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useReading } from '../../store/reading.ts';

interface Spread {
  readonly count: number;
  readonly meanMs?: number;
  readonly p95Ms?: number;
}

interface Figures {
  readonly fired: number;
  readonly resolved: number;
  readonly acknowledged: number;
  readonly byAlertname: Readonly<Record<string, number>>;
  readonly timeToAcknowledge: Spread;
  readonly timeToResolve: Spread;
  readonly receivers: Readonly<
    Record<
      string,
      {
        readonly sent: number;
        readonly retried: number;
        readonly failed: number;
        readonly expired: number;
      }
    >
  >;
  readonly flapping: readonly {
    readonly id: string;
    readonly alertname: string;
    readonly changes: number;
  }[];
}

const WINDOWS = ['1h', '24h', '7d', '30d'];
const NOISY_MAX = 8;

/** How much there was to do, how fast it was done, and which rules made the noise. */
export function Statistics(): JSX.Element {
  const { window: span = '24h' } = place.value.parameters;
  const { value, problem } = useReading<Figures>(
    (signal) => ask('monitoring/alerts/stats', { query: { window: span }, signal }),
    span,
    { events: ['alerts'] },
  );
  return (
    <>
      <div role="group" aria-label="Over" class="switch">
        {WINDOWS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={span === each}
            onClick={() => setParameters({ window: each })}
          >
            {each}
          </button>
        ))}
      </div>
      <Problem text={problem} />
      {value !== undefined && (
        <div class="figures">
          <Figure name="began to fire" text={numberText(value.fired)} />
          <Figure name="resolved" text={numberText(value.resolved)} />
          <Figure name="acknowledged" text={numberText(value.acknowledged)} />
          <SpreadFigure name="to acknowledge" spread={value.timeToAcknowledge} />
          <SpreadFigure name="to resolve" spread={value.timeToResolve} />
        </div>
      )}
      {value !== undefined && (
        <div class="halves">
          <Noisiest figures={value} />
          <Delivered figures={value} />
        </div>
      )}
    </>
  );
}

function Figure({ name, text }: { readonly name: string; readonly text: string }): JSX.Element {
  return (
    <p class="figure">
      <strong>{text}</strong> <span>{name}</span>
    </p>
  );
}

function SpreadFigure({
  name,
  spread,
}: {
  readonly name: string;
  readonly spread: Spread;
}): JSX.Element {
  const { meanMs, p95Ms } = spread;
  return (
    <p class="figure">
      <strong>{meanMs === undefined ? '–' : durationText(meanMs)}</strong>{' '}
      <span>
        {name}
        {p95Ms !== undefined && `, 95 % within ${durationText(p95Ms)}`}
      </span>
    </p>
  );
}

function Noisiest({
  figures: { byAlertname, flapping },
}: {
  readonly figures: Figures;
}): JSX.Element {
  const rows = Object.entries(byAlertname)
    .sort(([, left], [, right]) => right - left)
    .slice(0, NOISY_MAX);
  const most = Math.max(1, ...rows.map(([, count]) => count));
  const changes = (name: string): number =>
    flapping
      .filter(({ alertname }) => alertname === name)
      .reduce((sum, each) => sum + each.changes, 0);
  return (
    <Card title="Noisiest rules">
      <table>
        <thead>
          <tr>
            <th scope="col">Alert</th>
            <th scope="col" class="number">
              Fired
            </th>
            <th scope="col" class="number">
              Changes
            </th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, count]) => (
            <tr key={name}>
              <td>
                <Link to={{ view: 'history', parameters: { alertname: name } }}>{name}</Link>
              </td>
              <td class="number">{count}</td>
              <td class="number">{changes(name)}</td>
              <td>
                <meter min={0} max={most} value={count} aria-label={`${name}: ${count}`} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Delivered({ figures: { receivers } }: { readonly figures: Figures }): JSX.Element {
  return (
    <Card title="Messages by receiver">
      <table>
        <thead>
          <tr>
            <th scope="col">Receiver</th>
            {['Sent', 'Tried again', 'Given up'].map((name) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Object.entries(receivers).map(([name, { sent, retried, failed, expired }]) => (
            <tr key={name}>
              <td>
                <Link to={{ view: 'history', parameters: { receiver: name } }}>{name}</Link>
              </td>
              <td class="number">{sent}</td>
              <td class="number">{retried}</td>
              <td class="number">{failed + expired}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
