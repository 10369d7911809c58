import type { JSX } from 'preact';

import { ask } from '../../api/client.ts';
import { place, setParameters } from '../../browser/place.ts';
import { type DriftState, type DriftStream, sortStreams, streamTitle } from '../../model/drift.ts';
import { Empty, Problem } from '../../parts/problem.tsx';
import { useReading } from '../../store/reading.ts';
import { DriftMark } from './drift-mark.tsx';
import { EvidenceBar } from './evidence-bar.tsx';
import { StreamDetail } from './stream-detail.tsx';

interface DriftAnswer {
  readonly time: string;
  readonly windowSeconds: number;
  readonly streams: readonly DriftStream[];
}

const LIST_MAX = 500;

/** Streams of the fleet, the worst first; one of them in full. */
export function DriftView(): JSX.Element {
  const { value, problem, reload } = useReading<DriftAnswer>(
    (signal) => ask('monitoring/drift', { signal }),
    'drift',
    { everyMs: 10_000 },
  );
  const { stream = '', state = '' } = place.value.parameters;
  const all = sortStreams(value?.streams ?? []);
  const shown = all.filter((each) => state === '' || each.state === state).slice(0, LIST_MAX);
  const chosen = shown.find((each) => keyText(each) === stream) ?? shown[0];
  return (
    <div class="stack">
      <div class="head-line">
        <h1>Drift</h1>
        <StateCounts streams={all} state={state} />
      </div>
      <Problem text={problem} />
      {value !== undefined && all.length === 0 && (
        <Empty text="No stream is watched yet: instances with drift detection send them over OTLP." />
      )}
      {chosen !== undefined && value !== undefined && (
        <div class="drift">
          <ul class="streams" aria-label="Streams">
            {shown.map((each) => (
              <li key={keyText(each)}>
                <button
                  type="button"
                  class={`stream stream-${each.state}`}
                  aria-pressed={each === chosen}
                  onClick={() => setParameters({ stream: keyText(each) })}
                >
                  <span class="stream-title">
                    <DriftMark state={each.state} />
                    <strong>{each.stream.name}</strong>
                  </span>
                  <span class="hint">{whereText(each)}</span>
                  <EvidenceBar aspect={each.aspects[0]} isShort />
                </button>
              </li>
            ))}
          </ul>
          <StreamDetail
            key={keyText(chosen)}
            stream={chosen}
            windowSeconds={value.windowSeconds}
            title={streamTitle(chosen.stream)}
            onDone={reload}
          />
        </div>
      )}
    </div>
  );
}

const keyText = ({ stream }: DriftStream): string => JSON.stringify(Object.values(stream));

function whereText({ stream: { model, version, direction, segment } }: DriftStream): string {
  return [`${model} ${version}`.trim(), direction, segment ?? ''].filter(Boolean).join(' · ');
}

const STATES: readonly DriftState[] = ['alert', 'drift', 'warning', 'stable', 'learning'];

function StateCounts({
  streams,
  state,
}: {
  readonly streams: readonly DriftStream[];
  readonly state: string;
}): JSX.Element {
  return (
    <div class="counts" role="group" aria-label="Streams by state">
      {STATES.map((each) => (
        <button
          key={each}
          type="button"
          class={`count drift-${each}`}
          aria-pressed={state === each}
          onClick={() => setParameters({ state: state === each ? '' : each })}
        >
          <strong>{streams.filter((stream) => stream.state === each).length}</strong> {each}
        </button>
      ))}
    </div>
  );
}
