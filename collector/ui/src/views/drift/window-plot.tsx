import type { JSX } from 'preact';

import type { RankRow } from '../../model/drift.ts';
import { numberText } from '../../model/number-text.ts';

const WIDTH = 600;
const HEIGHT = 130;

/**
 * The share of the window's values in each twentieth of the baseline. Unchanged values fill all of
 * them alike, so bars leave the line where the values moved to.
 */
export function WindowPlot({ row }: { readonly row: RankRow }): JSX.Element {
  const counts = row.counts.length > 20 ? row.counts.slice(0, 20) : row.counts;
  const total = counts.reduce((sum, each) => sum + each, 0) || 1;
  const shares = counts.map((count) => count / total);
  const expected = 1 / Math.max(1, counts.length);
  const high = Math.max(expected * 2, ...shares);
  const width = WIDTH / Math.max(1, counts.length);
  const y = (share: number): number => HEIGHT * (1 - share / high);
  return (
    <figure class="plot">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        class="window-plot"
        preserveAspectRatio="none"
        role="img"
        aria-label={`Shares of the window by twentieths of the baseline: ${shares.map((share) => numberText(share * 100)).join(', ')} percent; unchanged would be ${numberText(expected * 100)} each`}
      >
        {shares.map((share, index) => (
          <rect
            key={index}
            class={share > expected * 1.5 || share < expected / 2 ? 'bar bar-moved' : 'bar'}
            x={index * width + 2}
            y={y(share)}
            width={width - 4}
            height={HEIGHT - y(share)}
          />
        ))}
        <line class="plot-baseline" x1="0" x2={WIDTH} y1={y(expected)} y2={y(expected)} />
      </svg>
      <p class="ends" aria-hidden="true">
        <span>smallest of the baseline</span>
        <span>largest</span>
      </p>
      <figcaption class="hint">
        Bars: where values of the window fall. Line: where they would fall without a change.
      </figcaption>
    </figure>
  );
}
