import type { JSX } from 'preact';

import { ask, problemText } from '../../api/client.ts';
import { notify } from '../../browser/notices.ts';
import type { Alert } from '../../model/alert.ts';
import { baselinePath, type DriftStream, type StreamKey } from '../../model/drift.ts';
import { Link } from '../../parts/link.tsx';
import { toggleAck } from '../../store/acts.ts';
import { alerts } from '../../store/alerts.ts';

interface Props {
  readonly stream: DriftStream;
  readonly onDone: () => void;
}

/** Acknowledge its alerts, begin new windows, or take what comes now as the baseline. */
export function StreamActions({ stream: { stream }, onDone }: Props): JSX.Element {
  const about = alertsOf(stream);
  const open = about.filter(({ ack }) => ack === null);
  const run = async (what: string, act: () => Promise<unknown>): Promise<void> => {
    try {
      await act();
      notify('done', what);
      onDone();
    } catch (error) {
      notify('problem', problemText(error));
    }
  };
  return (
    <div class="alert-actions">
      {about.length > 0 && (
        <Link
          to={{
            view: 'alerts',
            parameters: { q: `ml_drift_stream=${JSON.stringify(stream.name)}` },
          }}
        >
          alerts
        </Link>
      )}
      {open.length > 0 && (
        <button type="button" class="main" onClick={() => open.forEach(toggleAck)}>
          Acknowledge
        </button>
      )}
      <button
        type="button"
        title="Begins new windows; the baseline stays"
        onClick={() => void run(`Reset ${stream.name}: new windows begin`, () => reset(stream))}
      >
        Reset
      </button>
      <button
        type="button"
        title="Makes what comes now the baseline"
        onClick={() => void run(`New baseline of ${stream.name}`, () => rebaseline(stream))}
      >
        Rebaseline
      </button>
    </div>
  );
}

/** Alerts about this stream. */
function alertsOf({ model, name }: StreamKey): readonly Alert[] {
  return (alerts.value ?? []).filter(
    ({ labels, state }) =>
      state === 'firing' && labels['ml_drift_stream'] === name && labels['ml_model_name'] === model,
  );
}

function reset({ model, version, name }: StreamKey): Promise<unknown> {
  return ask('monitoring/drift/reset', { method: 'POST', body: { model, version, feature: name } });
}

function rebaseline(stream: StreamKey): Promise<unknown> {
  const { direction, segment, season } = stream;
  return ask(`${baselinePath(stream)}/build`, {
    method: 'POST',
    query: { direction, segment: segment ?? undefined, season: season ?? undefined },
    body: { from: 'histogram' },
  });
}
