import type { JSX } from 'preact';

import { ask, problemText } from '../../api/client.ts';
import { nowMs } from '../../browser/clock.ts';
import { notify } from '../../browser/notices.ts';
import { place, setParameters } from '../../browser/place.ts';
import { type Operator, printMatcher } from '../../model/matchers.ts';
import { counted } from '../../model/number-text.ts';
import { durationText, momentText } from '../../model/time-text.ts';
import { Link } from '../../parts/link.tsx';
import { Empty, Problem } from '../../parts/problem.tsx';
import { silenceDraft } from '../../store/acts.ts';
import { useReading } from '../../store/reading.ts';

interface SilenceMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

interface Silence {
  readonly id: string;
  readonly status: { readonly state: 'pending' | 'active' | 'expired' };
  readonly comment: string;
  readonly createdBy: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly matchers: readonly SilenceMatcher[];
  readonly untilResolved: readonly string[] | null;
  readonly alerts: readonly string[];
}

const SHOWN_MAX = 300;

/** Silences with what they mute now. */
export function SilencesView(): JSX.Element {
  const { value, problem, reload } = useReading<{ silences: readonly Silence[] }>(
    (signal) => ask('monitoring/silences', { signal }),
    'silences',
    { events: ['silences', 'alerts'] },
  );
  const showsExpired = place.value.parameters['expired'] === 'true';
  const found = (value?.silences ?? []).filter(
    ({ status }) => showsExpired || status.state !== 'expired',
  );
  return (
    <div class="stack">
      <div class="head-line">
        <h1>Silences</h1>
        <label class="choice">
          <input
            type="checkbox"
            checked={showsExpired}
            onChange={({ currentTarget }) =>
              setParameters({ expired: currentTarget.checked ? 'true' : '' })
            }
          />
          <span>with expired</span>
        </label>
        <button
          type="button"
          class="main"
          onClick={() => {
            silenceDraft.value = [];
          }}
        >
          New silence
        </button>
      </div>
      <Problem text={problem} />
      {value !== undefined && found.length === 0 && <Empty text="Nothing is silenced." />}
      <ul class="stack">
        {found.slice(0, SHOWN_MAX).map((silence) => (
          <li key={silence.id} class="card">
            <SilenceCard silence={silence} onDone={reload} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function SilenceCard({
  silence,
  onDone,
}: {
  readonly silence: Silence;
  readonly onDone: () => void;
}): JSX.Element {
  const { status, matchers, createdBy, comment, alerts } = silence;
  const text = matchers
    .map((matcher) => printMatcher({ ...matcher, operator: operatorOf(matcher) }))
    .join(', ');
  const expire = async (): Promise<void> => {
    try {
      await ask(`monitoring/silences/${silence.id}`, { method: 'DELETE' });
      notify('done', 'The silence has ended');
      onDone();
    } catch (error) {
      notify('problem', problemText(error));
    }
  };
  return (
    <div class="silence">
      <div class="grow">
        <p>
          <span class={`mark ${status.state === 'active' ? 'mark-ack' : ''}`}>{status.state}</span>{' '}
          <code>{text}</code>
        </p>
        <p>
          {comment} <span class="hint">{createdBy === '' ? '' : `by ${createdBy}`}</span>
        </p>
        <p class="hint">
          {endText(silence)} · mutes{' '}
          <Link to={{ view: 'alerts', parameters: { q: text } }}>
            {counted(alerts.length, 'firing alert')}
          </Link>
        </p>
      </div>
      {status.state !== 'expired' && (
        <button type="button" onClick={() => void expire()}>
          End now
        </button>
      )}
    </div>
  );
}

function operatorOf({ isRegex, isEqual }: SilenceMatcher): Operator {
  if (isRegex) return isEqual ? '=~' : '!~';
  return isEqual ? '=' : '!=';
}

function endText({ status, startsAt, endsAt, untilResolved }: Silence): string {
  const [from, to] = [Date.parse(startsAt), Date.parse(endsAt)];
  if (status.state === 'expired') return `ended ${momentText(to, nowMs.value)}`;
  if (status.state === 'pending') return `begins ${momentText(from, nowMs.value)}`;
  if (untilResolved !== null) return 'until what it mutes has resolved';
  return `ends in ${durationText(to - nowMs.value)}, at ${momentText(to, nowMs.value)}`;
}
