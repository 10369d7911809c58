import type { JSX } from 'preact';

import { ask } from '../../api/client.ts';
import { type DriftStream, evidenceShare, streamMatchers } from '../../model/drift.ts';
import { counted, numberText } from '../../model/number-text.ts';
import { sampleValue } from '../../model/spark.ts';
import { Card } from '../../parts/card.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useReading } from '../../store/reading.ts';

interface InstantVector {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

const SHOWN_MAX = 100;

interface Member {
  readonly instance: string;
  readonly evidence: number;
}

/** The fleet of a stream: each instance with its own evidence, and the one that differs. */
export function Instances({ stream }: { readonly stream: DriftStream }): JSX.Element {
  const matchers = `{${streamMatchers(stream.stream)},ml_drift_aspect="value"}`;
  const { value, problem } = useReading<InstantVector>(
    (signal) =>
      ask('api/v1/query', {
        method: 'POST',
        form: { query: `max by (instance) (ml_drift_evidence${matchers})` },
        signal,
      }),
    matchers,
    { everyMs: 15_000 },
  );
  const { live, silent, byState } = stream.instances;
  const members = (value?.data.result ?? [])
    .map(({ metric, value: [, text] }) => ({
      instance: metric['instance'] ?? '',
      evidence: sampleValue(text),
    }))
    .sort((left, right) => right.evidence - left.evidence);
  const states = Object.entries(byState).filter(([, count]) => count > 0);
  return (
    <Card title="Instances">
      <p>
        {counted(live, 'live instance')}:{' '}
        {states.map(([state, count]) => `${count} ${state}`).join(', ')}
        {silent > 0 && `; ${silent} silent`}
      </p>
      <Problem text={problem} />
      {members.length > 0 && <Members stream={stream} members={members} />}
      {value !== undefined && members.length === 0 && (
        <p class="hint">
          The evidence of each instance is kept with <code>collector.retain_all</code>, or when a
          rule asks for ml_drift_evidence.
        </p>
      )}
    </Card>
  );
}

function Members({
  stream,
  members,
}: {
  readonly stream: DriftStream;
  readonly members: readonly Member[];
}): JSX.Element {
  const different = new Set(stream.findings.map(({ instance }) => instance));
  const threshold = stream.aspects[0]?.threshold ?? 0;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Instance</th>
          <th scope="col" class="number">
            Evidence
          </th>
          <th scope="col">Of the threshold</th>
        </tr>
      </thead>
      <tbody>
        {members.slice(0, SHOWN_MAX).map(({ instance, evidence }) => (
          <tr key={instance}>
            <td>
              {instance} {different.has(instance) && <span class="mark mark-bad">differs</span>}
            </td>
            <td class="number">{numberText(evidence)}</td>
            <td>
              <meter
                min={0}
                max={1}
                value={Math.min(1, evidenceShare(evidence, threshold))}
                aria-label={`Evidence of ${instance}`}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
