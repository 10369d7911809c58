import type { JSX } from 'preact';

import type { DriftStream } from '../../model/drift.ts';
import { numberText } from '../../model/number-text.ts';
import { durationText } from '../../model/time-text.ts';
import { Card } from '../../parts/card.tsx';
import { DriftMark } from './drift-mark.tsx';
import { EvidenceBar } from './evidence-bar.tsx';
import { EvidencePlot } from './evidence-plot.tsx';
import { Instances } from './instances.tsx';
import { StreamActions } from './stream-actions.tsx';
import { WindowPlot } from './window-plot.tsx';

interface Props {
  readonly stream: DriftStream;
  readonly title: string;
  readonly windowSeconds: number;
  readonly onDone: () => void;
}

/** One stream: is it another one than it was, since when, and on which instances. */
export function StreamDetail({ stream, title, windowSeconds, onDone }: Props): JSX.Element {
  const [row] = stream.baselines;
  return (
    <div class="stack">
      <section class="card" aria-label={title}>
        <div class="head-line">
          <DriftMark state={stream.state} />
          <h2>{title}</h2>
          <StreamActions stream={stream} onDone={onDone} />
        </div>
        {stream.findings.map((finding) => (
          <p key={finding.kind} class="finding">
            {findingText(finding)}
          </p>
        ))}
        {stream.aspects.map((aspect) => (
          <EvidenceBar key={aspect.aspect} aspect={aspect} />
        ))}
      </section>
      {row !== undefined && (
        <Card title="Window against baseline">
          <p class="hint">
            {numberText(row.records)} values of the last {durationText(windowSeconds * 1000)}{' '}
            against the baseline <code>{row.baselineId}</code>
            {row.baselineSize !== null && ` of ${numberText(row.baselineSize)} values`}
          </p>
          <WindowPlot row={row} />
          <Distances row={row} />
        </Card>
      )}
      <EvidencePlot stream={stream} />
      <Instances stream={stream} />
    </div>
  );
}

function findingText({
  kind,
  instance,
  psiDebiased,
  p,
  baselineIds,
}: DriftStream['findings'][number]): string {
  switch (kind) {
    case 'bad_pod':
      return `${instance ?? 'One instance'} differs from all the others: PSI ${numberText(psiDebiased ?? 0)}, p ${numberText(p ?? 0)}. Look at that instance first.`;
    case 'mixed_baselines':
      return `Instances compare with different baselines (${(baselineIds ?? []).join(', ')}), so their counts do not add up and a bad one cannot be named. Share one baseline: a file, or drift.baseline.source: fleet.`;
    case 'unknown_baseline':
      return 'The size of the baseline is not known, so nothing can be compared with it.';
  }
}

function Distances({
  row: { distances },
}: {
  readonly row: DriftStream['baselines'][number];
}): JSX.Element | null {
  if (distances === null) return null;
  const { psi, psiDebiased, psiFloor, jensenShannon, rankWasserstein } = distances;
  const rows: readonly (readonly [name: string, value: number, note: string])[] = [
    ['PSI without its noise', psiDebiased, psi > psiFloor ? 'more than chance' : 'may be chance'],
    ['PSI', psi, `95 % of unchanged windows stay below ${numberText(psiFloor)}`],
    ['Jensen-Shannon', jensenShannon, '0 same, 1 nothing in common'],
    ['Wasserstein of ranks', rankWasserstein, 'how far values moved, in shares of the baseline'],
  ];
  return (
    <table class="distances">
      <thead>
        <tr>
          <th scope="col">Distance</th>
          <th scope="col" class="number">
            Now
          </th>
          <th scope="col">Means</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, value, note]) => (
          <tr key={name}>
            <td>{name}</td>
            <td class="number">{numberText(value)}</td>
            <td>{note}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
